using Lakehouse.Formats.IO;

namespace Lakehouse.Storage.Local;

/// <summary>Walks a folder in the ordinal order of locations, without following symbolic links.</summary>
internal static class ObjectListing
{
    public static IEnumerable<ObjectInfo> Walk(string folder, string location, string prefix, string? skip = null)
    {
        foreach (var (key, entry) in Entries(folder, skip))
        {
            var child = $"{location}/{key}";
            if (entry is DirectoryInfo)
            {
                // A folder matters if it lies below the prefix, or the prefix leads into it.
                if (child.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(child, StringComparison.Ordinal))
                {
                    foreach (var item in Walk(entry.FullName, child[..^1], prefix))
                    {
                        yield return item;
                    }
                }
            }
            else if (child.StartsWith(prefix, StringComparison.Ordinal) && Describe((FileInfo)entry, child) is { } item)
            {
                yield return item;
            }
        }
    }

    /// <summary>Entries of a folder; folders carry the slash that follows them in a location, which is what makes the order of the whole right.</summary>
    static List<(string Key, FileSystemInfo Entry)> Entries(string folder, string? skip)
    {
        try
        {
            var entries = new DirectoryInfo(folder).EnumerateFileSystemInfos()
                .Where(e => e.Name != skip && !e.Attributes.HasFlag(FileAttributes.ReparsePoint))
                .Select(e => (Key: LocationResolver.Encode(e.Name) + (e is DirectoryInfo ? "/" : ""), Entry: e))
                .ToList();
            entries.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
            return entries;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    static ObjectInfo? Describe(FileInfo file, string location)
    {
        try
        {
            return new ObjectInfo(location, file.Length, new DateTimeOffset(file.LastWriteTimeUtc));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
