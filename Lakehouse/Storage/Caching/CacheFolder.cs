namespace Lakehouse.Storage.Caching;

/// <summary>
/// The files of a cache and their sum. A file is removed under an exclusive lock, which nobody gets while it is in use; it is emptied before its name goes, so that whoever opened it in between sees that it
/// is gone.
/// </summary>
internal sealed class CacheFolder(string path, long maxBytes, TimeProvider time)
{
    static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(10);
    readonly Lock gate = new();
    long counted = -1;
    long countedAt;
    long reserved;

    public string Path => path;

    public string Files => System.IO.Path.Combine(path, "files");

    public string Partial => System.IO.Path.Combine(path, "partial");

    /// <summary>Makes room for a file that is about to come. <see cref="Settle"/> has to follow.</summary>
    /// <exception cref="StoreFullException">Files in use leave no room.</exception>
    public void Reserve(long size, string location)
    {
        lock (gate)
        {
            if (counted < 0 || time.GetElapsedTime(countedAt) > CountInterval)
            {
                Count(All());
            }

            if (size <= maxBytes && counted + reserved + size > maxBytes)
            {
                Evict(maxBytes - reserved - size);
            }

            if (counted + reserved + size > maxBytes)
            {
                throw new StoreFullException(
                    $"'{location}' ({size} bytes) does not fit into the file cache of {maxBytes} bytes ({path}) beside the files that are in use; {StorageOptions.SectionName}:{nameof(StorageOptions.CacheBytes)} sets its size");
            }

            reserved += size;
        }
    }

    /// <summary>Ends a reservation: the file is there, or did not come.</summary>
    public void Settle(long size, bool isKept)
    {
        lock (gate)
        {
            reserved -= size;
            counted += isKept ? size : 0;
        }
    }

    /// <summary>Removes what is left of a file whose removal was cut short. A whole file stays.</summary>
    public static void RemoveLeftover(string file)
    {
        if (new FileInfo(file) is { Exists: true, Length: 0 })
        {
            TryRemove(file);
        }
    }

    /// <summary>Removes the files that were not used for longest, to a tenth below the target, so that not every new file has to look for the next old one.</summary>
    void Evict(long target)
    {
        var files = All();
        Count(files);
        var now = time.GetUtcNow().UtcDateTime;
        files.Sort((a, b) => a.LastUse.CompareTo(b.LastUse));
        foreach (var (file, size, lastUse) in files)
        {
            if (counted <= target - (maxBytes / 10) || lastUse > now)
            {
                return;
            }

            if (TryRemove(file))
            {
                counted -= size;
            }
        }
    }

    void Count(List<(string File, long Size, DateTime LastUse)> files)
    {
        counted = files.Sum(file => file.Size);
        countedAt = time.GetTimestamp();
    }

    List<(string File, long Size, DateTime LastUse)> All()
    {
        var files = new List<(string, long, DateTime)>();
        foreach (var file in new DirectoryInfo(Files).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            try
            {
                files.Add((file.FullName, file.Length, file.LastWriteTimeUtc));
            }
            catch (FileNotFoundException)
            {
                // Another process removed it.
            }
        }

        return files;
    }

    static bool TryRemove(string file)
    {
        try
        {
            using var held = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None, 1);
            if (held.Length > 0)
            {
                held.SetLength(0);
            }
            else if (new FileInfo(file) is not { Exists: true, Length: 0 })
            {
                return false; // What has the name now is another file.
            }

            File.Delete(file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // In use.
        }
    }
}
