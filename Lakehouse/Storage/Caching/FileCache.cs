using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Storage.Local;
using Lakehouse.Storage.Metering;

namespace Lakehouse.Storage.Caching;

/// <summary>
/// Immutable objects of remote stores as local files, bounded in size; those that were not used for longest go first. Several processes may share one folder: a file appears whole or not at all, and one that
/// is in use, in whichever process, is locked and stays. Each process counts what it adds itself, and the folder anew every few seconds.
/// </summary>
public sealed class FileCache
{
    const int CopyBuffer = 256 * 1024;
    const int Tries = 8;
    const int DownloadsAtOnce = 8;
    static readonly TimeSpan PartialGrace = TimeSpan.FromMinutes(1);
    readonly CacheFolder folder;
    readonly TimeProvider time;
    readonly ConcurrentDictionary<string, Lazy<Task>> downloads = new(StringComparer.Ordinal);
    readonly SemaphoreSlim slots = new(DownloadsAtOnce);
    readonly Lazy<bool> prepared;

    /// <summary>A cache in a folder, which is made when the first file comes.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="maxBytes">Bytes that its files may take together.</param>
    /// <param name="time">Clock; the system's if null.</param>
    public FileCache(string path, long maxBytes, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        this.time = time ?? TimeProvider.System;
        folder = new CacheFolder(path, maxBytes, this.time);
        Staging = Path.Combine(path, "staging");
        prepared = new Lazy<bool>(() => Prepare(path));
    }

    /// <summary>The cache that options say.</summary>
    public static FileCache Of(StorageOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new FileCache(options.CacheFolder, options.CacheBytes, time);
    }

    /// <summary>A folder on the cache's file system for files that are being written.</summary>
    public string Staging { get; }

    string Partial => folder.Partial;

    /// <summary>The path that an object has, or will have, in the cache.</summary>
    public string PathOf(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(location)).AsSpan(0, 16));
        var name = location[(location.LastIndexOf('/') + 1)..];
        var readable = string.Concat(name[^Math.Min(name.Length, 80)..].Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '=' ? c : '_'));
        return Path.Combine(folder.Files, hash[..2], $"{hash}-{readable}");
    }

    /// <summary>Gives an object as a file, which stays until what is returned is disposed. Downloads it unless it is there.</summary>
    /// <exception cref="StoreFullException">The disk is full, or files in use leave no room for it within the bound.</exception>
    /// <exception cref="LakehouseException">NotFound: there is no such object; InvalidData: it is empty; else what the store says.</exception>
    public async Task<CachedFile> GetAsync(IObjectStore store, string location, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        _ = prepared.Value;
        var path = PathOf(location);
        for (var i = 0; i < Tries; i++)
        {
            if (CachedFile.TryOpen(path, time) is { } found)
            {
                StorageTelemetry.CacheHit(i == 0);
                return found;
            }

            // Whoever comes first downloads for all. Its going away is no failure of the others.
            var download = downloads.GetOrAdd(path, _ => new Lazy<Task>(() => DownloadAsync(store, location, path, cancellationToken)));
            try
            {
                await download.Value.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The next round downloads it for this caller.
            }
            finally
            {
                downloads.TryRemove(new KeyValuePair<string, Lazy<Task>>(path, download));
            }
        }

        throw new LakehouseException(LakehouseErrorKind.Unavailable, $"'{location}' could not be kept in the file cache: it goes as fast as it comes; the cache is too small");
    }

    /// <summary>Takes in a local file that has just been stored at a location, to save its download. The file is moved, or deleted where there is no room.</summary>
    public void Adopt(string location, string path)
    {
        _ = prepared.Value;
        var size = new FileInfo(path).Length;
        var isReserved = false;
        try
        {
            folder.Reserve(size, location);
            isReserved = true;
            using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
            {
                RandomAccess.FlushToDisk(file);
            }

            var target = PathOf(location);
            LocalFolder.Create(Path.GetDirectoryName(target)!);
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
            folder.Settle(size, isKept: size > 0 && NativeFile.MoveIfAbsent(path, target) == PutOutcome.Written);
            isReserved = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LakehouseException)
        {
            // It can be downloaded again.
            if (isReserved)
            {
                folder.Settle(size, isKept: false);
            }
        }

        File.Delete(path);
    }

    async Task DownloadAsync(IObjectStore store, string location, string path, CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        try
        {
            var size = (await store.StatAsync(location, cancellationToken) ?? throw new LakehouseException(LakehouseErrorKind.NotFound, $"no object at '{location}'")).Size;
            if (size == 0)
            {
                throw LakehouseException.InvalidData($"'{location}' is empty");
            }

            folder.Reserve(size, location);
            var isKept = false;
            try
            {
                await using var staged = StagedFile.Create(Partial);
                await CopyAsync(store, location, size, staged, cancellationToken);
                CacheFolder.RemoveLeftover(path);
                isKept = staged.Publish(path, replace: false, time.GetUtcNow()) == PutOutcome.Written;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Failure(e, location);
            }
            finally
            {
                folder.Settle(size, isKept);
            }
        }
        finally
        {
            slots.Release();
        }
    }

    static async Task CopyAsync(IObjectStore store, string location, long size, StagedFile staged, CancellationToken cancellationToken)
    {
        await using var content = await store.OpenReadAsync(location, cancellationToken: cancellationToken);
        var buffer = new byte[CopyBuffer];
        var copied = 0L;
        int read;
        while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            copied += read;
            await staged.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        if (copied != size)
        {
            throw new LakehouseException(LakehouseErrorKind.Unavailable, $"'{location}' has {size} bytes, and {copied} came");
        }
    }

    LakehouseException Failure(Exception e, string location) => e is IOException io && DiskSpace.IsExhausted(io)
        ? new StoreFullException($"no space is left on the disk of the file cache ({folder.Path}) for '{location}'", e)
        : new LakehouseException(LakehouseErrorKind.Unavailable, $"the file cache ({folder.Path}) cannot keep '{location}': {e.Message}", e);

    bool Prepare(string path)
    {
        try
        {
            Directory.CreateDirectory(folder.Files);
            Directory.CreateDirectory(Partial);
            StagedFile.Sweep(Partial, time.GetUtcNow() - PartialGrace);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LakehouseException(LakehouseErrorKind.Denied, $"the file cache ({path}) cannot be made: {e.Message}", e);
        }
    }
}
