using Lakehouse.Engine;
using Lakehouse.Engine.Deletes;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Tables;

/// <summary>The data files of a branch that a change of rows may concern, and their live rows as relations.</summary>
sealed class TargetRows
{
    readonly DuckDbConnection connection;
    readonly LakeTable table;
    readonly ILocalFiles localFiles;
    readonly IObjectStore store;

    TargetRows(DuckDbConnection connection, IObjectStore store, LakeTable table, ILocalFiles localFiles, IReadOnlyList<ScanFile> files, IReadOnlyList<ScanFile> certain)
    {
        Certain = certain;
        this.connection = connection;
        this.store = store;
        this.table = table;
        this.localFiles = localFiles;
        Files = files;
    }

    /// <summary>The files, in the order by which matches number them.</summary>
    public IReadOnlyList<ScanFile> Files { get; }

    /// <summary>Files all of whose rows the change concerns, as their statistics tell; not among the others.</summary>
    public IReadOnlyList<ScanFile> Certain { get; }

    /// <summary>Plans the files of a snapshot that may hold rows which pass a filter; null plans all. Files without deleted rows may be told apart of which all rows do.</summary>
    public static async Task<TargetRows> PlanAsync(
        Lake lake, DuckDbConnection connection, LakeTable table, Snapshot? snapshot, WhereFilter filter, ILocalFiles? localFiles, CancellationToken cancellationToken)
    {
        var files = new List<ScanFile>();
        var certain = new List<ScanFile>();
        if (snapshot is not null)
        {
            var options = new ScanPlanOptions { Schema = table.Schema };
            await foreach (var file in ScanPlanner.PlanFilesAsync(lake.Store, table.Metadata, snapshot, filter.Some, options, cancellationToken))
            {
                (file.Deletes.Count == 0 && filter.None?.Invoke(file.File) == true ? certain : files).Add(file);
            }
        }

        return new TargetRows(connection, lake.Store, table, localFiles ?? lake.Files, files, certain);
    }

    /// <summary>The rows of some of the files in the table's columns, with <c>_file</c> and <c>_pos</c>, and in format version 3 <c>_row_id</c> and <c>_last_updated_sequence_number</c>.</summary>
    public async Task<string> RelationAsync(IReadOnlyList<ScanFile> files, CancellationToken cancellationToken)
    {
        string[] columns = table.Metadata.FormatVersion >= 3
            ? [MetadataColumns.File, MetadataColumns.Position, MetadataColumns.RowId, MetadataColumns.LastUpdatedSequenceNumber]
            : [MetadataColumns.File, MetadataColumns.Position];
        return (await SnapshotRelation.BuildAsync(connection, Scan(files) with { MetadataColumns = columns }, localFiles, cancellationToken)).Sql;
    }

    /// <summary>The positions of each file that its position deletes and deletion vectors delete already; null where there are none.</summary>
    public Task<IReadOnlyList<PositionBitmap?>> DeletedPositionsAsync(IReadOnlyList<ScanFile> files, CancellationToken cancellationToken) =>
        DeletedPositions.LoadAsync(connection, Scan(files), localFiles, cancellationToken);

    ScanTarget Scan(IReadOnlyList<ScanFile> files) => new(table.Identifier.ToString(), table.Metadata, table.Schema, files) { Store = store };
}
