using Lakehouse.Engine.Writes;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage;

namespace Lakehouse.Tables;

/// <summary>Puts data files into a table's data folder, and lets the transaction know of each before it is there.</summary>
sealed class TransactionPlacement(TableTransaction transaction, TableMetadata metadata) : IDataFilePlacement
{
    readonly string location = TableLocations.DataFolder(metadata);
    readonly LocalPlacement inner = new(LocalPath.FromLocation(TableLocations.DataFolder(metadata)), TableLocations.DataFolder(metadata));

    public string StagingRoot => inner.StagingRoot;

    public Task<string> PlaceAsync(string stagedPath, string fileName, CancellationToken cancellationToken = default)
    {
        transaction.Track(TableLocations.Join(location, fileName));
        return inner.PlaceAsync(stagedPath, fileName, cancellationToken);
    }

    public Task RemoveAsync(string location, CancellationToken cancellationToken = default) => inner.RemoveAsync(location, cancellationToken);
}
