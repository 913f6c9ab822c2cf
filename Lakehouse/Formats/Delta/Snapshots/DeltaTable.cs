using Lakehouse.Formats.Delta.Log;
using Lakehouse.Formats.Delta.Replay;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Delta;

/// <summary>Opens Delta tables by their folder.</summary>
public static class DeltaTable
{
    /// <summary>Opens a version. A checkpoint that is broken is passed over when the log before it is still there.</summary>
    /// <param name="store">Where the table lies.</param>
    /// <param name="location">Its folder.</param>
    /// <param name="parquet">Reads checkpoints.</param>
    /// <param name="at">Which version.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">NotFound: no table, or no such version. InvalidData: the log is broken or has gaps; the message names file or versions. Unsupported: a reader feature that is not read, by name.</exception>
    public static async Task<DeltaSnapshot> OpenAsync(IObjectStore store, string location, IParquetReader parquet, DeltaVersionSelector at = default, CancellationToken cancellationToken = default)
    {
        location = location.TrimEnd('/');
        var log = await LogListing.ReadAsync(store, location, cancellationToken);
        if (at.AsOf is not { } time)
        {
            return await OpenAsync(store, log, parquet, at.Version, cancellationToken);
        }

        var latest = await OpenAsync(store, log, parquet, null, cancellationToken);
        var version = await new CommitTimes(store, log, latest.Metadata).VersionAtAsync(time, cancellationToken);
        return version == latest.Version ? latest : await OpenAsync(store, log, parquet, version, cancellationToken);
    }

    /// <summary>The commits that the log still has, newest first.</summary>
    /// <inheritdoc cref="OpenAsync(IObjectStore, string, IParquetReader, DeltaVersionSelector, CancellationToken)"/>
    public static async Task<IReadOnlyList<DeltaCommit>> HistoryAsync(IObjectStore store, string location, IParquetReader parquet, CancellationToken cancellationToken = default)
    {
        var log = await LogListing.ReadAsync(store, location.TrimEnd('/'), cancellationToken);
        var latest = await OpenAsync(store, log, parquet, null, cancellationToken);
        var times = new CommitTimes(store, log, latest.Metadata);
        var commits = new List<DeltaCommit>();
        foreach (var (version, file) in log.Commits.Reverse())
        {
            var info = await CommitInfoReader.ReadAsync(store, file.Location, cancellationToken);
            commits.Add(new DeltaCommit(version, CommitTimes.Instant(await times.OfAsync(version, info, cancellationToken)), info));
        }

        return commits;
    }

    /// <summary>Whether a folder holds a Delta table.</summary>
    public static async Task<bool> ExistsAsync(IObjectStore store, string location, CancellationToken cancellationToken = default) =>
        !(await LogListing.ReadAsync(store, location.TrimEnd('/'), cancellationToken)).IsEmpty;

    internal static async Task<DeltaSnapshot> OpenAsync(IObjectStore store, LogListing log, IParquetReader parquet, long? version, CancellationToken cancellationToken)
    {
        var segment = LogSegment.Choose(log, version);
        LakehouseException? broken = null;
        while (true)
        {
            try
            {
                var state = await new LogReplay(store, parquet, log.Location).ReplayAsync(segment, cancellationToken);
                return new DeltaSnapshot(log.Location, segment.Version, state);
            }
            catch (BrokenCheckpointException error)
            {
                broken ??= error.Reason;
            }

            try
            {
                segment = LogSegment.Choose(log, segment.Version, segment.Checkpoint);
            }
            catch (LakehouseException)
            {
                throw broken;
            }
        }
    }
}
