using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Log;
using Lakehouse.Formats.Delta.Replay;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Delta;

/// <summary>The change data feed of a table (PROTOCOL.md, "Add CDC File"): rows inserted, deleted and updated, commit by commit.</summary>
/// <param name="Snapshot">The last version, by whose schema the changes are read.</param>
/// <param name="Files">The files that hold the changed rows, in the order of the commits.</param>
public sealed record DeltaChanges(DeltaSnapshot Snapshot, IReadOnlyList<DeltaChangeFile> Files)
{
    const string Enabled = "delta.enableChangeDataFeed";

    /// <summary>Finds the changes of some versions. Where a commit has files of changes, they alone count; else what it adds and removes.</summary>
    /// <param name="store">Where the table lies.</param>
    /// <param name="location">Its folder.</param>
    /// <param name="parquet">Reads checkpoints.</param>
    /// <param name="from">First version.</param>
    /// <param name="to">Last version; null is the newest.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">Unsupported: the feed was not enabled in one of the versions, which is named. NotFound, InvalidData: as when a version is opened; the commits of all versions must be there.</exception>
    public static async Task<DeltaChanges> ReadAsync(IObjectStore store, string location, IParquetReader parquet, long from, long? to = null, CancellationToken cancellationToken = default)
    {
        var log = await LogListing.ReadAsync(store, location.TrimEnd('/'), cancellationToken);
        var last = await DeltaTable.OpenAsync(store, log, parquet, to, cancellationToken);
        if (from > last.Version || from < 0)
        {
            throw LakehouseException.InvalidData($"Changes are read from a version to the same or a later one, not from {from} to {last.Version}.");
        }

        var metadata = from == last.Version ? last.Metadata : (await DeltaTable.OpenAsync(store, log, parquet, from, cancellationToken)).Metadata;
        var latest = last.Version == log.Latest ? last : await DeltaTable.OpenAsync(store, log, parquet, null, cancellationToken);
        var times = new CommitTimes(store, log, latest.Metadata);
        var commits = new CommitReader(store, new SemaphoreSlim(Environment.ProcessorCount * 2));
        var changes = new List<DeltaChangeFile>();
        for (var version = from; version <= last.Version; version++)
        {
            if (!log.Commits.TryGetValue(version, out var file))
            {
                throw LakehouseException.InvalidData($"The changes of version {version} of the Delta table {log.Location} cannot be read: its commit is not in the log any more.");
            }

            var content = await commits.ReadAsync(file, cancellationToken);
            metadata = content.Others.OfType<MetadataAction>().LastOrDefault() ?? metadata;
            if (!DeltaSnapshot.IsTrue(metadata, Enabled))
            {
                throw LakehouseException.Unsupported($"The Delta table {log.Location} recorded no changes in version {version}: its property {Enabled} was not true.");
            }

            var time = CommitTimes.Instant(await times.OfAsync(version, content.Others.OfType<CommitInfo>().FirstOrDefault(), cancellationToken));
            changes.AddRange(new CommitChanges(last, version, time).Of(content));
        }

        return new DeltaChanges(last, changes);
    }
}
