using System.Buffers;
using System.Runtime.CompilerServices;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace Lakehouse.Storage.Local;

/// <summary>
/// Objects as files below a local folder. A put is written aside in a hidden folder of the same file system, flushed to disk, and then given its name in one step, so that no reader and
/// no crash sees a part of it. Several processes may use one folder.
/// A prefix of <see cref="ListAsync"/> is a prefix of the text of locations, as in S3: end it with a slash to list a folder.
/// </summary>
public sealed class LocalObjectStore : IObjectStore
{
    const int CopyBufferSize = 256 * 1024;
    static readonly TimeSpan StagingGrace = TimeSpan.FromMinutes(1);
    readonly LocationResolver resolver;
    readonly TimeProvider time;
    readonly bool isReadOnly;

    /// <summary>Opens the store, creates its folder if it is missing, and removes what killed writers left in its staging folder.</summary>
    /// <param name="root">Location of the folder, <c>file:///…</c>.</param>
    /// <param name="time">Clock that tells abandoned staging files from new ones; the system's if null.</param>
    public LocalObjectStore(string root, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        resolver = new LocationResolver(root);
        this.time = time ?? TimeProvider.System;
        Run(root, () =>
        {
            Directory.CreateDirectory(resolver.Staging);
            return StagedFile.Sweep(resolver.Staging, this.time.GetUtcNow() - StagingGrace);
        });
    }

    LocalObjectStore(LocationResolver resolver)
    {
        this.resolver = resolver;
        time = TimeProvider.System;
        isReadOnly = true;
    }

    /// <inheritdoc />
    public string Root => resolver.Root;

    /// <summary>A view of all files that the user of this process can read, symbolic links followed. It creates nothing, and every write is refused.</summary>
    public static LocalObjectStore ReadOnly() => new(new LocationResolver("file:///", followsLinks: true));

    /// <inheritdoc />
    public Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default) =>
        WriteAsync(location, content, replace: false, cancellationToken);

    /// <inheritdoc />
    public Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default) =>
        WriteAsync(location, content, replace: true, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (range is { } r && (r.Offset < 0 || r.Length < 0))
        {
            throw new ArgumentOutOfRangeException(nameof(range), range, "offset and length are not negative");
        }

        var path = resolver.PathOf(location);
        return Task.FromResult(Run(location, () =>
        {
            if (Directory.Exists(path))
            {
                throw NotFound(location);
            }

            var options = new FileStreamOptions
            {
                Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous,
            };
            var file = new FileStream(path, options);
            return range is null ? (Stream)file : new RangeStream(file, range.Value);
        }));
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix != Root && !prefix.StartsWith(Root + "/", StringComparison.Ordinal))
        {
            throw new LakehouseException(LakehouseErrorKind.Denied, $"prefix '{prefix}' is not below '{Root}'");
        }

        // Everything before the last slash is a folder; what follows it selects in that folder.
        var folderLocation = prefix == Root ? Root : prefix[..prefix.LastIndexOf('/')];
        var folder = folderLocation == Root ? resolver.Folder : resolver.PathOf(folderLocation);
        var count = 0;
        using var walk = ObjectListing.Walk(folder, folderLocation, prefix, skip: folderLocation == Root ? LocationResolver.StagingName : null).GetEnumerator();
        while (Run(prefix, walk.MoveNext))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++count % 1024 == 0)
            {
                await Task.Yield();
            }

            yield return walk.Current;
        }
    }

    /// <inheritdoc />
    public Task DeleteAsync(string location, CancellationToken cancellationToken = default)
    {
        RefuseReadOnly(location);
        cancellationToken.ThrowIfCancellationRequested();
        var path = resolver.PathOf(location);
        return Task.FromResult(Run(location, () =>
        {
            if (File.Exists(path))
            {
                File.Delete(path);
            }

            return true;
        }));
    }

    /// <inheritdoc />
    public Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = resolver.PathOf(location);
        return Task.FromResult(Run(location, () =>
        {
            var file = new FileInfo(path);
            return file.Exists ? new ObjectInfo(location, file.Length, new DateTimeOffset(file.LastWriteTimeUtc)) : null;
        }));
    }

    async Task<PutOutcome> WriteAsync(string location, Stream content, bool replace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        RefuseReadOnly(location);
        var path = resolver.PathOf(location);
        if (!replace && Run(location, () => File.Exists(path)))
        {
            return PutOutcome.Exists;
        }

        await using var staged = Run(location, () => StagedFile.Create(resolver.Staging));
        await CopyAsync(content, staged, location, cancellationToken);
        return await Task.Run(() => Run(location, () => staged.Publish(path, replace, time.GetUtcNow())), cancellationToken);
    }

    void RefuseReadOnly(string location)
    {
        if (isReadOnly)
        {
            throw new LakehouseException(LakehouseErrorKind.Denied, $"{location}: this view of local files is for reading");
        }
    }

    /// <summary>Failures of the content are the caller's and pass as they are; those of the file become the store's.</summary>
    static async Task CopyAsync(Stream content, StagedFile staged, string location, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBufferSize);
        try
        {
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                try
                {
                    await staged.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                }
                catch (Exception e) when (IsOfFileSystem(e))
                {
                    throw Translate(e, location);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    static T Run<T>(string location, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (IsOfFileSystem(e))
        {
            throw Translate(e, location);
        }
    }

    static bool IsOfFileSystem(Exception exception) => exception is IOException or UnauthorizedAccessException;

    static LakehouseException Translate(Exception exception, string location) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => NotFound(location, exception),
        PathTooLongException => LakehouseException.InvalidData($"location '{location}' is too long for the file system", exception),
        UnauthorizedAccessException => new LakehouseException(LakehouseErrorKind.Denied, $"the file system refuses access to '{location}'", exception),
        IOException e when DiskSpace.IsExhausted(e) => new StoreFullException($"no space is left for '{location}'", e),
        _ => new LakehouseException(LakehouseErrorKind.Unavailable, $"the file system failed at '{location}': {exception.Message}", exception),
    };

    static LakehouseException NotFound(string location, Exception? inner = null) =>
        new(LakehouseErrorKind.NotFound, $"no object at '{location}'", inner);
}
