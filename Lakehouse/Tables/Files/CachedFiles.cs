using System.Collections.Concurrent;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;
using Lakehouse.Storage.Caching;

namespace Lakehouse.Tables;

/// <summary>
/// The objects of a store as local files, for one piece of work: those of a local folder are files already; those of a remote store come into the cache, several at once, and stay there until this is
/// disposed. Only objects below the store's root are given, whatever metadata says.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="cache">Cache of remote files.</param>
/// <param name="keep">How long files are kept beyond this object's life: for the work of those who can't say when it ends.</param>
/// <param name="time">Clock; the system's if null.</param>
public sealed class CachedFiles(IObjectStore store, FileCache cache, TimeSpan keep = default, TimeProvider? time = null) : ILocalFiles, IDisposable
{
    const int AtOnce = 8;
    readonly ConcurrentDictionary<string, Lazy<Task<CachedFile>>> files = new(StringComparer.Ordinal);
    bool isDisposed;

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<string>> PathsAsync(IReadOnlyList<string> locations, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(locations);
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (LocalPath.IsLocal(store.Root))
        {
            return [.. locations.Select(PathOf)];
        }

        var distinct = locations.Distinct(StringComparer.Ordinal).ToList();
        var paths = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(distinct, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (location, token) => paths[location] = await GetAsync(location, token));
        return [.. locations.Select(location => paths[location])];
    }

    /// <summary>The path that an object has, or will have when it is asked for.</summary>
    /// <exception cref="LakehouseException">Denied: it is not below the store's root.</exception>
    public string PathOf(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (!LocalPath.IsLocal(store.Root))
        {
            return cache.PathOf(location);
        }

        var (path, root) = (Path.GetFullPath(LocalPath.FromLocation(location)), LocalPath.FromLocation(store.Root));
        return path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new LakehouseException(LakehouseErrorKind.Denied, $"data file {location} lies outside of the warehouse");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        isDisposed = true;
        foreach (var file in files.Values)
        {
            if (file is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            {
                _ = ReleaseAsync(file.Value);
            }
        }

        files.Clear();
    }

    async Task<string> GetAsync(string location, CancellationToken cancellationToken)
    {
        var file = files.GetOrAdd(location, _ => new Lazy<Task<CachedFile>>(() => cache.GetAsync(store, location, cancellationToken)));
        try
        {
            var cached = await file.Value;
            if (keep <= TimeSpan.Zero)
            {
                return cached.Path;
            }

            // Nobody will say when this work ends: the clock keeps the file instead of a lock.
            cached.KeepUntil((time ?? TimeProvider.System).GetUtcNow() + keep);
            files.TryRemove(location, out _);
            cached.Dispose();
            return cached.Path;
        }
        catch
        {
            files.TryRemove(new KeyValuePair<string, Lazy<Task<CachedFile>>>(location, file));
            throw;
        }
    }

    static async Task ReleaseAsync(Task<CachedFile> file) => (await file).Dispose();
}
