using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>Columns that every table has beside those of its schema, asked for by name (specification, "Reserved Field IDs" and "Row Lineage").</summary>
public static class MetadataColumns
{
    /// <summary>Location of the data file, as the manifest spells it (string).</summary>
    public const string File = "_file";

    /// <summary>Position of the row in its data file, from 0 (long).</summary>
    public const string Position = "_pos";

    /// <summary>Id of the row (long, v3); null in files to which no commit of v3 has given ids.</summary>
    public const string RowId = "_row_id";

    /// <summary>Sequence number of the commit that last changed the row (long, v3); null where <see cref="RowId"/> is inherited as null.</summary>
    public const string LastUpdatedSequenceNumber = "_last_updated_sequence_number";

    /// <summary>Partition spec of the data file (int).</summary>
    public const string SpecId = "_spec_id";

    /// <summary>Partition of the data file: a struct of the fields of all specs by their ids, null where a spec lacks one.</summary>
    public const string Partition = "_partition";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [File, Position, RowId, LastUpdatedSequenceNumber, SpecId, Partition];

    internal const int RowIdField = 2147483540;
    internal const int LastUpdatedSequenceNumberField = 2147483539;

    /// <summary>The columns as fields of a schema, by the reserved ids.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such metadata column.</exception>
    public static NestedField FieldOf(string name, TableMetadata metadata) => name switch
    {
        File => new NestedField(2147483646, name, true, IcebergType.String),
        Position => new NestedField(2147483645, name, true, IcebergType.Long),
        RowId => new NestedField(RowIdField, name, false, IcebergType.Long),
        LastUpdatedSequenceNumber => new NestedField(LastUpdatedSequenceNumberField, name, false, IcebergType.Long),
        SpecId => new NestedField(2147483643, name, true, IcebergType.Int),
        Partition => new NestedField(2147483642, name, true, PartitionType(metadata)),
        _ => throw new LakehouseException(LakehouseErrorKind.NotFound, $"there is no metadata column {name}; there are {string.Join(", ", All)}"),
    };

    /// <summary>The fields of all specs, each once, under the name that it has in the newest spec.</summary>
    static StructType PartitionType(TableMetadata metadata)
    {
        var fields = new SortedDictionary<int, NestedField>();
        foreach (var spec in metadata.PartitionSpecs.OrderBy(spec => spec.SpecId))
        {
            foreach (var field in spec.Fields)
            {
                var source = metadata.Schemas.Append(metadata.CurrentSchema).Reverse().Select(schema => schema.FindField(field.SourceId)).FirstOrDefault(found => found is not null);
                if (source is not null && (field.Transform.Kind != TransformKind.Void || !fields.ContainsKey(field.FieldId)))
                {
                    fields[field.FieldId] = new NestedField(field.FieldId, field.Name, false, field.Transform.ResultType(source.Type));
                }
            }
        }

        return new StructType([.. fields.Values]);
    }
}
