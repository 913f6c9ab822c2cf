using Lakehouse.Engine;
using Lakehouse.Engine.Delta;
using Lakehouse.Formats;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;

namespace Lakehouse.Tables;

/// <summary>A Delta table that others write, registered in the catalog: read in place, at its newest version.</summary>
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

    /// <summary>Opens its newest version.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no Delta table there. InvalidData: its log is broken. Unsupported: it needs a feature that is not read, which is named.</exception>
    public async Task<DeltaLakeSnapshot> OpenAsync(CancellationToken cancellationToken = default)
    {
        var store = Location.StartsWith(lake.Store.Root + "/", StringComparison.Ordinal) ? lake.Store : ObjectStores.Open(Location, lake.Time);
        var files = new CachedFiles(store, lake.Cache, Keep, lake.Time);
        try
        {
            using var parquet = new DuckDbParquetReader(files);
            return new DeltaLakeSnapshot(store, files, await DeltaTable.OpenAsync(store, Location, parquet, cancellationToken: cancellationToken));
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
    public Task<DeltaRelation> RelationAsync(DuckDbConnection connection, CancellationToken cancellationToken = default) =>
        DeltaRelation.BuildAsync(connection, store, new DeltaScan(Snapshot, [.. Snapshot.Files]), files, cancellationToken);

    /// <inheritdoc />
    public void Dispose() => files.Dispose();
}
