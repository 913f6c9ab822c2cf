using System.Globalization;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Log;
using Lakehouse.Formats.Delta.Replay;
using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>What the next version of a published log builds on: its newest version, protocol and metadata, which snapshot it stands for, and its files with deleted rows.</summary>
internal sealed class PublishedLog
{
    /// <summary>A file with delete files, as it was published.</summary>
    /// <param name="Key">Which delete files (<see cref="DeleteKey"/>).</param>
    /// <param name="Vector">The deleted rows; null when none of them deletes one.</param>
    internal sealed record Deleted(string? Key, DeletionVectorDescriptor? Vector);

    private IReadOnlyList<FileBatch>? files;

    /// <summary>Newest version; −1 while there is none.</summary>
    public long Version { get; private set; } = -1;

    /// <summary>Its protocol.</summary>
    public ProtocolAction? Protocol { get; private set; }

    /// <summary>Its metadata.</summary>
    public MetadataAction? Metadata { get; private set; }

    /// <summary>Its schema.</summary>
    public DeltaStruct? Schema { get; private set; }

    /// <summary>The snapshot that it stands for.</summary>
    public long? SnapshotId { get; private set; }

    /// <summary>The sequence number of that snapshot.</summary>
    public long SequenceNumber { get; private set; }

    /// <summary>Its in-commit timestamp.</summary>
    public long Timestamp { get; private set; }

    /// <summary>Newest version with a checkpoint; −1 while there is none.</summary>
    public long CheckpointVersion { get; set; } = -1;

