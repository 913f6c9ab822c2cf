using Lakehouse.Formats.Delta.Log;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>Keeps a published log short: checkpoints, the pointer to the newest one, and the removal of commits that one stands for.</summary>
internal sealed class LogUpkeep(IObjectStore store, string tableLocation, ICheckpointWriter writer, TimeProvider time)
{
    // PROTOCOL.md: tombstones are kept for a week unless a table says otherwise; here nothing else than the lake removes files.
    private static readonly TimeSpan Tombstones = TimeSpan.FromDays(7);

    /// <summary>Writes the checkpoint of a version, and then points to it.</summary>
    public async Task CheckpointAsync(long version, CancellationToken cancellationToken)
    {
        var listing = await LogListing.ReadAsync(store, tableLocation.TrimEnd('/'), cancellationToken).ConfigureAwait(false);
        var segment = LogSegment.Choose(listing, version);
        if (segment.Checkpoint?.Version != version)
        {
            var request = new CheckpointRequest(
                PublishedLog.CheckpointLocation(tableLocation, version),
                segment.Checkpoint?.Files.Single().Location,
                [.. segment.Deltas.Select(commit => commit.Location)],
                (time.GetUtcNow() - Tombstones).ToUnixTimeMilliseconds());
            await PointAsync(version, await writer.WriteAsync(request, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Removes commits and checkpoints older than the retention (PROTOCOL.md, "Metadata Cleanup"): those before the newest checkpoint that is not newer than the newest commit that old. Newest first,
    /// so that whatever remains if this ends half-way can still be read.
    /// </summary>
    public async Task CleanAsync(TimeSpan retention, CancellationToken cancellationToken)
    {
        var cutoff = time.GetUtcNow() - retention;
        var listing = await LogListing.ReadAsync(store, tableLocation.TrimEnd('/'), cancellationToken).ConfigureAwait(false);
        var old = listing.Commits.TakeWhile(commit => commit.Value.LastModified < cutoff).Select(commit => commit.Key).DefaultIfEmpty(-1).Last();
        var kept = listing.Checkpoints.Select(checkpoint => checkpoint.Version).Where(checkpoint => checkpoint <= old && listing.Commits.ContainsKey(checkpoint)).DefaultIfEmpty(-1).Max();
        var expired = listing.Commits.Select(item => (Version: item.Key, IsCheckpoint: false, item.Value.Location))
            .Concat(listing.Checkpoints.SelectMany(item => item.Files.Select(file => (item.Version, IsCheckpoint: true, file.Location))))
            .Where(item => item.Version < kept)
            .OrderByDescending(item => item.Version)
            .ThenBy(item => item.IsCheckpoint);
        foreach (var (_, _, location) in expired.ToList())
        {
            await store.DeleteAsync(location, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task PointAsync(long version, CheckpointSize size, CancellationToken cancellationToken)
    {
        var pointer = JsonText.Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("version", version);
            json.WriteNumber("size", size.Actions);
            json.WriteNumber("sizeInBytes", size.Bytes);
            json.WriteNumber("numOfAddFiles", size.AddedFiles);
            json.WriteEndObject();
        });
        using var content = new MemoryStream(pointer);
        await store.PutAsync(PublishedLog.LogLocation(tableLocation) + "_last_checkpoint", content, cancellationToken).ConfigureAwait(false);
    }
}
