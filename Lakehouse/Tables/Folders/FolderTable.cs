using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace Lakehouse.Tables.Folders;

/// <summary>Where a table lies and how its files are reached.</summary>
/// <param name="Store">Store of the table and of everything it refers to.</param>
/// <param name="Location">Its folder, or (Iceberg) one of its metadata files, as the store spells it.</param>
public sealed record FolderSource(IObjectStore Store, string Location)
{
    /// <summary>Local paths of the store's files.</summary>
    public required ILocalFiles Files { get; init; }

    /// <summary>What moved where since the table was written; besides, a table that moved as a whole is found by itself.</summary>
    public IReadOnlyList<Relocation> Relocations { get; init; } = [];

    /// <summary>The format to read; null takes the one that is there, Iceberg when both are.</summary>
    public TableFormat? Format { get; init; }
}

/// <summary>A table read from its folder, without a catalog: of either format, at every point that its metadata still knows.</summary>
public abstract class FolderTable
{
    /// <summary>Its format.</summary>
    public abstract TableFormat Format { get; }

    /// <summary>The folder.</summary>
    public abstract string Location { get; }

    /// <summary>Opens the table of a folder.</summary>
    /// <exception cref="LakehouseException">NotFound: no table there; InvalidData: its metadata is malformed; Unsupported: it needs a feature that is not read, which is named.</exception>
    public static async Task<FolderTable> OpenAsync(FolderSource source, CancellationToken cancellationToken = default)
    {
        var format = source.Format ?? await FindFormatAsync(source, cancellationToken);
        return format == TableFormat.Delta ? await DeltaFolder.OpenAsync(source, cancellationToken) : await IcebergFolder.OpenAsync(source, cancellationToken);
    }

    /// <summary>A relation over exactly the files that a scan needs.</summary>
    /// <param name="connection">A trusted connection that will run the query.</param>
    /// <param name="request">What is read.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">NotFound: no such point; Unsupported: a feature that is not read, which is named.</exception>
    public abstract Task<FolderScan> ScanAsync(DuckDbConnection connection, FolderScanRequest request, CancellationToken cancellationToken = default);

    /// <summary>What changed between two points, a row for each change.</summary>
    /// <param name="connection">A trusted connection that will run the query.</param>
    /// <param name="request">From where to where.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public abstract Task<FolderScan> ChangesAsync(DuckDbConnection connection, FolderChangesRequest request, CancellationToken cancellationToken = default);

    /// <summary>What the table is: schema, partitioning, properties, features, sizes.</summary>
    public abstract Task<TableDescription> DescribeAsync(CancellationToken cancellationToken = default);

    /// <summary>Its commits, newest first.</summary>
    public abstract Task<IReadOnlyList<TableCommitEntry>> HistoryAsync(CancellationToken cancellationToken = default);

    /// <summary>Looks whether every file that the table refers to is there and holds what the metadata says, and whether other files lie in its folder.</summary>
    /// <param name="connection">A trusted connection, to look into data files.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What is wrong, as it is found; nothing when all is well.</returns>
    public abstract IAsyncEnumerable<TableFault> CheckAsync(DuckDbConnection connection, CancellationToken cancellationToken = default);

    static async Task<TableFormat> FindFormatAsync(FolderSource source, CancellationToken cancellationToken)
    {
        if (source.Location.EndsWith(".json", StringComparison.Ordinal) || source.Location.EndsWith(".json.gz", StringComparison.Ordinal))
        {
            return TableFormat.Iceberg;
        }

        var folder = source.Location.TrimEnd('/');
        return !await AnyAsync(source.Store, folder + "/metadata/", cancellationToken) && await AnyAsync(source.Store, folder + "/_delta_log/", cancellationToken) ? TableFormat.Delta : TableFormat.Iceberg;
    }

    static async Task<bool> AnyAsync(IObjectStore store, string prefix, CancellationToken cancellationToken)
    {
        await foreach (var _ in store.ListAsync(prefix, cancellationToken))
        {
            return true;
        }

        return false;
    }
}