    /// <summary>Files with delete files by path.</summary>
    public Dictionary<string, Deleted> DeletedRows { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether columns are found by their names in data files.</summary>
    public bool IsMapped => Metadata?.Configuration.GetValueOrDefault("delta.columnMapping.mode") == "name";

    /// <summary>Whether its files are known, which they are once after it was read.</summary>
    public bool KnowsFiles => files is not null;

    /// <summary>The application id of a table's <c>txn</c> action, whose version is the snapshot's sequence number.</summary>
    public static string AppId(Guid tableUuid) => $"lakeaspire-{tableUuid:D}";

    /// <summary>The application id of the <c>txn</c> action whose version is the snapshot's id: sequence numbers of v1 tables don't tell snapshots apart, nor do those of a branch that was set back.</summary>
    public static string SnapshotAppId(Guid tableUuid) => $"lakeaspire-{tableUuid:D}-snapshot";

    /// <summary>Location of a version's commit.</summary>
    public static string CommitLocation(string tableLocation, long version) => string.Create(CultureInfo.InvariantCulture, $"{LogLocation(tableLocation)}{version:D20}.json");

    /// <summary>Location of a version's checkpoint.</summary>
    public static string CheckpointLocation(string tableLocation, long version) => string.Create(CultureInfo.InvariantCulture, $"{LogLocation(tableLocation)}{version:D20}.checkpoint.parquet");

    /// <summary>Folder of the log, with a trailing slash.</summary>
    public static string LogLocation(string tableLocation) => tableLocation.TrimEnd('/') + "/_delta_log/";

    /// <summary>Reads the log of a table; an empty one when there is none.</summary>
    /// <param name="store">Where it lies.</param>
    /// <param name="metadata">The table.</param>
    /// <param name="parquet">Reads its checkpoints.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="PublishStopException">It is the log of another writer, or of another table.</exception>
    public static async Task<PublishedLog> ReadAsync(IObjectStore store, TableMetadata metadata, IParquetReader parquet, CancellationToken cancellationToken)
    {
        var log = new PublishedLog();
        var location = metadata.Location.TrimEnd('/');
        var listing = await LogListing.ReadAsync(store, location, cancellationToken).ConfigureAwait(false);
        if (listing.IsEmpty)
        {
            return log;
        }

        var state = await DeltaTable.OpenAsync(store, listing, parquet, version: null, cancellationToken).ConfigureAwait(false);
        if (!PublishedProtocol.IsOurs(state.Protocol)
            || !state.Transactions.TryGetValue(AppId(metadata.TableUuid), out var sequence)
            || !state.Transactions.TryGetValue(SnapshotAppId(metadata.TableUuid), out var snapshot))
        {
            throw new PublishStopException(PublishStopKind.ForeignLog, $"{LogLocation(location)} is the log of another writer or table");
        }

        log.Version = state.Version;
        log.CheckpointVersion = listing.Checkpoints.Count > 0 ? listing.Checkpoints[^1].Version : -1;
        foreach (var action in new DeltaAction?[] { state.Protocol, state.Metadata, sequence, snapshot, state.CommitInfo }.OfType<DeltaAction>())
        {
            log.Apply(action);
        }

        // A checkpoint alone does not say when its commit was; its transactions do.
        log.Timestamp = Math.Max(log.Timestamp, sequence.LastUpdated ?? 0);
        log.files = state.Files.Batches;
        log.TakeVectors(log.files);
        if (log.DeletedRows.Count > 0 && metadata.SnapshotById(log.SnapshotId!.Value) is { } published)
        {
            await log.RememberKeysAsync(store, metadata, published, cancellationToken).ConfigureAwait(false);
        }

        return log;
    }

    /// <summary>The files of the newest version. They can be asked for once, and not after a commit: they are many.</summary>
    public IReadOnlyList<RemovedFile> TakeFiles()
    {
        var live = new List<RemovedFile>();
        foreach (var batch in files ?? throw new InvalidOperationException("The files are known only after the log was read."))
        {
            foreach (var index in batch.Rows)
            {
                ref readonly var row = ref batch.Files.Rows[index];
                live.Add(new RemovedFile(batch.Files.PathText(row), row.Size, File: null));
            }
        }

        files = null;
        return live;
    }

    /// <summary>Lets the files go: they are many, and needed only where Iceberg no longer knows the published snapshot.</summary>
    public void ForgetFiles() => files = null;

    /// <summary>A new version is there.</summary>
    public void Begin(long version)
    {
        Version = version;
        files = null;
    }

    /// <summary>Takes in an action. Within a commit removes of a path stand before adds.</summary>
    public void Apply(DeltaAction action)
    {
        switch (action)
        {
            case ProtocolAction protocol:
                Protocol = protocol;
                break;
            case MetadataAction metadata:
                Metadata = metadata;
                Schema = DeltaSchemaJson.Parse(metadata.SchemaString);
                break;
            case TransactionAction { AppId: var app, Version: var number } when app.EndsWith("-snapshot", StringComparison.Ordinal):
                SnapshotId = number;
                break;
            case TransactionAction transaction:
                SequenceNumber = transaction.Version;
                break;
            case CommitInfo info:
                Timestamp = Math.Max(Timestamp, info.InCommitTimestamp ?? info.Timestamp ?? 0);
                break;
            case RemoveFile remove:
                DeletedRows.Remove(remove.Path);
                break;
        }
    }

    private void TakeVectors(IReadOnlyList<FileBatch> batches)
    {
        foreach (var batch in batches)
        {
            foreach (var index in batch.Rows)
            {
                ref readonly var row = ref batch.Files.Rows[index];
                if (batch.Files.Vector(row) is { } vector)
                {
                    DeletedRows[batch.Files.PathText(row)] = new Deleted(DeleteKey.Forgotten, vector);
                }
            }
        }
    }

    private async Task RememberKeysAsync(IObjectStore store, TableMetadata metadata, Snapshot published, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var file in ScanPlanner.PlanFilesAsync(store, metadata, published, cancellationToken: cancellationToken).ConfigureAwait(false))
            {
                var path = VersionFiles.PathOf(metadata, file.File);
                if (DeleteKey.Of(file) is { } key)
                {
                    DeletedRows[path] = new Deleted(key, DeletedRows.GetValueOrDefault(path)?.Vector);
                }
            }
        }
        catch (LakehouseException error) when (error.Kind == LakehouseErrorKind.NotFound)
        {
            // Its manifests are gone: the vectors are written anew.
        }
    }
}
