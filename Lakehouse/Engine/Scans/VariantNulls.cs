using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>
/// DuckDB gives the null that is a variant's value and the null of SQL as the same. Which of them a file holds its statistics tell: the part of a variant that is never null within it is null as often as the
/// column itself.
/// </summary>
internal static class VariantNulls
{
    /// <summary>The ids of optional variant columns that hold no SQL null in a file.</summary>
    /// <exception cref="LakehouseException">Unsupported: a column holds both kinds of null.</exception>
    public static async Task<IReadOnlySet<int>> ValuedAsync(DuckDbConnection connection, IEnumerable<NestedField> columns, FileLayout layout, string path, string file, CancellationToken cancellationToken)
    {
        var valued = new HashSet<int>();
        foreach (var column in columns.Where(column => column.Type == IcebergType.Variant))
        {
            if (layout.Find(column.Id) is { IsRequired: false } inFile && await IsValuedAsync(connection, inFile.Name, path, $"column {column.Name} of {file}", cancellationToken))
            {
                valued.Add(column.Id);
            }
        }

        return valued;
    }

    /// <summary>Whether a column, by its name in the file, holds no SQL null.</summary>
    /// <exception cref="LakehouseException">Unsupported: it holds both kinds of null.</exception>
    public static async Task<bool> IsValuedAsync(DuckDbConnection connection, string name, string path, string what, CancellationToken cancellationToken)
    {
        var part = SqlText.Literal($"{name}, metadata");
        var sqlNulls = await connection.ScalarAsync<long>(
            $"SELECT CASE WHEN count(*) = count(stats_null_count) THEN CAST(coalesce(sum(stats_null_count), 0) AS BIGINT) ELSE -1 END FROM parquet_metadata({SqlText.Literal(path)}) WHERE path_in_schema = {part}",
            cancellationToken: cancellationToken);
        if (sqlNulls == 0)
        {
            return true;
        }

        var nulls = await connection.ScalarAsync<long>(
            $"SELECT count(*) FROM read_parquet({SqlText.Literal(path)}, hive_partitioning = false) WHERE {SqlText.Identifier(name)} IS NULL", cancellationToken: cancellationToken);
        if (nulls != Math.Max(sqlNulls, 0))
        {
            throw LakehouseException.Unsupported($"Unsupported: {what} holds variants that are null beside nulls of SQL, which the engine can't tell apart.");
        }

        return false;
    }
}
