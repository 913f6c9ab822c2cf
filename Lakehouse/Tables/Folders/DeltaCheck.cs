using System.Globalization;
using System.Runtime.CompilerServices;
using Lakehouse.Engine;
using Lakehouse.Engine.Delta;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.IO;

namespace Lakehouse.Tables.Folders;

/// <summary>Holds the files of a Delta table's newest version against its log: every file and deletion vector is there, has its size and its rows. Older versions may have lost theirs to vacuum, and what belongs to them is no orphan.</summary>
internal sealed class DeltaCheck(RelocatedStore store, ILocalFiles files, string folder)
{
    public async IAsyncEnumerable<TableFault> RunAsync(DuckDbConnection connection, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DeltaSnapshot snapshot;
        using (var parquet = new DuckDbParquetReader(files))
        {
            snapshot = await DeltaTable.OpenAsync(store, folder, parquet, cancellationToken: cancellationToken);
        }

        var present = new FolderFiles(store, folder);
        await present.ListAsync(cancellationToken);
        foreach (var file in snapshot.Files)
        {
            if (await present.ExpectAsync(file.Location, file.Size, "data file", cancellationToken) is { } missing)
            {
                yield return missing;
            }
            else if (await RowsAsync(connection, snapshot, file, cancellationToken) is { } fault)
            {
                yield return fault;
            }
        }
    }

    /// <summary>The rows that are left, by the engine and by the log. Reading them reads the deletion vector too.</summary>
    async Task<TableFault?> RowsAsync(DuckDbConnection connection, DeltaSnapshot snapshot, DeltaFile file, CancellationToken cancellationToken)
    {
        try
        {
            var relation = await DeltaRelation.BuildAsync(connection, store, new DeltaScan(snapshot, [file]), files, cancellationToken);
            var found = await connection.ScalarAsync<long>($"SELECT count(*) FROM {relation.Sql} AS t", cancellationToken: cancellationToken);
            var told = file.RecordCount - (file.DeletionVector?.Cardinality ?? 0);
            return told is null || told == found
                ? null
                : new TableFault(TableFaultKind.Different, file.Location, string.Create(CultureInfo.InvariantCulture, $"holds {found} rows, the log says {told}"));
        }
        catch (LakehouseException error) when (error.Kind is not LakehouseErrorKind.Unavailable)
        {
            return new TableFault(TableFaultKind.Unreadable, file.Location, error.Message);
        }
    }
}
