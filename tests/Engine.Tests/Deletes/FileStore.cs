using Lakehouse.Formats.IO;

namespace Lakehouse.Engine.Tests.Deletes;

/// <summary>Reads files of this machine; more than that no scan asks of a store.</summary>
internal sealed class FileStore : IObjectStore
{
    public string Root => "file:///";

    public async Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        var bytes = await File.ReadAllBytesAsync(new Uri(location).LocalPath, cancellationToken);
        return range is { } part ? new MemoryStream(bytes, (int)part.Offset, (int)Math.Min(part.Length, bytes.Length - part.Offset)) : new MemoryStream(bytes);
    }

    public Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default)
    {
        var file = new FileInfo(new Uri(location).LocalPath);
        return Task.FromResult(file.Exists ? new ObjectInfo(location, file.Length, new DateTimeOffset(file.LastWriteTimeUtc)) : null);
    }

    public Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task DeleteAsync(string location, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
