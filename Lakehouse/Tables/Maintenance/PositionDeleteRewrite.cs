using Lakehouse.Engine;
using Lakehouse.Engine.Deletes;
using Lakehouse.Engine.Scans;
using Lakehouse.Engine.TableFunctions;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;
using Lakehouse.Storage;

namespace Lakehouse.Tables.Maintenance;

/// <summary>What a rewrite of position deletes did.</summary>
/// <param name="Dangling">Delete files that applied to nothing and went.</param>
/// <param name="Replaced">Position delete files that were merged.</param>
/// <param name="Added">Position delete files or deletion vectors that took their place.</param>
public sealed record PositionDeleteRewriteReport(int Dangling, int Replaced, int Added);

/// <summary>
/// Drops delete files that apply to no data file any more, and merges the position deletes of a partition: into one file in format version 2, into a deletion vector for each data file in
/// version 3. Rows stay as they are.
/// </summary>
public static class PositionDeleteRewrite
{
    /// <summary>Says what would be dropped and merged; null for an empty table.</summary>
    public static async Task<PositionDeleteRewritePlan?> PlanAsync(Lake lake, LakeTable table, PositionDeleteRewriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lake);
        ArgumentNullException.ThrowIfNull(table);
        if (table.CurrentSnapshot is not { } snapshot)
        {
            return null;
        }

        var manifests = (await ManifestListReader.ReadAsync(lake.Store, snapshot, cancellationToken)).Where(manifest => manifest.Content == ManifestContent.Deletes && manifest.MayHaveLiveFiles).ToList();
        if (manifests.Count == 0)
        {
            return new PositionDeleteRewritePlan(snapshot.SnapshotId, [], [], []);
        }

        var deletes = await ScanPlanner.ReadEntriesAsync(lake.Store, table.Metadata, manifests, cancellationToken).Select(entry => entry.DataFile).ToListAsync(cancellationToken);
        return PositionDeleteRewritePlan.Of(table.Metadata, snapshot, await table.PlanFilesAsync(cancellationToken: cancellationToken).ToListAsync(cancellationToken), deletes, options ?? new PositionDeleteRewriteOptions());
    }

    /// <summary>Plans and commits once.</summary>
    /// <exception cref="LakehouseException">OutcomeUnknown: nobody knows whether it was committed. Conflict: other writers were first each time.</exception>
    public static async Task<PositionDeleteRewriteReport> RunAsync(
        Lake lake, DuckDbConnection connection, TableIdentifier table, PositionDeleteRewriteOptions? options = null, ILocalFiles? localFiles = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lake);
        var report = new PositionDeleteRewriteReport(0, 0, 0);
        await Yielding.RunAsync(async () =>
        {
            await using var transaction = lake.BeginTransaction("maintenance", $"rewrite position deletes of {table}");
            var opened = await transaction.OpenAsync(table, cancellationToken);
            if (await PlanAsync(lake, opened, options, cancellationToken) is not { IsEmpty: false } plan)
            {
                return null;
            }

            IReadOnlyList<DataFile> added = [];
            foreach (var files in plan.Merged)
            {
                var target = new ScanTarget(table.ToString(), opened.Metadata, opened.Schema, files) { Store = lake.Store };
                var positions = await DeletedPositions.LoadAsync(connection, target, localFiles ?? transaction.Files, cancellationToken);
                var deleted = files.Zip(positions).Where(pair => pair.Second is { IsEmpty: false }).Select(pair => (pair.First.File, pair.Second!)).ToList();
                added = [.. added, .. await WriteAsync(transaction, connection, opened, deleted, cancellationToken)];
            }

            transaction.Stage(opened, new SnapshotChange
            {
                Operation = SnapshotOperation.Replace,
                AddedDeleteFiles = added,
                RemovedDeleteFiles = [.. plan.Dangling, .. plan.Replaced],
                Validation = new ChangeValidation { StartingSnapshotId = plan.SnapshotId, ReferencedDataFiles = [.. plan.Merged.SelectMany(files => files).Select(file => file.File.FilePath)] },
            });
            var result = await transaction.CommitAsync(cancellationToken);
            report = result is CommitResult.Committed ? new PositionDeleteRewriteReport(plan.Dangling.Count, plan.Replaced.Count, added.Count) : report;
            return result;
        });
        return report;
    }

    static async Task<IReadOnlyList<DataFile>> WriteAsync(
        TableTransaction transaction, DuckDbConnection connection, LakeTable table, IReadOnlyList<(DataFile File, PositionBitmap Positions)> deleted, CancellationToken cancellationToken)
    {
        if (deleted.Count == 0)
        {
            return [];
        }

        if (table.Metadata.FormatVersion >= 3)
        {
            var location = TableLocations.Join(TableLocations.DataFolder(table.Metadata), $"{Guid.CreateVersion7()}-deletes.puffin");
            transaction.Track(location);
            return await DeletionVectors.WriteAsync(transaction.Lake.Store, location, deleted, cancellationToken);
        }

        using var source = new PositionSource(deleted);
        TableFunction.Register(connection, source.Name, source);
        var file = deleted[0].File;
        var group = new PositionDeleteGroup(table.Metadata.SpecById(file.SpecId)!, file.Partition, [.. deleted.Select(item => item.File.FilePath)]);
        return await PositionDeleteWriter.WriteAsync(
            connection, _ => $"SELECT * FROM {source.Name}()", [group], table.Identifier.ToString(), transaction.WriteTarget(table).Placement, WriteOptions.Of(table.Metadata), cancellationToken);
    }
}
