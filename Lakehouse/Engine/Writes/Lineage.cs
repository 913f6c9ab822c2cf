using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>The columns that rows keep their identity in when they are rewritten (specification, "Row Lineage"). Null stands for what the row inherits from its file.</summary>
internal static class Lineage
{
    public static Schema AddTo(Schema schema) => schema with
    {
        Fields =
        [
            .. schema.Fields,
            new NestedField(MetadataColumns.RowIdField, MetadataColumns.RowId, false, IcebergType.Long),
            new NestedField(MetadataColumns.LastUpdatedSequenceNumberField, MetadataColumns.LastUpdatedSequenceNumber, false, IcebergType.Long),
        ],
    };
}
