using System.Runtime.CompilerServices;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace Lakehouse.Storage.Remote;

/// <summary>
/// A store behind a network: large objects are read and written in parts, several at once; calls are made again when they fail; a conditional put that meets its own success after a lost answer knows it by
/// a marker among the object's metadata.
/// </summary>
internal sealed class RemoteObjectStore(RemoteRoot root, IRemoteBackend backend, TimeProvider time) : IObjectStore, IDisposable
{
    const int PartsAtOnce = 3;
    static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(20);
    readonly RemoteRetry retry = new(time);

    public string Root => root.Location;

    public Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default) => WriteAsync(location, content, ifAbsent: true, cancellationToken);

    public Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default) => WriteAsync(location, content, ifAbsent: false, cancellationToken);

    public async Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        var (offset, length) = range is { } r ? (r.Offset, r.Length) : (0, long.MaxValue);
        if (offset < 0 || length < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(range), range, "offset and length are not negative");
        }

        var key = root.KeyOf(location);
        if (length == 0)
        {
            return await StatAsync(location, cancellationToken) is null ? throw NotFound(location) : new MemoryStream([], writable: false);
        }

        var first = await ReadAsync(offset, (int)Math.Min(length, RemoteReadStream.ChunkBytes), tag: null, cancellationToken);
        var end = Math.Min(first.Total, length > long.MaxValue - offset ? long.MaxValue : offset + length);
        return new RemoteReadStream(first, Math.Min(offset, end), end, (at, count, token) => ReadAsync(at, count, first.Tag, token));

        Task<RemoteChunk> ReadAsync(long at, int count, string? tag, CancellationToken token) =>
            retry.RunAsync(t => NamingAsync(location, () => backend.ReadAsync(key, at, count, tag, t)), token);
    }

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var keys = root.PrefixOf(prefix);
        string? token = null;
        do
        {
            var page = await retry.RunAsync(t => backend.ListAsync(keys, token, t), cancellationToken);
            foreach (var entry in page.Entries)
            {
                // Other tools mark folders by empty objects whose names end in a slash. They are no objects of ours.
                if (!entry.Key.EndsWith('/'))
                {
                    yield return Describe(entry);
                }
            }

            token = page.Next;
        }
        while (token is not null);
    }

    public Task DeleteAsync(string location, CancellationToken cancellationToken = default)
    {
        var key = root.KeyOf(location);
        return retry.RunAsync(token => backend.DeleteAsync(key, token), cancellationToken);
    }

    public async Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default)
    {
        var key = root.KeyOf(location);
        return await retry.RunAsync(token => backend.StatAsync(key, token), cancellationToken) is { } entry ? Describe(entry) with { Location = location } : null;
    }

    public void Dispose() => backend.Dispose();

    async Task<PutOutcome> WriteAsync(string location, Stream content, bool ifAbsent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        cancellationToken.ThrowIfCancellationRequested();
        var key = root.KeyOf(location);
        var marker = Guid.NewGuid().ToString("N");
        var part = await PartReader.NextAsync(content, 1, cancellationToken);
        try
        {
            if (part.Count < PartReader.SizeOf(1))
            {
                await using var whole = PartReader.StreamOf(part);
                return await PutAsync(key, whole, ifAbsent, marker, cancellationToken);
            }

            if (!ifAbsent || backend.HasConditionalUploads)
            {
                return await UploadAsync(key, part, content, ifAbsent, marker, cancellationToken);
            }

            await using var spooled = await SpooledContent.CreateAsync(part, content, backend.MaxPutBytes, location, cancellationToken);
            return await PutAsync(key, spooled, ifAbsent, marker, cancellationToken);
        }
        finally
        {
            PartReader.Return(part);
        }
    }

    Task<PutOutcome> PutAsync(string key, Stream content, bool ifAbsent, string marker, CancellationToken cancellationToken) => DecideAsync(
        key, marker, ifAbsent,
        token => retry.RunAsync(
            t =>
            {
                content.Position = 0;
                return backend.PutAsync(key, content, ifAbsent, marker, t);
            },
            token),
        cancellationToken);

    /// <summary>
    /// Tells what a conditional write did. Where something has the key, it may be our own write, whose answer was lost; where no answer came at all, the object tells whether the write happened, and when it
    /// is not there, it may still come.
    /// </summary>
    async Task<PutOutcome> DecideAsync(string key, string marker, bool ifAbsent, Func<CancellationToken, Task<bool>> write, CancellationToken cancellationToken)
    {
        try
        {
            if (await write(cancellationToken) || await IsOursAsync(key, marker, cancellationToken))
            {
                return PutOutcome.Written;
            }

            return ifAbsent
                ? PutOutcome.Exists
                : throw new LakehouseException(LakehouseErrorKind.OutcomeUnknown, $"the parts of '{root.LocationOf(key)}' are gone, and so it was written and replaced, or not written");
        }
        catch (RemoteFailure failure) when (failure.IsRetryable && ifAbsent)
        {
            bool isOurs;
            try
            {
                isOurs = await IsOursAsync(key, marker, cancellationToken);
            }
            catch (RemoteFailure)
            {
                isOurs = false;
            }

            return isOurs
                ? PutOutcome.Written
                : throw new LakehouseException(LakehouseErrorKind.OutcomeUnknown, $"it is not known whether '{root.LocationOf(key)}' was written: {failure.Message}", failure);
        }
    }

    async Task<bool> IsOursAsync(string key, string marker, CancellationToken cancellationToken) =>
        (await retry.RunAsync(token => backend.StatAsync(key, token), cancellationToken))?.Marker == marker;

    /// <summary>Sends the first part, which is the caller's, and all that follow, a few at once.</summary>
    async Task<PutOutcome> UploadAsync(string key, ArraySegment<byte> first, Stream rest, bool ifAbsent, string marker, CancellationToken cancellationToken)
    {
        var upload = await retry.RunAsync(token => backend.BeginUploadAsync(key, marker, token), cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = new List<Task>();
        try
        {
            sending.Add(retry.RunAsync(token => upload.SendAsync(1, first, token), stop.Token));
            for (var number = 2; ; number++)
            {
                var part = await PartReader.NextAsync(rest, number, cancellationToken);
                if (part.Count == 0)
                {
                    PartReader.Return(part);
                    break;
                }

                sending.Add(SendAsync(upload, number, part, stop.Token));
                if (sending.Count >= PartsAtOnce)
                {
                    var done = await Task.WhenAny(sending);
                    sending.Remove(done);
                    await done;
                }
            }

            await Task.WhenAll(sending);
            return await DecideAsync(key, marker, ifAbsent, token => retry.RunAsync(t => upload.CompleteAsync(ifAbsent, t), token), cancellationToken);
        }
        catch
        {
            await stop.CancelAsync();
            await Task.WhenAll(sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await AbortAsync(upload);
            throw;
        }
    }

    async Task SendAsync(IRemoteUpload upload, int number, ArraySegment<byte> part, CancellationToken cancellationToken)
    {
        try
        {
            await retry.RunAsync(token => upload.SendAsync(number, part, token), cancellationToken);
        }
        finally
        {
            PartReader.Return(part);
        }
    }

    async Task AbortAsync(IRemoteUpload upload)
    {
        using var limit = new CancellationTokenSource(AbortLimit, time);
        try
        {
            await retry.RunAsync(upload.AbortAsync, limit.Token);
        }
        catch (Exception e) when (e is LakehouseException or OperationCanceledException)
        {
            // What failed before is what the caller has to know. Parts that stay are invisible, and a rule of the bucket removes them.
        }
    }

    async Task<T> NamingAsync<T>(string location, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RemoteFailure failure) when (failure.Kind == LakehouseErrorKind.NotFound)
        {
            throw NotFound(location, failure);
        }
        catch (RemoteFailure failure) when (failure.Kind == LakehouseErrorKind.Conflict)
        {
            throw new LakehouseException(LakehouseErrorKind.Conflict, $"'{location}' was replaced while it was read", failure);
        }
    }

    ObjectInfo Describe(RemoteEntry entry) => new(root.LocationOf(entry.Key), entry.Size, entry.LastModified);

    static LakehouseException NotFound(string location, Exception? inner = null) => new(LakehouseErrorKind.NotFound, $"no object at '{location}'", inner);
}
