using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>A table's sort order as the terms of an ORDER BY.</summary>
internal static class RowOrder
{
    /// <param name="order">The order.</param>
    /// <param name="schema">Columns as the sorted query names them.</param>
    /// <param name="table">Name of the table, for errors.</param>
    public static string Terms(SortOrder order, Schema schema, string table) => string.Join(", ", order.Fields.Where(field => field.Transform.Kind != TransformKind.Void).Select(field =>
    {
        var (column, type) = ColumnAccess.Find(schema, field.SourceId)
            ?? throw LakehouseException.Unsupported($"Unsupported: table {table} is sorted by field {field.SourceId}, which is not a column, nor within structs of one.");
        var direction = field.Direction == SortDirection.Ascending ? "ASC" : "DESC";
        return $"{Expression(field.Transform, column, type, table)} {direction} {(field.NullOrder == NullOrder.NullsFirst ? "NULLS FIRST" : "NULLS LAST")}";
    }));

    /// <summary>Whether any term needs the hash function of <see cref="BucketFunction"/>.</summary>
    public static bool NeedsBucketFunction(SortOrder order) => order.Fields.Any(field => field.Transform.Kind == TransformKind.Bucket);

    static string Expression(Transform transform, string column, IcebergType type, string table) => (transform.Kind, type) switch
    {
        (TransformKind.Identity, PrimitiveType) => column,
        (TransformKind.Bucket, _) => $"({BucketFunction.HashOf(column, type)} & 2147483647) % {SqlText.Literal(transform.Parameter)}",
        (TransformKind.Truncate, PrimitiveType { Name: "int" or "long" }) => Truncated($"CAST({column} AS HUGEINT)", transform.Parameter),
        (TransformKind.Truncate, DecimalType) => Truncated(BucketFunction.Unscaled(column), transform.Parameter),
        (TransformKind.Truncate, { } t) when t == IcebergType.String => $"left({column}, {SqlText.Literal(transform.Parameter)})",
        (TransformKind.Truncate, { } t) when t == IcebergType.Binary => $"left(hex({column}), {SqlText.Literal(2L * transform.Parameter)})",
        (TransformKind.Year, _) => $"date_trunc('year', {column})",
        (TransformKind.Month, _) => $"date_trunc('month', {column})",
        (TransformKind.Day, _) => $"date_trunc('day', {column})",
        (TransformKind.Hour, _) => $"date_trunc('hour', {column})",
        _ => throw LakehouseException.Unsupported($"Unsupported: table {table} is sorted by {transform} of {type}."),
    };

    static string Truncated(string integer, int width)
    {
        var w = $"{SqlText.Literal(width)}::HUGEINT";
        return $"({integer} - ((({integer} % {w}) + {w}) % {w}))";
    }
}
