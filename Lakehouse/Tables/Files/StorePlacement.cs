using Lakehouse.Engine.Writes;
using Lakehouse.Formats.IO;
using Lakehouse.Storage.Caching;

namespace Lakehouse.Tables;

/// <summary>Data files in a remote store: written beside the cache, uploaded whole, and kept there as if they had been read.</summary>
/// <param name="store">The store.</param>
/// <param name="cache">Cache of the store's files.</param>
/// <param name="location">The data folder of the table.</param>
public sealed class StorePlacement(IObjectStore store, FileCache cache, string location) : IDataFilePlacement
{
    /// <inheritdoc />
    public string StagingRoot => cache.Staging;

    /// <inheritdoc />
    public async Task<string> PlaceAsync(string stagedPath, string fileName, CancellationToken cancellationToken = default)
    {
        var placed = $"{location.TrimEnd('/')}/{fileName}";
        await using (var content = new FileStream(stagedPath, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, BufferSize = 0, Options = FileOptions.Asynchronous | FileOptions.SequentialScan }))
        {
            await store.PutAsync(placed, content, cancellationToken);
        }

        cache.Adopt(placed, stagedPath);
        return placed;
    }

    /// <inheritdoc />
    public Task RemoveAsync(string location, CancellationToken cancellationToken = default) => store.DeleteAsync(location, cancellationToken);
}
