using System.Runtime.CompilerServices;
using LakeAspire.Testing;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace Lakehouse.Engine.Tests.Delta;

/// <summary>A folder of files of which one has other content.</summary>
internal sealed class MutatedStore(string folder, TempFolder temp) : IObjectStore, ILocalFiles
{
    readonly string[] files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    (string Path, byte[] Content)? mutated;

    public string Root => "file:///";

    public static string Table => "file:///t";

    /// <summary>The files of the log, and those of deletion vectors.</summary>
    public IReadOnlyList<string> Metadata => [.. files.Where(path => path.Contains("/_delta_log/", StringComparison.Ordinal) ? !path.EndsWith(".crc", StringComparison.Ordinal) : path.EndsWith(".bin", StringComparison.Ordinal))];

    public void Mutate(string path, byte[] content) => mutated = (path, content);

    public ValueTask<IReadOnlyList<string>> PathsAsync(IReadOnlyList<string> locations, CancellationToken cancellationToken = default) => ValueTask.FromResult<IReadOnlyList<string>>([.. locations.Select(location =>
    {
        var path = PathOf(location);
        if (mutated?.Path != path)
        {
            return path;
        }

        var copy = temp.Below(Guid.NewGuid() + ".parquet");
        File.WriteAllBytes(copy, mutated.Value.Content);
        return copy;
    })]);

    public Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default)
    {
        var path = PathOf(location);
        var content = mutated?.Path == path ? mutated.Value.Content : File.Exists(path) ? File.ReadAllBytes(path) : throw new LakehouseException(LakehouseErrorKind.NotFound, $"{location} does not exist");
        var (start, length) = range is { } part ? ((int)Math.Min(part.Offset, content.Length), (int)Math.Min(part.Length, content.Length - Math.Min(part.Offset, content.Length))) : (0, content.Length);
        return Task.FromResult<Stream>(new MemoryStream(content, start, length));
    }

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var path in files)
        {
            if (Table + path[folder.Length..] is var location && location.StartsWith(prefix, StringComparison.Ordinal))
            {
                yield return new ObjectInfo(location, Size(path), DateTimeOffset.UnixEpoch);
            }
        }
    }

    public Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default) =>
        Task.FromResult(File.Exists(PathOf(location)) ? new ObjectInfo(location, Size(PathOf(location)), DateTimeOffset.UnixEpoch) : null);

    public Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default) => throw new NotSupportedException("it is read");

    public Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default) => throw new NotSupportedException("it is read");

    public Task DeleteAsync(string location, CancellationToken cancellationToken = default) => throw new NotSupportedException("it is read");

    long Size(string path) => mutated?.Path == path ? mutated.Value.Content.Length : new FileInfo(path).Length;

    string PathOf(string location) => location.StartsWith(Table, StringComparison.Ordinal)
        ? folder + Uri.UnescapeDataString(location[Table.Length..])
        : throw new LakehouseException(LakehouseErrorKind.NotFound, $"{location} does not exist");
}
