namespace Lakehouse.Storage.Caching;

/// <summary>A file of the cache in use: its handle is a shared lock, which keeps it from being removed.</summary>
public sealed class CachedFile : IDisposable
{
    static readonly TimeSpan TouchInterval = TimeSpan.FromSeconds(30);
    readonly FileStream held;

    CachedFile(string path, FileStream held) => (Path, this.held) = (path, held);

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>Bytes.</summary>
    public long Size => held.Length;

    /// <summary>Keeps the file for a while beyond this object's life, as far as it can be told by the clock.</summary>
    public void KeepUntil(DateTimeOffset moment)
    {
        if (File.GetLastWriteTimeUtc(Path) < moment.UtcDateTime)
        {
            File.SetLastWriteTimeUtc(Path, moment.UtcDateTime);
        }
    }

    /// <inheritdoc />
    public void Dispose() => held.Dispose();

    /// <summary>Opens a file that is there; null when it is not, or is being removed. An emptied file is one that was removed after it was opened.</summary>
    internal static CachedFile? TryOpen(string path, TimeProvider time)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read | (OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None), BufferSize = 0 });
            if (file.Length == 0)
            {
                file.Dispose();
                return null;
            }

            // The time of a file is that of its last use.
            var now = time.GetUtcNow().UtcDateTime;
            if (File.GetLastWriteTimeUtc(path) < now - TouchInterval)
            {
                File.SetLastWriteTimeUtc(path, now);
            }

            return new CachedFile(path, file);
        }
        catch (IOException)
        {
            file?.Dispose();
            return null;
        }
    }
}
