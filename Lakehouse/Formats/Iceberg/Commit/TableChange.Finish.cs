using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

internal sealed partial class TableChange
{
    private const string PreviousVersionsMax = "write.metadata.previous-versions-max";
    private const int DefaultPreviousVersionsMax = 100;

    public TableCommitResult Finish()
    {
        if (uuid == Guid.Empty && formatVersion > 1)
        {
            return Invalid("assign-uuid is missing: a table needs a uuid");
        }

        if (currentSchemaId is not { } schemaId)
        {
            return Invalid("set-current-schema is missing: a table needs a schema");
        }

        if ((location ?? context.DefaultLocation?.TrimEnd('/')) is not { Length: > 0 } baseLocation)
        {
            return Invalid("set-location is missing: a table needs a location");
        }

        if (specs.Count == 0)
        {
            specs.Add(PartitionSpec.Unpartitioned);
        }

        if (orders.Count == 0)
        {
            orders.Add(SortOrder.Unsorted);
        }

        var schema = schemas.Find(existing => existing.SchemaId == schemaId)!;
        var specId = defaultSpecId ?? specs[0].SpecId;
        var orderId = defaultSortOrderId ?? 0;
        // What an earlier commit, maybe a foreign one, left behind stands in nobody's way.
        var changedSchema = before is null || schemaId != before.CurrentSchemaId;
        if ((changedSchema || specId != before!.DefaultSpecId) && Check(() => SpecRules.Check(specs.Find(spec => spec.SpecId == specId)!, schema)) is { } specProblem)
        {
            return Invalid($"the default partition spec does not fit the current schema: {specProblem}");
        }

        if ((changedSchema || orderId != before!.DefaultSortOrderId)
            && orders.Find(order => order.OrderId == orderId) is { } sortOrder
            && Check(() => SpecRules.Check(sortOrder, schema)) is { } orderProblem)
        {
            return Invalid($"the default sort order does not fit the current schema: {orderProblem}");
        }

        // Where main was taken away, no rows have to be read by the new schema: the table is replaced.
        if (before?.CurrentSnapshotId is not null && !replacesTable && schemaId != before.CurrentSchemaId
            && before.SchemaById(before.CurrentSchemaId) is { } schemaBefore
            && SchemaRules.CheckEvolution(schemaBefore, schema, specs, formatVersion) is { } evolutionProblem)
        {
            return Invalid($"the current schema can't follow the one before: {evolutionProblem}");
        }

        var current = refs.TryGetValue(SnapshotRef.Main, out var main) ? main.SnapshotId : (long?)null;
        var metadata = new TableMetadata
        {
            FormatVersion = formatVersion,
            TableUuid = uuid,
            Location = baseLocation,
            LastSequenceNumber = lastSequenceNumber,
            LastUpdatedMs = Math.Max(context.Now.ToUnixTimeMilliseconds(), before?.LastUpdatedMs ?? 0),
            LastColumnId = lastColumnId,
            Schemas = schemas,
            CurrentSchemaId = schemaId,
            PartitionSpecs = specs,
            DefaultSpecId = specId,
            LastPartitionId = lastPartitionId,
            SortOrders = orders,
            DefaultSortOrderId = orderId,
            Properties = properties,
            CurrentSnapshotId = current,
            Snapshots = snapshots,
            SnapshotLog = FinishSnapshotLog(current),
            MetadataLog = FinishMetadataLog(),
            Refs = refs,
            Statistics = statistics,
            PartitionStatistics = partitionStatistics,
            NextRowId = nextRowId,
            EncryptionKeys = encryptionKeys,
            UnknownMembers = before?.UnknownMembers ?? new Dictionary<string, string>(StringComparer.Ordinal),
        };

        return Check(() => TableMetadataCheck.Check(metadata)) is { } contradiction ? Invalid(contradiction) : new TableCommitResult.Applied(metadata, Changed: true);
    }

    private static TableCommitResult.Invalid Invalid(string reason) => new(null, reason);

    private List<MetadataLogEntry> FinishMetadataLog()
    {
        var log = new List<MetadataLogEntry>(before?.MetadataLog ?? []);
        if (before is not null && context.PreviousMetadataLocation is { } previous)
        {
            log.Add(new MetadataLogEntry(before.LastUpdatedMs, previous));
        }

        var max = properties.TryGetValue(PreviousVersionsMax, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? Math.Max(number, 1)
            : DefaultPreviousVersionsMax;
        return log.Count > max ? log[^max..] : log;
    }
}
