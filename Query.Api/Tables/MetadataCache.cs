using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace LakeAspire.Query.Tables;

/// <summary>Metadata files of tables, which never change, read once and kept within a bound.</summary>
internal sealed class MetadataCache(IObjectStore store, IOptions<QueryOptions> options) : IDisposable
{
    readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = options.Value.MetadataCache });

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
        cache.Set(location, metadata, new MemoryCacheEntryOptions { Size = buffer.Length });
        return metadata;
    }

    public void Dispose() => cache.Dispose();
}
