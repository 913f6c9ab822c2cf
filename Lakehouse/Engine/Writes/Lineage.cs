using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>The columns that rows keep their identity in when they are rewritten (specification, "Row Lineage" and "Reserved Field IDs"). Null stands for what the row inherits from its file.</summary>
public static class Lineage
{
    /// <summary>Field id of <c>_row_id</c>.</summary>
    public const int RowIdField = 2147483540;

    /// <summary>Field id of <c>_last_updated_sequence_number</c>.</summary>
    public const int LastUpdatedField = 2147483539;

    /// <summary>Name of the column that identifies a row.</summary>
    public const string RowId = "_row_id";

    /// <summary>Name of the column with the sequence number of the commit that last changed a row.</summary>
    public const string LastUpdated = "_last_updated_sequence_number";

    internal static Schema AddTo(Schema schema) =>
        schema with { Fields = [.. schema.Fields, new NestedField(RowIdField, RowId, false, IcebergType.Long), new NestedField(LastUpdatedField, LastUpdated, false, IcebergType.Long)] };
}
