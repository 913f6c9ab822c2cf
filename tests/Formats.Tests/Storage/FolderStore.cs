using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Tests.Storage;

/// <summary>Objects as files, for readers that are not ours: <c>file:///a/b</c> is <c>/a/b</c>.</summary>
public sealed class FolderStore(string folder) : IObjectStore
{
    public string Root => "file://" + folder;

    public static string PathOf(string location) => location["file://".Length..];

    public async Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default)
    {
        if (File.Exists(PathOf(location)))
        {
            return PutOutcome.Exists;
        }

        await PutAsync(location, content, cancellationToken);
        return PutOutcome.Written;
    }

    public async Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(location))!);
        await using var file = File.Create(PathOf(location));
        await content.CopyToAsync(file, cancellationToken);
    }

    public Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default) => Task.FromResult<Stream>(File.OpenRead(PathOf(location)));

    public Task DeleteAsync(string location, CancellationToken cancellationToken = default)
    {
        File.Delete(PathOf(location));
        return Task.CompletedTask;
    }

    public Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default) =>
        Task.FromResult(File.Exists(PathOf(location)) ? new ObjectInfo(location, new FileInfo(PathOf(location)).Length, DateTimeOffset.UnixEpoch) : null);

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken = default) => throw new NotSupportedException("not needed here");
}
