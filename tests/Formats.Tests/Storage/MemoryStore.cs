using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Tests.Storage;

/// <summary>Objects in memory.</summary>
public sealed class MemoryStore : IObjectStore
{
    private readonly ConcurrentDictionary<string, byte[]> objects = new(StringComparer.Ordinal);

    public string Root => "memory://lake";

    public IEnumerable<string> Locations => objects.Keys.Order(StringComparer.Ordinal);

    /// <summary>Called before each write; may throw.</summary>
    public Action<string> OnWrite { get; set; } = _ => { };

    public byte[] this[string location]
    {
        get => objects[location];
        set => objects[location] = value;
    }

    public async Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default)
    {
        OnWrite(location);
        return objects.TryAdd(location, await ReadAsync(content, cancellationToken)) ? PutOutcome.Written : PutOutcome.Exists;
    }

    public async Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default)
    {
        OnWrite(location);
        objects[location] = await ReadAsync(content, cancellationToken);
    }

    public Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        if (!objects.TryGetValue(location, out var bytes))
        {
            throw new LakehouseException(LakehouseErrorKind.NotFound, $"{location} does not exist");
        }

        var (offset, length) = range is { } part ? ((int)part.Offset, (int)Math.Min(part.Length, bytes.Length - part.Offset)) : (0, bytes.Length);
        return Task.FromResult<Stream>(new MemoryStream(bytes, offset, length, writable: false));
    }

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var location in Locations.Where(location => location.StartsWith(prefix, StringComparison.Ordinal)))
        {
            yield return new ObjectInfo(location, objects[location].Length, DateTimeOffset.UnixEpoch);
        }
    }

    public Task DeleteAsync(string location, CancellationToken cancellationToken = default)
    {
        objects.TryRemove(location, out _);
        return Task.CompletedTask;
    }

    public Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default) =>
        Task.FromResult(objects.TryGetValue(location, out var bytes) ? new ObjectInfo(location, bytes.Length, DateTimeOffset.UnixEpoch) : null);

    private static async Task<byte[]> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, cancellationToken);
        return buffer.ToArray();
    }
}
