using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;

namespace Lakehouse.Tables.Maintenance;

/// <summary>Lists the files of a table's own data and metadata folders.</summary>
sealed class OrphanListing(IObjectStore store, TableMetadata metadata)
{
    readonly List<string> passed = [];

    /// <summary>Folders that were passed over, and why.</summary>
    public IReadOnlyList<string> Passed => passed;

    /// <summary>Files that were last written before a time, by the key of their location; no metadata files, nothing of other tables.</summary>
    public async Task<Dictionary<string, ObjectInfo>> OldFilesAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, ObjectInfo>(StringComparer.Ordinal);
        var root = TableLocations.Normalize(metadata.Location) + "/";
        foreach (var folder in new[] { TableLocations.DataFolder(metadata), TableLocations.MetadataFolder(metadata) }.Distinct(StringComparer.Ordinal))
        {
            var prefix = TableLocations.Normalize(folder) + "/";
            // A folder elsewhere may be shared with tables that this one knows nothing of.
            if (!prefix.StartsWith(root, StringComparison.Ordinal) || prefix == root)
            {
                passed.Add($"{folder}: lies outside of the table's own folder, or is all of it");
                continue;
            }

            await ListAsync(folder, prefix, before, files, cancellationToken);
        }

        return files;
    }

    async Task ListAsync(string folder, string prefix, DateTimeOffset before, Dictionary<string, ObjectInfo> files, CancellationToken cancellationToken)
    {
        var found = new List<(string Location, ObjectInfo Info)>();
        var others = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var info in store.ListAsync(folder + "/", cancellationToken))
        {
            var location = TableLocations.Normalize(info.Location);
            if (!location.StartsWith(prefix, StringComparison.Ordinal))
            {
                continue;
            }

            // A folder within, with a log of its own, is another table's.
            var below = location[prefix.Length..];
            foreach (var log in new[] { "_delta_log/", "metadata/" })
            {
                var at = below.StartsWith(log, StringComparison.Ordinal) ? 0 : below.IndexOf("/" + log, StringComparison.Ordinal) + 1;
                if ((at > 0 || below.StartsWith(log, StringComparison.Ordinal)) && (log == "_delta_log/" || IsMetadataFile(location)))
                {
                    others.Add(prefix + below[..at]);
                }
            }

            if (info.LastModified < before && !IsMetadataFile(location))
            {
                found.Add((location, info));
            }
        }

        passed.AddRange(others.Select(other => $"{other}: another table lies there"));
        foreach (var (location, info) in found.Where(item => !others.Any(other => item.Location.StartsWith(other, StringComparison.Ordinal))))
        {
            files[LocationKey.Of(location)] = info;
        }
    }

    static bool IsMetadataFile(string location) =>
        location.EndsWith(".metadata.json", StringComparison.Ordinal) || location.EndsWith(".metadata.json.gz", StringComparison.Ordinal) || location.EndsWith(".gz.metadata.json", StringComparison.Ordinal)
        || location.EndsWith("/version-hint.text", StringComparison.Ordinal);
}
