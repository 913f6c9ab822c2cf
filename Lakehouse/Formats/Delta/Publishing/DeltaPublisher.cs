using System.Buffers;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>What publishing a table came to.</summary>
/// <param name="Version">Newest version of the log; null while there is none.</param>
/// <param name="SnapshotId">The snapshot that it stands for.</param>
/// <param name="SequenceNumber">The sequence number of that snapshot.</param>
/// <param name="Written">Versions that were written now.</param>
/// <param name="Stop">Why the current snapshot is not published; null when it is.</param>
/// <param name="LeftOut">Fields of the current schema that Delta cannot say, and the published table leaves out.</param>
public sealed record PublishResult(long? Version, long? SnapshotId, long? SequenceNumber, int Written, PublishStop? Stop, IReadOnlyList<string> LeftOut);

/// <summary>
/// Publishes an Iceberg table as a Delta table over the same files: one version for each snapshot of the current one's ancestry, in <c>_delta_log</c> of the table's folder. Doing it again does
/// nothing; several publishers at once lose nothing, since each version is written unless it is there. An instance remembers where the log is and is used by one caller at a time.
/// </summary>
/// <param name="store">Where table and log lie.</param>
/// <param name="parquet">Reads checkpoints.</param>
/// <param name="checkpoints">Writes checkpoints; null writes none.</param>
/// <param name="positions">Tells deleted rows; null stops publishing at deletes other than deletion vectors.</param>
/// <param name="time">Clock, for the age of commits.</param>
public sealed class DeltaPublisher(IObjectStore store, IParquetReader parquet, ICheckpointWriter? checkpoints = null, IDeletedPositions? positions = null, TimeProvider? time = null)
{
    private const int Attempts = 10;
    private readonly TimeProvider time = time ?? TimeProvider.System;
    private readonly HashSet<long> unpublishable = [];
    private (string Location, Guid Table, PublishedLog Log)? remembered;

    /// <summary>Publishes what is not published yet.</summary>
    /// <param name="metadata">The table, as it is now.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">The store failed, or the table is damaged; versions that were written stay, and the next call goes on after them.</exception>
    public async Task<PublishResult> PublishAsync(TableMetadata metadata, CancellationToken cancellationToken = default)
    {
        var written = 0;
        for (var attempt = 1; ; attempt++)
        {
            var log = await LogAsync(metadata, cancellationToken).ConfigureAwait(false);
            if (log.Stop is { } foreign)
            {
                return new PublishResult(null, null, null, 0, foreign, []);
            }

            remembered = null;
            var (outcome, versions) = await PublishAsync(metadata, log.Log!, cancellationToken).ConfigureAwait(false);
            written += versions;
            if (outcome is not Outcome.Overtaken)
            {
                log.Log!.ForgetFiles();
                remembered = (metadata.Location, metadata.TableUuid, log.Log!);
                return ResultOf(metadata, log.Log!, written, (outcome as Outcome.Stopped)?.Stop);
            }

            if (attempt == Attempts)
            {
                throw new LakehouseException(LakehouseErrorKind.Unavailable, $"{metadata.Location}: other publishers kept coming first");
            }
        }
    }

    private async Task<(PublishedLog? Log, PublishStop? Stop)> LogAsync(TableMetadata metadata, CancellationToken cancellationToken)
    {
        if (remembered is { } known && known.Location == metadata.Location && known.Table == metadata.TableUuid)
        {
            return (known.Log, null);
        }

        try
        {
            return (await PublishedLog.ReadAsync(store, metadata, parquet, cancellationToken).ConfigureAwait(false), null);
        }
        catch (PublishStopException stop)
        {
            return (null, stop.Stop);
        }
    }

    private async Task<(Outcome Outcome, int Written)> PublishAsync(TableMetadata metadata, PublishedLog log, CancellationToken cancellationToken)
    {
        var options = PublishOptions.Of(metadata);
        var upkeep = checkpoints is null ? null : new LogUpkeep(store, metadata.Location, checkpoints, time);
        var written = 0;
        Outcome outcome = new Outcome.Current();
        var snapshots = PublishPlan.Next(metadata, log.SnapshotId, log.SequenceNumber);
        foreach (var snapshot in snapshots.Where(snapshot => snapshot.SnapshotId == metadata.CurrentSnapshotId || !unpublishable.Contains(snapshot.SnapshotId)))
        {
            try
            {
                if (!await PublishAsync(metadata, snapshot, log, cancellationToken).ConfigureAwait(false))
                {
                    return (new Outcome.Overtaken(), written);
                }
            }
            catch (PublishStopException stop)
            {
                // A later snapshot may be free of what this one cannot be published for.
                unpublishable.Add(snapshot.SnapshotId);
                outcome = new Outcome.Stopped(stop.Stop);
                continue;
            }

            outcome = new Outcome.Current();
            written++;
            if (upkeep is not null && log.Version >= options.CheckpointInterval && log.Version - Math.Max(0, log.CheckpointVersion) >= options.CheckpointInterval)
            {
                await upkeep.CheckpointAsync(log.Version, cancellationToken).ConfigureAwait(false);
                log.CheckpointVersion = log.Version;
                await upkeep.CleanAsync(options.LogRetention, cancellationToken).ConfigureAwait(false);
            }
        }

        return (outcome, written);
    }

