using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>
/// Splits rows by a partition spec. DuckDB splits by key columns, one for each partition field, that tell partitions apart; the partition values themselves are then computed by the spec's own transforms from
/// one row of each file, so that they are exactly Iceberg's, whatever the text of a key is.
/// </summary>
internal sealed class PartitionKeys
{
    readonly List<(PartitionField Field, NestedField Source, string Expression)> keys = [];
    readonly PartitionSpec spec;
    readonly string prefix;

    public PartitionKeys(PartitionSpec spec, Schema schema, string table)
    {
        this.spec = spec;
        prefix = "__partition_";
        while (schema.Fields.Any(field => field.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
        {
            prefix = "_" + prefix;
        }

        foreach (var field in spec.Fields.Where(field => field.Transform.Kind != TransformKind.Void))
        {
            var source = schema.Fields.FirstOrDefault(column => column.Id == field.SourceId)
                ?? throw LakehouseException.Unsupported($"Unsupported: table {table} is partitioned by {field.Name}, whose source (field {field.SourceId}) is not a top-level column.");
            keys.Add((field, source, Expression(field, source, table)));
        }
    }

    /// <summary>Whether any key uses the hash function of <see cref="BucketFunction"/>.</summary>
    public bool NeedsBucketFunction => keys.Exists(key => key.Field.Transform.Kind == TransformKind.Bucket);

    public bool IsEmpty => keys.Count == 0;

    /// <summary>Items of a select list over the table's columns.</summary>
    public IEnumerable<string> Items => keys.Select((key, index) => $"{key.Expression} AS {Name(index)}");

    /// <summary>Names of the key columns.</summary>
    public IEnumerable<string> Names => keys.Select((_, index) => Name(index));

    /// <summary>The partition values of files, from the first row of each.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<object?>>> ValuesAsync(DuckDbConnection connection, IEnumerable<string> files, CancellationToken cancellationToken)
    {
        var columns = string.Join(", ", keys.Select(key => SqlText.Identifier(key.Source.Name)));
        var sql = $"SELECT filename, {columns} FROM read_parquet({SqlText.Literal(files)}, filename = true, file_row_number = true, hive_partitioning = false) WHERE file_row_number = 0";
        var values = new Dictionary<string, IReadOnlyList<object?>>(StringComparer.Ordinal);
        await using var result = await connection.QueryAsync(sql, cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    var sources = new object?[keys.Count];
                    for (var i = 0; i < sources.Length; i++)
                    {
                        sources[i] = Results.BoxedValues.Get(batch.Columns[i + 1], keys[i].Source.Type, row);
                    }

                    values[Results.Scalars.Get<string>(batch.Columns[0], row)!] = [.. spec.Fields.Select(field => Value(field, sources))];
                }
            }
        }

        return values;
    }

    static string Expression(PartitionField field, NestedField source, string table)
    {
        var column = SqlText.Identifier(source.Name);
        return (field.Transform.Kind, source.Type) switch
        {
            (TransformKind.Identity, PrimitiveType { Name: "string" or "binary" }) => PathSafe(column, source.Type),
            (TransformKind.Identity, _) => column,
            (TransformKind.Bucket, _) => $"({BucketFunction.HashOf(column, source.Type)} & 2147483647) % {SqlText.Literal(field.Transform.Parameter)}",
            (TransformKind.Truncate, PrimitiveType { Name: "int" or "long" }) => Truncated($"CAST({column} AS HUGEINT)", field.Transform.Parameter),
            (TransformKind.Truncate, DecimalType) => Truncated(BucketFunction.Unscaled(column), field.Transform.Parameter),
            (TransformKind.Truncate, { } type) when type == IcebergType.String => PathSafe($"left({column}, {SqlText.Literal(field.Transform.Parameter)})", type),
            (TransformKind.Truncate, { } type) when type == IcebergType.Binary => $"left(hex({column}), {SqlText.Literal(2L * field.Transform.Parameter)})",
            (TransformKind.Year, _) => $"date_trunc('year', {column})",
            (TransformKind.Month, _) => $"date_trunc('month', {column})",
            (TransformKind.Day, _) => $"CAST({column} AS DATE)",
            (TransformKind.Hour, _) => $"date_trunc('hour', {column})",
            _ => throw LakehouseException.Unsupported($"Unsupported: table {table} is partitioned by {field.Transform} of {source.Type} {source.Name}."),
        };
    }

    /// <summary>Keys become names of folders in the staging folder, which bear 255 bytes.</summary>
    static string PathSafe(string text, IcebergType type)
    {
        var value = type == IcebergType.Binary ? $"hex({text})" : text;
        return $"CASE WHEN strlen({value}) > 60 THEN 'md5 ' || md5({value}) ELSE {value} END";
    }

    static string Truncated(string integer, int width)
    {
        var w = $"{SqlText.Literal(width)}::HUGEINT";
        return $"CAST({integer} - ((({integer} % {w}) + {w}) % {w}) AS VARCHAR)";
    }

    object? Value(PartitionField field, object?[] sources)
    {
        var index = keys.FindIndex(key => key.Field == field);
        return index < 0 ? null : field.Transform.Apply(sources[index], keys[index].Source.Type);
    }

    string Name(int index) => SqlText.Identifier(prefix + index.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
