using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Microsoft.Extensions.Caching.Memory;

namespace LakeAspire.Catalog.Resolution;

/// <summary>What views are, read from their metadata files, which never change.</summary>
internal sealed class ViewDefinitions(IObjectStore store) : IDisposable
{
    const string Dialect = "duckdb";
    const long CacheBytes = 16 << 20;

    readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = CacheBytes });

    /// <param name="location">The view's metadata file.</param>
    /// <param name="definer">Who wrote its current version.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<ViewBody> ReadAsync(string location, string? definer, CancellationToken cancellationToken)
    {
        if (!cache.TryGetValue(location, out ViewMetadata? metadata))
        {
            await using var stream = await store.OpenReadAsync(location, range: null, cancellationToken);
            using var buffer = new MemoryStream();
            await stream.CopyToAsync(buffer, cancellationToken);
            metadata = ViewMetadataJson.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
            cache.Set(location, metadata, new MemoryCacheEntryOptions { Size = buffer.Length });
        }

        var version = metadata!.CurrentVersion;
        var sql = version.SqlFor(Dialect);
        return new ViewBody(
            sql.Sql, sql.Dialect, string.IsNullOrEmpty(definer) ? null : definer, version.DefaultNamespace.Count == 0 ? null : string.Join('.', version.DefaultNamespace),
            [.. metadata.CurrentSchema.Fields.Select(field => new ColumnBody(field.Name, (field.Type as PrimitiveType)?.ToString()))]);
    }

    public void Dispose() => cache.Dispose();
}