    /// <summary>Publishes one snapshot; false when another publisher wrote the version first.</summary>
    private async Task<bool> PublishAsync(TableMetadata metadata, Snapshot snapshot, PublishedLog log, CancellationToken cancellationToken)
    {
        var published = log.SnapshotId is { } id ? metadata.SnapshotById(id) : null;
        var files = await FilesAsync(metadata, snapshot, published, log, cancellationToken).ConfigureAwait(false);
        var builder = new VersionBuilder(store, metadata, positions, log, snapshot, files, isStep: published is not null && snapshot.ParentSnapshotId == published.SnapshotId);
        PublishedVersion version;
        try
        {
            version = await builder.PrepareAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PublishStopException)
        {
            await DeleteAsync(builder.Written, cancellationToken).ConfigureAwait(false);
            throw;
        }

        var next = log.Version + 1;
        var content = new GeneratedStream(LinesAsync(builder.ActionsAsync(version, cancellationToken), log));
        await using (content.ConfigureAwait(false))
        {
            if (await store.PutIfAbsentAsync(PublishedLog.CommitLocation(metadata.Location, next), content, cancellationToken).ConfigureAwait(false) == PutOutcome.Exists)
            {
                await DeleteAsync(builder.Written, cancellationToken).ConfigureAwait(false);
                return false;
            }
        }

        log.Begin(next);
        foreach (var (path, deleted) in builder.Told)
        {
            log.DeletedRows[path] = deleted;
        }

        return true;
    }

    private async Task<VersionFiles> FilesAsync(TableMetadata metadata, Snapshot snapshot, Snapshot? published, PublishedLog log, CancellationToken cancellationToken)
    {
        if (log.Version < 0)
        {
            return await VersionFiles.ReadAsync(store, metadata, snapshot, published: null, live: null, cancellationToken).ConfigureAwait(false);
        }

        if (published is not null)
        {
            try
            {
                return await VersionFiles.ReadAsync(store, metadata, snapshot, published, live: null, cancellationToken).ConfigureAwait(false);
            }
            catch (LakehouseException error) when (error.Kind == LakehouseErrorKind.NotFound)
            {
                // Expired in between: the log itself still knows its files.
            }
        }

        var live = log.KnowsFiles ? log : await PublishedLog.ReadAsync(store, metadata, parquet, cancellationToken).ConfigureAwait(false);
        return await VersionFiles.ReadAsync(store, metadata, snapshot, published: null, live.TakeFiles().ToAsyncEnumerable(), cancellationToken).ConfigureAwait(false);
    }

    private async Task DeleteAsync(IEnumerable<string> locations, CancellationToken cancellationToken)
    {
        foreach (var location in locations)
        {
            await store.DeleteAsync(location, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The lines of a commit; the log takes in what is written.</summary>
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> LinesAsync(IAsyncEnumerable<DeltaAction> actions, PublishedLog log)
    {
        const int piece = 64 * 1024;
        var lines = new ArrayBufferWriter<byte>(piece);
        await foreach (var action in actions.ConfigureAwait(false))
        {
            lines.Write(JsonText.Write(json => DeltaActionJson.Write(json, action)));
            lines.Write("\n"u8);
            log.Apply(action);
            if (lines.WrittenCount >= piece)
            {
                yield return lines.WrittenMemory;
                lines = new ArrayBufferWriter<byte>(piece);
            }
        }

        yield return lines.WrittenMemory;
    }

    private static PublishResult ResultOf(TableMetadata metadata, PublishedLog log, int written, PublishStop? stop) => new(
        log.Version < 0 ? null : log.Version,
        log.SnapshotId,
        log.Version < 0 ? null : log.SequenceNumber,
        written,
        stop,
        metadata.CurrentSnapshot is { } current ? PublishedSchema.Of(metadata, metadata.SchemaOf(current)).LeftOut : []);

    private abstract record Outcome
    {
        internal sealed record Current : Outcome;

        internal sealed record Overtaken : Outcome;

        internal sealed record Stopped(PublishStop Stop) : Outcome;
    }
}
