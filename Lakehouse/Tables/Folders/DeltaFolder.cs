using System.Globalization;
using System.Text.Json;
using Lakehouse.Engine;
using Lakehouse.Engine.Delta;
using Lakehouse.Formats;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.IO;

namespace Lakehouse.Tables.Folders;

/// <summary>A Delta table read from its folder.</summary>
internal sealed class DeltaFolder : FolderTable
{
    readonly RelocatedStore store;
    readonly RelocatedFiles files;
    readonly string folder;

    DeltaFolder(RelocatedStore store, FolderSource source)
    {
        this.store = store;
        files = new RelocatedFiles(store, source.Files);
        folder = source.Location.TrimEnd('/');
    }

    public override TableFormat Format => TableFormat.Delta;

    public override string Location => folder;

    public static new async Task<FolderTable> OpenAsync(FolderSource source, CancellationToken cancellationToken)
    {
        var store = new RelocatedStore(source.Store, source.Relocations);
        return await DeltaTable.ExistsAsync(store, source.Location, cancellationToken)
            ? new DeltaFolder(store, source)
            : throw new LakehouseException(LakehouseErrorKind.NotFound, $"There is no Delta table at {source.Location}: its folder _delta_log holds no commit and no checkpoint.");
    }

    public override async Task<FolderScan> ScanAsync(DuckDbConnection connection, FolderScanRequest request, CancellationToken cancellationToken = default)
    {
        var snapshot = await SnapshotAsync(request.At, cancellationToken);
        var scanned = await DeltaScanPlanner.PlanAsync(connection, snapshot, request.Where, cancellationToken);
        var relation = await DeltaRelation.BuildAsync(connection, store, new DeltaScan(snapshot, scanned) { MetadataColumns = request.MetadataColumns }, files, cancellationToken);
        return new FolderScan(relation.Sql, scanned.Count, snapshot.Files.Count);
    }

    public override async Task<FolderScan> ChangesAsync(DuckDbConnection connection, FolderChangesRequest request, CancellationToken cancellationToken = default)
    {
        if (request.Keys.Count > 0 || request.Net)
        {
            throw LakehouseException.Unsupported("Unsupported: the changes of a Delta table are read as its log has them, neither paired by a key nor net.");
        }

        using var parquet = new DuckDbParquetReader(files);
        var from = request.From is { } first ? (await VersionAsync(parquet, first, cancellationToken)) ?? 0 : 0;
        var changes = await DeltaChanges.ReadAsync(store, folder, parquet, from, await VersionAsync(parquet, request.To, cancellationToken), cancellationToken);
        var relation = await DeltaChangeRelation.BuildAsync(connection, store, changes, files, cancellationToken);
        var opened = changes.Files.Select(change => change.File.Location).Distinct(StringComparer.Ordinal).Count();
        return new FolderScan(relation.Sql, opened, opened);
    }

    public override async Task<TableDescription> DescribeAsync(CancellationToken cancellationToken = default)
    {
        var snapshot = await SnapshotAsync(TablePoint.Newest, cancellationToken);
        using var parquet = new DuckDbParquetReader(files);
        var history = await DeltaTable.HistoryAsync(store, folder, parquet, cancellationToken);
        var protocol = snapshot.Protocol;
        return new TableDescription
        {
            Format = string.Create(CultureInfo.InvariantCulture, $"Delta reader {protocol.MinReaderVersion}, writer {protocol.MinWriterVersion}"),
            Location = Location,
            Id = snapshot.Metadata.Id,
            Current = snapshot.Version,
            LastCommit = history.FirstOrDefault(commit => commit.Version == snapshot.Version)?.Time,
            Columns = [.. Columns(snapshot.Schema, "")],
            Partitioning = [.. snapshot.PartitionColumns.Select(column => column.Name)],
            Sorting = snapshot.Domains.TryGetValue("delta.clustering", out var clustering) ? [$"clustered: {clustering.Configuration}"] : [],
            Properties = snapshot.Metadata.Configuration,
            Features = [.. (protocol.ReaderFeatures ?? []).Concat(protocol.WriterFeatures ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Snapshots = history.Count,
            Rows = snapshot.Files.Select(Rows).Aggregate((long?)0, (sum, rows) => sum + rows),
            DataFiles = snapshot.Files.Count,
            DataBytes = snapshot.Files.TotalSize,
            DeleteFiles = snapshot.Files.Count(file => file.DeletionVector is not null),
        };
    }

    public override async Task<IReadOnlyList<TableCommitEntry>> HistoryAsync(CancellationToken cancellationToken = default)
    {
        using var parquet = new DuckDbParquetReader(files);
        var commits = await DeltaTable.HistoryAsync(store, folder, parquet, cancellationToken);
        return [.. commits.Select(commit => new TableCommitEntry(commit.Version, null, commit.Time, commit.Info?.Operation ?? "", true, [], Summary(commit)))];
    }

    public override IAsyncEnumerable<TableFault> CheckAsync(DuckDbConnection connection, CancellationToken cancellationToken = default) => new DeltaCheck(store, files, folder).RunAsync(connection, cancellationToken);

    async Task<DeltaSnapshot> SnapshotAsync(TablePoint at, CancellationToken cancellationToken)
    {
        using var parquet = new DuckDbParquetReader(files);
        return await DeltaTable.OpenAsync(store, folder, parquet, Selector(at), cancellationToken);
    }

    async Task<long?> VersionAsync(DuckDbParquetReader parquet, TablePoint at, CancellationToken cancellationToken) =>
        at.AsOf is null ? Selector(at).Version : (await DeltaTable.OpenAsync(store, folder, parquet, Selector(at), cancellationToken)).Version;

    static DeltaVersionSelector Selector(TablePoint at) => at switch
    {
        { Version: { } version } => DeltaVersionSelector.At(version),
        { AsOf: { } time } => DeltaVersionSelector.At(time),
        { Snapshot: not null } => throw LakehouseException.InvalidData("A Delta table has versions, no snapshot ids."),
        { Ref: not null } => throw LakehouseException.InvalidData("A Delta table has no branches or tags; it is read at a version or a time."),
        _ => DeltaVersionSelector.Latest,
    };

    static IEnumerable<DescribedColumn> Columns(DeltaStruct structure, string prefix) => structure.Fields.SelectMany(field =>
    {
        var name = prefix + field.Name;
        var comment = field.Metadata.TryGetValue("comment", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
        return (field.Type is DeltaStruct inner ? Columns(inner, name + ".") : []).Prepend(new DescribedColumn(name, field.Type.ToString()!, !field.Nullable, field.ColumnMappingId, comment));
    });

    static long? Rows(DeltaFile file) => file.RecordCount - (file.DeletionVector?.Cardinality ?? 0);

    static Dictionary<string, string> Summary(DeltaCommit commit)
    {
        var summary = new Dictionary<string, string>(StringComparer.Ordinal);
        if (commit.Info is { } info)
        {
            foreach (var part in new[] { "operationParameters", "operationMetrics" })
            {
                if (info.Json.TryGetProperty(part, out var values) && values.ValueKind == JsonValueKind.Object)
                {
                    foreach (var value in values.EnumerateObject())
                    {
                        summary[value.Name] = value.Value.ToString();
                    }
                }
            }

            if (info.EngineInfo is { } engine)
            {
                summary["engineInfo"] = engine;
            }
        }

        return summary;
    }
}
