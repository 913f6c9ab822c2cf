using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Metadata;

/// <summary>Metadata files: written once under a name that nobody else has, read through a cache that is bounded by their size.</summary>
internal sealed class MetadataFiles(IObjectStore store, IOptions<CatalogOptions> options, ILogger<MetadataFiles> logger) : IDisposable
{
    readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = options.Value.MetadataCacheBytes });

    /// <summary>The metadata at a location. Files are immutable, so what was read once stays right.</summary>
    public async Task<TableMetadata> ReadAsync(string location, CancellationToken cancellationToken)
    {
        if (cache.TryGetValue(location, out TableMetadata? cached))
        {
            return cached!;
        }

        await using var stream = await store.OpenReadAsync(location, range: null, cancellationToken);
        using var buffer = new MemoryStream();
        await stream.CopyToAsync(buffer, cancellationToken);
        var metadata = TableMetadataJson.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        Keep(location, metadata, buffer.Length);
        return metadata;
    }

    /// <summary>Writes a metadata file below the table's location; durable when the task completes.</summary>
    /// <param name="metadata">What it holds.</param>
    /// <param name="previous">The file that it follows; null for a table's first.</param>
    /// <param name="written">Takes the location before anything is written, so that whoever cleans up knows it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<string> WriteAsync(TableMetadata metadata, string? previous, Action<string> written, CancellationToken cancellationToken)
    {
        var version = previous is null ? 0 : (TableLocations.VersionOf(previous) ?? -1) + 1;
        var location = TableLocations.MetadataFile(metadata, version, Guid.CreateVersion7());
        var content = TableMetadataJson.Write(metadata);
        written(location);
        using var stream = new MemoryStream(content, writable: false);
        if (await store.PutIfAbsentAsync(location, stream, cancellationToken) != PutOutcome.Written)
        {
            throw new InvalidOperationException($"A file exists under a name that was just made up: {location}");
        }

        Keep(location, metadata, content.Length);
        return location;
    }

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

    void Keep(string location, TableMetadata metadata, long size) => cache.Set(location, metadata, new MemoryCacheEntryOptions { Size = size });
}
