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
            if (layout.Find(column.Id) is not { IsRequired: false } inFile)
            {
                continue;
            }

            var part = SqlText.Literal($"{inFile.Name}, metadata");
            var sqlNulls = await connection.ScalarAsync<long>(
                $"SELECT CASE WHEN count(*) = count(stats_null_count) THEN CAST(coalesce(sum(stats_null_count), 0) AS BIGINT) ELSE -1 END FROM parquet_metadata({SqlText.Literal(path)}) WHERE path_in_schema = {part}",
                cancellationToken: cancellationToken);
            if (sqlNulls == 0)
            {
                valued.Add(column.Id);
                continue;
            }

            var nulls = await connection.ScalarAsync<long>(
                $"SELECT count(*) FROM read_parquet({SqlText.Literal(path)}, hive_partitioning = false) WHERE {SqlText.Identifier(inFile.Name)} IS NULL", cancellationToken: cancellationToken);
            if (nulls != Math.Max(sqlNulls, 0))
            {
                throw LakehouseException.Unsupported($"Unsupported: column {column.Name} of {file} holds variants that are null beside nulls of SQL, which the engine can't tell apart.");
            }
        }

        return valued;
    }
}
