using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>The columns that Delta readers see of a published table.</summary>
public static class PublishedColumns
{
    /// <summary>Those of the table's current schema that Delta can say, by their names.</summary>
    public static DeltaStruct Of(TableMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return PublishedSchema.Of(metadata, metadata.CurrentSchema).ToDelta(isMapped: false);
    }
}
