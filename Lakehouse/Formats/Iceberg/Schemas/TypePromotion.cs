namespace Lakehouse.Formats.Iceberg;

/// <summary>Which types a column may be widened to (specification, "Schema Evolution").</summary>
public static class TypePromotion
{
    /// <summary>Whether values of one type are read as the other, which is the same or wider. Types with fields within are judged field by field, elsewhere.</summary>
    /// <param name="from">Type so far.</param>
    /// <param name="to">New type.</param>
    /// <param name="formatVersion">Format version of the table: unknown and date are widened from 3 on.</param>
    public static bool IsAllowed(IcebergType from, IcebergType to, int formatVersion) => from.Equals(to) || (from, to) switch
    {
        (DecimalType a, DecimalType b) => a.Scale == b.Scale && a.Precision < b.Precision,
        (PrimitiveType { Name: "int" }, PrimitiveType { Name: "long" }) => true,
        (PrimitiveType { Name: "float" }, PrimitiveType { Name: "double" }) => true,
        (PrimitiveType { Name: "date" }, PrimitiveType { Name: "timestamp" or "timestamp_ns" }) => formatVersion >= 3,
        (PrimitiveType { Name: "unknown" }, PrimitiveType) => formatVersion >= 3,
        _ => false,
    };

    /// <summary>Whether partition values of the wider type are those of the old one, so that files of both fit one spec.</summary>
    internal static bool KeepsPartitions(IcebergType from, IcebergType to, Transform transform) =>
        from != IcebergType.Date || to == from || transform.Kind is TransformKind.Year or TransformKind.Month or TransformKind.Day or TransformKind.Void;
}
