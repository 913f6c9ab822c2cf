using System.Text.Json;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>What a version of the log is, but for its files: protocol, metadata, and how its files are told.</summary>
internal sealed record PublishedVersion(PublishedSchema Schema, PublishedPartitioning Partitioning, ProtocolAction Protocol, MetadataAction Metadata, long Timestamp)
{
    /// <summary>The version for a snapshot.</summary>
    /// <param name="table">The table.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="log">The version before.</param>
    /// <param name="partitioned">Whether the table may be partitioned; false once a value had no text.</param>
    /// <param name="hasVectors">Whether files have deletion vectors.</param>
    /// <exception cref="PublishStopException">Delta cannot say the schema.</exception>
    public static PublishedVersion Of(TableMetadata table, Snapshot snapshot, PublishedLog log, bool partitioned, bool hasVectors)
    {
        var schema = PublishedSchema.Of(table, table.SchemaOf(snapshot), log.Schema);
        if (schema.Columns.Count == 0)
        {
            throw new PublishStopException(PublishStopKind.Columns, $"Delta has no type for any of the columns: {string.Join(", ", schema.LeftOut)}");
        }

        if (schema.NameClash() is { } clash)
        {
            throw new PublishStopException(PublishStopKind.Columns, $"the names {clash} differ in nothing but case, which Delta does not allow");
        }

        var isMapped = log.IsMapped || schema.Columns.Any(column => column.IsRenamed);
        var partitioning = partitioned && !IsUnpartitioned(log) ? PublishedPartitioning.Of(table, schema) : PublishedPartitioning.None;
        var timestamp = Math.Max(snapshot.TimestampMs, log.Timestamp + 1);
        var protocol = PublishedProtocol.Of(schema, isMapped, hasVectors, log.Protocol);
        var delta = schema.ToDelta(isMapped);
        var metadata = new MetadataAction
        {
            Id = log.Metadata?.Id ?? (table.TableUuid == Guid.Empty ? Guid.NewGuid() : table.TableUuid).ToString("D"),
            SchemaString = DeltaSchemaJson.ToText(delta),
            PartitionColumns = partitioning.Names,
            CreatedTime = log.Metadata?.CreatedTime ?? timestamp,
            Configuration = Configuration(table, log, protocol, isMapped),
        };
        return new PublishedVersion(schema, partitioning, protocol, metadata, timestamp);
    }

    /// <summary>Whether the version has another protocol than the one before.</summary>
    public bool ChangesProtocol(PublishedLog log) => log.Protocol is not { } before || !PublishedProtocol.Same(before, Protocol);

    /// <summary>Whether the version has other metadata than the one before.</summary>
    public bool ChangesMetadata(PublishedLog log) => log.Metadata is not { } before
        || before.SchemaString != Metadata.SchemaString
        || !before.PartitionColumns.SequenceEqual(Metadata.PartitionColumns)
        || before.Configuration.Count != Metadata.Configuration.Count
        || Metadata.Configuration.Any(item => before.Configuration.GetValueOrDefault(item.Key) != item.Value);

    /// <summary>Whether files that were published before have to be told anew: they were partitioned, and are so no longer.</summary>
    public bool TellsAllAnew(PublishedLog log) => log.Metadata is { PartitionColumns.Count: > 0 } && Partitioning.IsNone;

    /// <summary>Where the commit comes from.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="isStep">Whether it follows the one of the version before; otherwise the version is the first, or goes elsewhere.</param>
    /// <param name="isFirst">Whether it is the first version.</param>
    public CommitInfo Info(Snapshot snapshot, bool isStep, bool isFirst)
    {
        var info = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["timestamp"] = Timestamp,
            ["inCommitTimestamp"] = Timestamp,
            ["operation"] = isFirst ? "WRITE" : !isStep ? "RESTORE" : snapshot.Operation switch { "delete" => "DELETE", "replace" => "OPTIMIZE", _ => "WRITE" },
            ["operationParameters"] = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["icebergSnapshotId"] = snapshot.SnapshotId.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["icebergSequenceNumber"] = snapshot.SequenceNumber.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["icebergOperation"] = snapshot.Operation ?? "",
            },
            ["engineInfo"] = "LakeAspire",
        };
        return new CommitInfo(JsonSerializer.SerializeToElement(info));
    }

    private static bool IsUnpartitioned(PublishedLog log) => log.Metadata is { PartitionColumns.Count: 0 };

    private static Dictionary<string, string> Configuration(TableMetadata table, PublishedLog log, ProtocolAction protocol, bool isMapped)
    {
        var configuration = new Dictionary<string, string>(log.Metadata?.Configuration ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            ["delta.enableInCommitTimestamps"] = "true",
        };
        if (isMapped)
        {
            configuration["delta.columnMapping.mode"] = "name";
            configuration["delta.columnMapping.maxColumnId"] = table.LastColumnId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        Set(TableFeatures.DeletionVectors, "delta.enableDeletionVectors");
        Set(TableFeatures.TypeWidening, "delta.enableTypeWidening");
        foreach (var property in PublishOptions.DeltaProperties)
        {
            if (table.Properties.TryGetValue(property, out var value))
            {
                configuration[property] = value;
            }
            else
            {
                configuration.Remove(property);
            }
        }

        return configuration;

        void Set(string feature, string property)
        {
            if (protocol.WriterFeatures!.Contains(feature, StringComparer.Ordinal))
            {
                configuration[property] = "true";
            }
        }
    }
}
