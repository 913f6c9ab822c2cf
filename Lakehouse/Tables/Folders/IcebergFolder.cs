using System.Globalization;
using Lakehouse.Engine;
using Lakehouse.Engine.Changes;
using Lakehouse.Engine.Filters;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Folders;

/// <summary>An Iceberg table read from its folder.</summary>
internal sealed class IcebergFolder : FolderTable
{
    readonly LocatedTable table;
    readonly RelocatedFiles files;

    IcebergFolder(LocatedTable table, FolderSource source)
    {
        this.table = table;
        files = new RelocatedFiles(table.Store, source.Files);
    }

    public override TableFormat Format => TableFormat.Iceberg;

    public override string Location => table.Folder;

    TableMetadata Metadata => table.Metadata;

    public static new async Task<FolderTable> OpenAsync(FolderSource source, CancellationToken cancellationToken) =>
        new IcebergFolder(await TableFolder.OpenAsync(source.Store, source.Location, source.Relocations, cancellationToken), source);

    public override async Task<FolderScan> ScanAsync(DuckDbConnection connection, FolderScanRequest request, CancellationToken cancellationToken = default)
    {
        var selected = SnapshotSelection.Select(Metadata, Selector(request.At));
        var filter = request.Where is { } where ? await SqlFilter.OfConditionAsync(connection, selected.Schema, where, cancellationToken: cancellationToken) : null;
        var scanned = request.AppendsAfter is { } after ? await AppendedAsync(after, selected.Snapshot, cancellationToken) : await PlanAsync(selected, filter, cancellationToken);
        var target = new ScanTarget(Location, Metadata, selected.Schema, scanned) { Store = table.Store, MetadataColumns = request.MetadataColumns };
        var relation = await SnapshotRelation.BuildAsync(connection, target, files, cancellationToken);
        return new FolderScan(relation.Sql, scanned.Count, AllFiles(selected.Snapshot, scanned.Count));
    }

    public override async Task<FolderScan> ChangesAsync(DuckDbConnection connection, FolderChangesRequest request, CancellationToken cancellationToken = default)
    {
        var to = SnapshotSelection.Select(Metadata, Selector(request.To));
        var from = request.From is { } point ? SnapshotSelection.Select(Metadata, Selector(point)).Snapshot?.SnapshotId : null;
        var snapshots = to.Snapshot is null ? [] : await ChangePlanner.PlanAsync(table.Store, Metadata, from, to.Snapshot, cancellationToken).ToListAsync(cancellationToken);
        var target = new ChangeTarget(Location, Metadata, to.Schema, snapshots) { Store = table.Store, Keys = request.Keys, IsNet = request.Net };
        var relation = await ChangeRelation.BuildAsync(connection, target, files, cancellationToken);
        var opened = snapshots.Sum(snapshot => snapshot.Files.Count);
        return new FolderScan(relation.Sql, opened, AllFiles(to.Snapshot, opened));
    }

    public override async Task<TableDescription> DescribeAsync(CancellationToken cancellationToken = default)
    {
        var current = Metadata.CurrentSnapshot;
        var live = current is null ? [] : await PlanAsync(new SelectedSnapshot(current, Metadata.CurrentSchema), null, cancellationToken);
        var deletes = live.SelectMany(file => file.Deletes).Select(delete => (delete.File.FilePath, delete.File.ContentOffset)).Distinct().Count();
        return new TableDescription
        {
            Format = $"Iceberg v{Metadata.FormatVersion}",
            Location = Location,
            Id = Metadata.TableUuid.ToString(),
            Current = current?.SnapshotId,
            LastCommit = current?.Timestamp ?? Metadata.LastUpdated,
            Columns = [.. SchemaFields.All(Metadata.CurrentSchema).Select(column => new DescribedColumn(column.FullName, TypeName(column.Field.Type), column.Field.Required, column.Field.Id, column.Field.Doc))],
            Partitioning = [.. Metadata.DefaultSpec.Fields.Select(field => $"{field.Name} = {Applied(field.Transform, field.SourceId)}")],
            Sorting = [.. Metadata.DefaultSortOrder.Fields.Select(field =>
                $"{Applied(field.Transform, field.SourceId)} {(field.Direction == SortDirection.Ascending ? "asc" : "desc")} nulls {(field.NullOrder == NullOrder.NullsFirst ? "first" : "last")}")],
            Properties = Metadata.Properties,
            Features = [.. Features(live)],
            Refs = [.. Metadata.Refs.OrderBy(named => named.Key, StringComparer.Ordinal).Select(named => string.Create(CultureInfo.InvariantCulture, $"{named.Key} ({named.Value.Type.ToString().ToLowerInvariant()} of {named.Value.SnapshotId})"))],
            Snapshots = Metadata.Snapshots.Count,
            Rows = current is null ? 0 : Rows(live),
            DataFiles = live.Count,
            DataBytes = live.Sum(file => file.File.FileSizeInBytes),
            DeleteFiles = deletes,
        };
    }

