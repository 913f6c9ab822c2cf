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

    public async Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        if (!File.Exists(PathOf(location)))
        {
            throw new LakehouseException(LakehouseErrorKind.NotFound, $"{location} does not exist");
        }

        var file = File.OpenRead(PathOf(location));
        if (range is not { } part)
        {
            return file;
        }

        await using (file)
        {
            file.Position = Math.Min(part.Offset, file.Length);
            var bytes = new byte[Math.Min(part.Length, file.Length - file.Position)];
            await file.ReadExactlyAsync(bytes, cancellationToken);
            return new MemoryStream(bytes, writable: false);
        }
    }

    public Task DeleteAsync(string location, CancellationToken cancellationToken = default)
    {
        File.Delete(PathOf(location));
        return Task.CompletedTask;
    }

    public Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default) =>
        Task.FromResult(File.Exists(PathOf(location)) ? new ObjectInfo(location, new FileInfo(PathOf(location)).Length, DateTimeOffset.UnixEpoch) : null);

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        var path = PathOf(prefix);
        var below = Directory.Exists(path) ? path : Path.GetDirectoryName(path)!;
        foreach (var file in Directory.Exists(below) ? Directory.GetFiles(below, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            if (file.StartsWith(path, StringComparison.Ordinal))
            {
                yield return new ObjectInfo("file://" + file, new FileInfo(file).Length, new DateTimeOffset(File.GetLastWriteTimeUtc(file)));
            }
        }
    }
}
