using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Metadata;

/// <summary>Metadata files: written once under a name that nobody else has, read through a cache that is bounded by their size.</summary>
internal sealed class MetadataFiles(IObjectStore store, IOptions<CatalogOptions> options, ILogger<MetadataFiles> logger) : IDisposable
{
    const double MakesRoom = 0.25;

    readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = options.Value.MetadataCacheBytes });

    /// <summary>The metadata at a location. Files are immutable, so what was read once stays right.</summary>
    public Task<TableMetadata> ReadAsync(string location, CancellationToken cancellationToken) => ReadAsync(location, TableMetadataJson.Parse, cancellationToken);

    /// <summary>The metadata of a view at a location.</summary>
    public Task<ViewMetadata> ReadViewAsync(string location, CancellationToken cancellationToken) => ReadAsync(location, ViewMetadataJson.Parse, cancellationToken);

    /// <summary>The JSON text of a metadata file that was written here and is still at hand: answers need not write it anew.</summary>
    public ReadOnlyMemory<byte>? TextOf(string location) => cache.TryGetValue(location, out Kept? kept) ? kept!.Text : null;

    /// <summary>Writes a metadata file below the table's location; durable when the task completes.</summary>
    /// <param name="metadata">What it holds.</param>
    /// <param name="previous">The file that it follows; null for a table's first.</param>
    /// <param name="written">Takes the location before anything is written, so that whoever cleans up knows it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<string> WriteAsync(TableMetadata metadata, string? previous, Action<string> written, CancellationToken cancellationToken) =>
        WriteAsync(TableLocations.MetadataFile(metadata, VersionAfter(previous), Guid.CreateVersion7()), metadata, TableMetadataJson.Write(metadata), written, cancellationToken);

    /// <summary>Writes a metadata file below the view's location, as that of a table.</summary>
    public Task<string> WriteAsync(ViewMetadata metadata, string? previous, Action<string> written, CancellationToken cancellationToken) =>
        WriteAsync(ViewLocations.MetadataFile(metadata, VersionAfter(previous), Guid.CreateVersion7()), metadata, ViewMetadataJson.Write(metadata), written, cancellationToken);

    /// <summary>Deletes files of a commit that is known not to have happened. One that stays behind does no harm: nothing refers to it.</summary>
    public async Task DeleteAsync(IEnumerable<string> locations)
    {
        foreach (var location in locations)
        {
            try
            {
                cache.Remove(location);
                await store.DeleteAsync(location, CancellationToken.None);
            }
            catch (Lakehouse.Formats.LakehouseException exception)
            {
                Log.CleanupFailed(logger, exception, location);
            }
        }
    }

    public void Dispose() => cache.Dispose();

    async Task<T> ReadAsync<T>(string location, Func<ReadOnlyMemory<byte>, T> parse, CancellationToken cancellationToken)
        where T : class
    {
        if (cache.TryGetValue(location, out Kept? kept) && kept!.Metadata is T known)
        {
            return known;
        }

        await using var stream = await store.OpenReadAsync(location, range: null, cancellationToken);
        using var buffer = new MemoryStream();
        await stream.CopyToAsync(buffer, cancellationToken);
        var metadata = parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        Keep(location, new Kept(metadata, null), buffer.Length);
        return metadata;
    }

    async Task<string> WriteAsync(string location, object metadata, byte[] content, Action<string> written, CancellationToken cancellationToken)
    {
        written(location);
        using var stream = new MemoryStream(content, writable: false);
        if (await store.PutIfAbsentAsync(location, stream, cancellationToken) != PutOutcome.Written)
        {
            throw new InvalidOperationException($"A file exists under a name that was just made up: {location}");
        }

        Keep(location, new Kept(metadata, content), 2L * content.Length);
        return location;
    }

    static int VersionAfter(string? previous) => previous is null ? 0 : (TableLocations.VersionOf(previous) ?? -1) + 1;

    void Keep(string location, Kept kept, long size)
    {
        cache.Set(location, kept, new MemoryCacheEntryOptions { Size = size });
        if (!cache.TryGetValue(location, out _))
        {
            // A full cache turns away what comes, and it is the newest that is asked for.
            cache.Compact(MakesRoom);
            cache.Set(location, kept, new MemoryCacheEntryOptions { Size = size });
        }
    }

    /// <summary>What a file holds, and its text if it was written here.</summary>
    sealed record Kept(object Metadata, byte[]? Content)
    {
        public ReadOnlyMemory<byte>? Text => Content is { } text ? new ReadOnlyMemory<byte>(text) : (ReadOnlyMemory<byte>?)null;
    }
}
