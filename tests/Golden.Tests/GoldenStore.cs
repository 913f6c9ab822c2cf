using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;
using Lakehouse.Storage.Local;

namespace LakeAspire.Golden.Tests;

/// <summary>The files of a case under the locations that its metadata gives them.</summary>
internal sealed class GoldenStore(string folder, IReadOnlyList<(string Old, string New)> relocations) : IObjectStore
{
    readonly LocalObjectStore store = new(LocalPath.ToLocation(folder));

    public string Root => "file:///";

    public Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default) => store.OpenReadAsync(Here(location), range, cancellationToken);

    public Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default) => store.StatAsync(Here(location), cancellationToken);

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken = default) => store.ListAsync(Here(prefix), cancellationToken);

    public Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default) => throw new NotSupportedException("golden data is not written");

    public Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default) => throw new NotSupportedException("golden data is not written");

    public Task DeleteAsync(string location, CancellationToken cancellationToken = default) => throw new NotSupportedException("golden data is not written");

    public string PathOf(string location) => LocalPath.FromLocation(Here(location));

    string Here(string location)
    {
        var path = Plain(location);
        foreach (var (old, now) in relocations.Select(relocation => (Plain(relocation.Old), relocation.New)).OrderByDescending(relocation => relocation.Item1.Length))
        {
            if (path == old || path.StartsWith(old + "/", StringComparison.Ordinal))
            {
                return LocalPath.ToLocation(now + path[old.Length..]);
            }
        }

        return path.StartsWith(folder, StringComparison.Ordinal) ? LocalPath.ToLocation(path) : throw new LakehouseException(LakehouseErrorKind.NotFound, $"{location} does not exist");
    }

    static string Plain(string location) => location.StartsWith("file:", StringComparison.Ordinal) ? "/" + location["file:".Length..].TrimStart('/') : location;
}
