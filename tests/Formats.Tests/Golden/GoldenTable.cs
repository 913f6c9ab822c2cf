using LakeAspire.Testing;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Tests.Golden;

/// <summary>A table that another implementation wrote, wherever it lay then: its files are found by their names, which are unique in a table.</summary>
public sealed class GoldenTable : IObjectStore
{
    private readonly Dictionary<string, string> filesByName;

    private GoldenTable(string folder, string caseFolder)
    {
        Folder = folder;
        filesByName = Directory.EnumerateFiles(caseFolder, "*", SearchOption.AllDirectories)
            .GroupBy(Path.GetFileName, StringComparer.Ordinal)
            .ToDictionary(group => group.Key!, group => group.OrderByDescending(path => path.StartsWith(folder, StringComparison.Ordinal)).First(), StringComparer.Ordinal);
    }

    /// <summary>The folder that holds <c>metadata/</c>.</summary>
    public string Folder { get; }

    public string Root => "golden:";

    public IEnumerable<string> MetadataFiles => Directory.EnumerateFiles(Path.Combine(Folder, "metadata"), "*.metadata.json*").Order(StringComparer.Ordinal);

    /// <summary>All tables of a golden folder.</summary>
    public static IReadOnlyList<GoldenTable> All(string golden)
    {
        var tables = Directory.EnumerateDirectories(Needs.Golden(golden))
            .SelectMany(caseFolder => Directory.EnumerateDirectories(caseFolder, "metadata", SearchOption.AllDirectories)
                .Where(folder => Directory.EnumerateFiles(folder, "*.metadata.json*").Any())
                .Select(folder => new GoldenTable(Path.GetDirectoryName(folder)!, caseFolder)))
            .ToList();
        Assert.NotEmpty(tables);
        return tables;
    }

    public bool Has(string location) => filesByName.ContainsKey(Path.GetFileName(location));

    public Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default) => filesByName.TryGetValue(Path.GetFileName(location), out var path)
        ? new Storage.FolderStore(Folder).OpenReadAsync("file://" + path, range, cancellationToken)
        : throw new LakehouseException(LakehouseErrorKind.NotFound, $"{location} does not exist");

    public Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default) =>
        Task.FromResult(filesByName.TryGetValue(Path.GetFileName(location), out var path) ? new ObjectInfo(location, new FileInfo(path).Length, DateTimeOffset.UnixEpoch) : null);

    public Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default) => throw new NotSupportedException("golden data is not written");

    public Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default) => throw new NotSupportedException("golden data is not written");

    public Task DeleteAsync(string location, CancellationToken cancellationToken = default) => throw new NotSupportedException("golden data is not written");

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken cancellationToken = default) => throw new NotSupportedException("golden data is not listed");
}
