using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>
/// Which Iceberg types Delta can say over the same Parquet files. The others have no counterpart there (time, uuid, fixed, nanoseconds, geometry, geography), or one that the readers most used
/// refuse, and with it the whole table (variant): fields of these types are left out of the published schema.
/// </summary>
internal static class PublishedTypes
{
    /// <summary>Delta's counterpart of a primitive type, or null when there is none.</summary>
    public static DeltaType? Of(IcebergType type) => type switch
    {
        DecimalType number => new DeltaDecimal(number.Precision, number.Scale),
        FixedType => null,
        PrimitiveType primitive => primitive.Name switch
        {
            "boolean" => DeltaType.Boolean,
            "int" => DeltaType.Integer,
            "long" => DeltaType.Long,
            "float" => DeltaType.Float,
            "double" => DeltaType.Double,
            "date" => DeltaType.Date,
            "timestamp" => DeltaType.TimestampNtz,
            "timestamptz" => DeltaType.Timestamp,
            "string" => DeltaType.String,
            "binary" => DeltaType.Binary,
            _ => null,
        },
        _ => null,
    };
}
