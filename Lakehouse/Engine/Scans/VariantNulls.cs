using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Parquet;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Engine.Scans;

/// <summary>
/// DuckDB gives the null that is a variant's value and the null of SQL as the same. Which of them a file holds its statistics tell: the part of a variant that is never null within it is null as often as the
/// column itself. Where a file holds both, the definition levels of that part tell the rows.
/// </summary>
internal static class VariantNulls
{
    const string Part = "metadata";

    /// <summary>Refuses a column, by its name in the file, that holds variants within it of which some may be null in SQL and some are null as variants.</summary>
    /// <exception cref="LakehouseException">Unsupported: it does.</exception>
    public static async Task CheckNestedAsync(string name, string path, string what, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (await ParquetVariants.FindNestedNullAsync(file, path, name, cancellationToken) is { } place)
        {
            throw LakehouseException.Unsupported($"Unsupported: {what} holds variants that are null within it ({place}), which the engine can't tell from nulls of SQL.");
        }
    }

    /// <summary>The rows with a null of SQL, of those optional variant columns of a file that hold nulls of variants; by the ids of the columns.</summary>
    /// <exception cref="LakehouseException">Unsupported: variants within other columns that are null.</exception>
    public static async Task<IReadOnlyDictionary<int, PositionBitmap>> AbsentAsync(DuckDbConnection connection, IReadOnlyList<NestedField> columns, FileLayout layout, string path, string file, CancellationToken cancellationToken)
    {
        foreach (var column in columns.Where(column => column.Type is not PrimitiveType && HasVariant(column.Type)))
        {
            if (layout.Find(column.Id) is { } inFile)
            {
                await CheckNestedAsync(inFile.Name, path, $"column {column.Name} of {file}", cancellationToken);
            }
        }

        var absent = new Dictionary<int, PositionBitmap>();
        foreach (var column in columns.Where(column => column.Type == IcebergType.Variant))
        {
            if (layout.Find(column.Id) is { IsRequired: false } inFile && await AbsentAsync(connection, inFile.Name, path, cancellationToken) is { } rows)
            {
                absent.Add(column.Id, rows);
            }
        }

        return absent;
    }

    /// <summary>The rows in which a column, by its name in the file, is null in SQL; null when all that DuckDB has as null there is.</summary>
    public static async Task<PositionBitmap?> AbsentAsync(DuckDbConnection connection, string name, string path, CancellationToken cancellationToken)
    {
        var part = SqlText.Literal($"{name}, {Part}");
        var sqlNulls = await connection.ScalarAsync<long>(
            $"SELECT CASE WHEN count(*) = count(stats_null_count) THEN CAST(coalesce(sum(stats_null_count), 0) AS BIGINT) ELSE -1 END FROM parquet_metadata({SqlText.Literal(path)}) WHERE path_in_schema = {part}",
            cancellationToken: cancellationToken);
        if (sqlNulls == 0)
        {
            return new PositionBitmap();
        }

        var nulls = await connection.ScalarAsync<long>(
            $"SELECT count(*) FROM read_parquet({SqlText.Literal(path)}, hive_partitioning = false) WHERE {SqlText.Identifier(name)} IS NULL", cancellationToken: cancellationToken);
        if (nulls == Math.Max(sqlNulls, 0))
        {
            return null;
        }

        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return await ParquetAbsence.ReadAsync(file, path, name, Part, cancellationToken);
    }

    static bool HasVariant(IcebergType type) => type switch
    {
        StructType structure => structure.Fields.Any(field => HasVariant(field.Type)),
        ListType list => HasVariant(list.Element),
        MapType map => HasVariant(map.Key) || HasVariant(map.Value),
        _ => type == IcebergType.Variant,
    };
}