    public override Task<IReadOnlyList<TableCommitEntry>> HistoryAsync(CancellationToken cancellationToken = default)
    {
        var ancestors = Metadata.Ancestors(Metadata.CurrentSnapshot).Select(snapshot => snapshot.SnapshotId).ToHashSet();
        return Task.FromResult<IReadOnlyList<TableCommitEntry>>(
        [
            .. Metadata.Snapshots.OrderByDescending(snapshot => snapshot.SequenceNumber).ThenByDescending(snapshot => snapshot.TimestampMs).Select(snapshot => new TableCommitEntry(
                snapshot.SnapshotId, snapshot.ParentSnapshotId, snapshot.Timestamp, snapshot.Operation ?? "", ancestors.Contains(snapshot.SnapshotId),
                [.. Metadata.Refs.Where(named => named.Value.SnapshotId == snapshot.SnapshotId).Select(named => named.Key).Order(StringComparer.Ordinal)], snapshot.Summary)),
        ]);
    }

    public override IAsyncEnumerable<TableFault> CheckAsync(DuckDbConnection connection, CancellationToken cancellationToken = default) => new IcebergCheck(table, files).RunAsync(connection, cancellationToken);

    internal static SnapshotSelector Selector(TablePoint at) => at switch
    {
        { Snapshot: { } id } => new SnapshotSelector.ById(id),
        { Version: { } version } => new SnapshotSelector.ByVersion(version),
        { AsOf: { } time } => new SnapshotSelector.AsOf(time),
        { Ref: { } name } => new SnapshotSelector.ByRef(name),
        _ => SnapshotSelector.Newest,
    };

    async Task<List<ScanFile>> PlanAsync(SelectedSnapshot selected, Expression? filter, CancellationToken cancellationToken)
    {
        var planned = new List<ScanFile>();
        if (selected.Snapshot is { } snapshot)
        {
            await foreach (var file in ScanPlanner.PlanFilesAsync(table.Store, Metadata, snapshot, filter, new ScanPlanOptions { Schema = selected.Schema }, cancellationToken))
            {
                planned.Add(file);
            }
        }

        return planned;
    }

    async Task<List<ScanFile>> AppendedAsync(long after, Snapshot? to, CancellationToken cancellationToken) =>
        to is null ? [] : await AppendPlanner.PlanAsync(table.Store, Metadata, after, to, cancellationToken).ToListAsync(cancellationToken);

    static int AllFiles(Snapshot? snapshot, int planned) => (int)(snapshot?.SummaryNumber("total-data-files") ?? planned);

    // Rows that equality deletes hide are known to a scan only.
    static long? Rows(List<ScanFile> live) => live.Exists(file => file.Deletes.Any(delete => delete.File.Content == FileContent.EqualityDeletes))
        ? null
        : live.Sum(file => file.File.RecordCount) - live.SelectMany(file => file.Deletes).DistinctBy(delete => (delete.File.FilePath, delete.File.ContentOffset)).Sum(delete => delete.File.RecordCount);

    IEnumerable<string> Features(List<ScanFile> live)
    {
        var deletes = live.SelectMany(file => file.Deletes).Select(delete => delete.File).ToList();
        if (deletes.Exists(file => file.Content == FileContent.PositionDeletes && file.ContentOffset is null))
        {
            yield return "position deletes";
        }

        if (deletes.Exists(file => file.ContentOffset is not null))
        {
            yield return "deletion vectors";
        }

        if (deletes.Exists(file => file.Content == FileContent.EqualityDeletes))
        {
            yield return "equality deletes";
        }

        foreach (var format in live.Select(file => file.File.FileFormat).Distinct().Where(format => format != "PARQUET"))
        {
            yield return $"{format} data files";
        }

        if (Metadata.NextRowId is not null)
        {
            yield return "row lineage";
        }

        if (Metadata.PartitionSpecs.Count > 1)
        {
            yield return "partition evolution";
        }

        if (Metadata.Schemas.Count > 1)
        {
            yield return "schema evolution";
        }

        if (Metadata.Properties.ContainsKey("schema.name-mapping.default"))
        {
            yield return "name mapping";
        }
    }

    string Applied(Transform transform, int source)
    {
        var name = Metadata.SchemasByAge().Select(schema => schema.FullNameOf(source)).FirstOrDefault(found => found is not null)
            ?? $"column {source.ToString(CultureInfo.InvariantCulture)}";
        return transform.ToString() is "identity" ? name : $"{transform}({name})";
    }

    static string TypeName(IcebergType type) => type switch
    {
        StructType => "struct",
        ListType { Element: StructType } => "list of struct",
        MapType { Value: StructType, Key: var key } => $"map of {key} to struct",
        _ => type.ToString()!,
    };
}
