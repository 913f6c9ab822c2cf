using Lakehouse.Engine.Writes;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage;

namespace Lakehouse.Tables;

/// <summary>Puts data files into a table's data folder, durably, name included, and lets the transaction know of each before it is there.</summary>
sealed class TransactionPlacement : IDataFilePlacement
{
    readonly TableTransaction transaction;
    readonly string location;
    readonly string? folder;
    readonly IDataFilePlacement inner;

    public TransactionPlacement(TableTransaction transaction, Lake lake, TableMetadata metadata)
    {
        this.transaction = transaction;
        location = TableLocations.DataFolder(metadata);
        folder = LocalPath.IsLocal(location) ? LocalPath.FromLocation(location) : null;
        inner = folder is null ? new StorePlacement(lake.Store, lake.Cache, location) : new LocalPlacement(folder, location);
    }

    public string StagingRoot => inner.StagingRoot;

    public async Task<string> PlaceAsync(string stagedPath, string fileName, CancellationToken cancellationToken = default)
    {
        transaction.Track(TableLocations.Join(location, fileName));
        if (folder is null)
        {
            return await inner.PlaceAsync(stagedPath, fileName, cancellationToken);
        }

        LocalFolder.Create(folder);
        var placed = await inner.PlaceAsync(stagedPath, fileName, cancellationToken);
        LocalFolder.Flush(folder);
        return placed;
    }

    public Task RemoveAsync(string location, CancellationToken cancellationToken = default) => inner.RemoveAsync(location, cancellationToken);
}
