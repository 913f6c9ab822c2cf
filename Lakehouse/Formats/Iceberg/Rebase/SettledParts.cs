using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// What of a table's metadata an append leaves as it is: schema, partitioning, order, properties, location, other branches and tags. Schemas and specs that are not current don't count, as
/// expiry takes unused ones away; nor do statistics files, which tell of snapshots.
/// </summary>
internal static class SettledParts
{
    /// <summary>Names of the members that differ, as in a metadata file; empty when they are the same.</summary>
    public static IReadOnlyList<string> Differences(TableMetadata one, TableMetadata other)
    {
        if (ReferenceEquals(one, other))
        {
            return [];
        }

        var (first, second) = (Of(one), Of(other));
        return [.. first.Select(member => member.Key).Union(second.Select(member => member.Key), StringComparer.Ordinal)
            .Where(name => !JsonNode.DeepEquals(first[name], second[name])).Order(StringComparer.Ordinal)];
    }

    private static JsonObject Of(TableMetadata metadata)
    {
        var settled = metadata with
        {
            Schemas = [metadata.CurrentSchema],
            PartitionSpecs = [metadata.DefaultSpec],
            SortOrders = [metadata.DefaultSortOrder],
            Snapshots = [],
            SnapshotLog = [],
            MetadataLog = [],
            CurrentSnapshotId = null,
            Refs = metadata.Refs.Where(item => item.Key != SnapshotRef.Main).OrderBy(item => item.Key, StringComparer.Ordinal).ToDictionary(item => item.Key, item => item.Value, StringComparer.Ordinal),
            Statistics = [],
            PartitionStatistics = [],
            LastSequenceNumber = 0,
            LastUpdatedMs = 0,
            NextRowId = metadata.NextRowId is null ? null : 0,
        };
        return (JsonObject)JsonNode.Parse(TableMetadataJson.Write(settled), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = true })!;
    }
}
