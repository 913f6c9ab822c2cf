using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Publishing;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;

namespace Lakehouse.Tables.Upkeep;

/// <summary>
/// Files that a table's Delta log still needs: those of its newest version, which may lag behind, and those of older versions for as long as its retention promises
/// (<c>delta.deletedFileRetentionDuration</c>, 7 days by default).
/// </summary>
internal static class PublishedFiles
{
    /// <summary>Their locations; null when the table has no Delta log.</summary>
    public static async Task<IReadOnlySet<string>?> ReadAsync(IObjectStore store, TableMetadata metadata, IParquetReader parquet, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var log = metadata.Location.TrimEnd('/') + "/_delta_log/";
        var commits = new List<ObjectInfo>();
        await foreach (var item in store.ListAsync(log, cancellationToken))
        {
            if (item.Location.EndsWith(".json", StringComparison.Ordinal) && long.TryParse(item.Location.AsSpan(item.Location.LastIndexOf('/') + 1)[..^".json".Length], out _))
            {
                commits.Add(item);
            }
        }

        if (commits.Count == 0)
        {
            return null;
        }

        var kept = new HashSet<string>(StringComparer.Ordinal);
        var newest = await DeltaTable.OpenAsync(store, metadata.Location, parquet, cancellationToken: cancellationToken);
        foreach (var file in newest.Files)
        {
            Add(kept, metadata, file.Path);
        }

        var since = now - PublishOptions.Of(metadata).FileRetention;
        foreach (var commit in commits.Where(commit => commit.LastModified >= since))
        {
            await AddRemovedAsync(store, metadata, commit.Location, kept, cancellationToken);
        }

        return kept;
    }

    // Until the commit was there readers saw the file, however long ago the table itself had let it go: publishing may lag.
    static async Task AddRemovedAsync(IObjectStore store, TableMetadata metadata, string commit, HashSet<string> kept, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenReadAsync(commit, cancellationToken: cancellationToken);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0 && DeltaActionJson.Read(System.Text.Encoding.UTF8.GetBytes(line), commit) is RemoveFile removed)
            {
                Add(kept, metadata, removed.Path);
            }
        }
    }

    static void Add(HashSet<string> kept, TableMetadata metadata, string path) => kept.Add(DeltaPath.Locate(metadata.Location, path));
}
