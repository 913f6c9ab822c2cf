using Lakehouse.Engine;
using Lakehouse.Engine.Delta;
using Lakehouse.Formats;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Skipping;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;

namespace Lakehouse.Tables;

/// <summary>A Delta table that others write, registered in the catalog: read in place.</summary>
public sealed class DeltaLakeTable
{
    /// <summary>How long remote files stay within reach after the version was let go: a query may still read them.</summary>
    static readonly TimeSpan Keep = TimeSpan.FromHours(1);

    readonly Lake lake;

    internal DeltaLakeTable(Lake lake, TableIdentifier identifier, string location)
    {
        this.lake = lake;
        Identifier = identifier;
        Location = location;
    }

    /// <summary>Name.</summary>
    public TableIdentifier Identifier { get; }

    /// <summary>Its folder; no trailing slash.</summary>
    public string Location { get; }

    /// <summary>Opens a version of it, the newest by default.</summary>
    /// <param name="at">The version, or the time at which it was the newest.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">NotFound: there is no Delta table there. InvalidData: its log is broken. Unsupported: it needs a feature that is not read, which is named.</exception>
    public async Task<DeltaLakeSnapshot> OpenAsync(DeltaVersionSelector at = default, CancellationToken cancellationToken = default)
    {
        var store = Location.StartsWith(lake.Store.Root + "/", StringComparison.Ordinal) ? lake.Store : ObjectStores.Open(Location, lake.Time);
        var files = new CachedFiles(store, lake.Cache, Keep, lake.Time);
        try
        {
            using var parquet = new DuckDbParquetReader(files);
            return new DeltaLakeSnapshot(store, files, await DeltaTable.OpenAsync(store, Location, parquet, at, cancellationToken));
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }
}

/// <summary>A version of a registered Delta table.</summary>
public sealed class DeltaLakeSnapshot : IDisposable
{
    readonly IObjectStore store;
    readonly CachedFiles files;

    internal DeltaLakeSnapshot(IObjectStore store, CachedFiles files, DeltaSnapshot snapshot)
    {
        this.store = store;
        this.files = files;
        Snapshot = snapshot;
    }

    /// <summary>The version.</summary>
    public DeltaSnapshot Snapshot { get; }

    /// <summary>A relation for the engine over exactly the files of the version.</summary>
    /// <param name="connection">Connection that will run the query.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="filter">Rows that don't pass it may be missing, since files that hold no others are not opened; null = all rows.</param>
    /// <param name="registersInputs">As <see cref="DeltaScan.RegistersInputs"/>.</param>
    public Task<DeltaRelation> RelationAsync(DuckDbConnection connection, CancellationToken cancellationToken = default, Expression? filter = null, bool registersInputs = true)
    {
        IReadOnlyList<DeltaFile> chosen = filter is null ? [.. Snapshot.Files] : new DeltaFileFilter(Snapshot, filter).Select();
        return DeltaRelation.BuildAsync(connection, store, new DeltaScan(Snapshot, chosen) { RegistersInputs = registersInputs }, files, cancellationToken);
    }

    /// <inheritdoc />
    public void Dispose() => files.Dispose();
}
