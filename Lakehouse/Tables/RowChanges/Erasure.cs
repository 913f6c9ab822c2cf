using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables.Maintenance;
using Lakehouse.Tables.Upkeep;

namespace Lakehouse.Tables;

/// <summary>A snapshot whose data files hold rows that are to be erased.</summary>
/// <param name="SnapshotId">Its id.</param>
/// <param name="Time">When it was committed.</param>
/// <param name="Refs">Branches and tags that are at it.</param>
public sealed record HoldingSnapshot(long SnapshotId, DateTimeOffset Time, IReadOnlyList<string> Refs);

/// <summary>What an erasure did, and what it left.</summary>
/// <param name="Deleted">Rows deleted on main.</param>
/// <param name="Holding">Snapshots that held the rows when main no longer did, oldest first.</param>
/// <param name="Purged">Those of them that were expired.</param>
/// <param name="Remaining">Those that remain: all that were not purged, and heads of branches and tags.</param>
/// <param name="NotDeleted">Files of expired snapshots that could not be deleted; orphan removal finds them.</param>
public sealed record ErasureReport(
    long Deleted, IReadOnlyList<HoldingSnapshot> Holding, IReadOnlyList<HoldingSnapshot> Purged, IReadOnlyList<HoldingSnapshot> Remaining, IReadOnlyList<string> NotDeleted);

/// <summary>
/// Erases rows, as people may demand: they go from main's data files, whatever the table's mode, also rows that delete files only hide. Snapshots from before hold them still, and are named; purging expires them.
/// What was copied elsewhere, and readers of files that are not deleted yet, are beyond it.
/// </summary>
public static class Erasure
{
    // Expires the snapshots that are named and no other.
    static readonly TimeSpan NoAge = TimeSpan.FromDays(365_000);

    /// <summary>Deletes the rows of a condition on main, finds the snapshots that hold them, and expires these when asked to.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="connection">Connection to run it on; temporary tables come and go.</param>
    /// <param name="table">Name of the table.</param>
    /// <param name="where">SQL over the table's columns.</param>
    /// <param name="author">Who does it.</param>
    /// <param name="purge">Whether snapshots that hold the rows are expired.</param>
    /// <param name="cancellationToken">Cancels it; what was committed stays.</param>
    /// <exception cref="LakehouseException">Conflict: other writers were first; nothing was changed. OutcomeUnknown: nobody knows whether the rows are deleted.</exception>
    public static async Task<ErasureReport> RunAsync(
        Lake lake, DuckDbConnection connection, TableIdentifier table, string where, string author, bool purge = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lake);
        long deleted;
        await using (var transaction = lake.BeginTransaction(author, $"erase rows of {table}"))
        {
            var before = await transaction.OpenAsync(table, cancellationToken);
            var files = before.CurrentSnapshot is { } current ? await HoldingFilesAsync(lake, connection, before, [current], where, cancellationToken) : new HashSet<string>();
            deleted = (await transaction.EraseAsync(connection, before, where, files, cancellationToken)).Deleted;
            await CommitAsync(transaction, table, cancellationToken);
        }

        var after = await lake.LoadTableAsync(table, cancellationToken);
        var holding = await HoldingAsync(lake, connection, after, where, cancellationToken);
        if (!purge || holding.Count == 0)
        {
            return new ErasureReport(deleted, holding, [], holding, []);
        }

        // What branches and tags of the lake show stays theirs, and is told as remaining.
        // Who can't delete now leaves the snapshots as they are: once they are expired, nobody finds their rows again.
        await using var hold = new FileHold(lake, table);
        await hold.TakeAsync(cancellationToken);
        IReadOnlyList<TableMetadata> others = [];
        var options = new SnapshotExpiryOptions
        {
            SnapshotIds = [.. holding.Select(snapshot => snapshot.SnapshotId)],
            MaxSnapshotAge = NoAge,
            RemovesUnusedSchemas = false,
            ReadProtected = async stop => others = await hold.ReadPointersAsync(after.Metadata.TableUuid, stop),
            MayDelete = () => hold.IsHeld,
        };
        var expired = await SnapshotExpiry.RunAsync(lake, table, options, cancellationToken);
        var left = (await lake.LoadTableAsync(table, cancellationToken)).Metadata;
        var remaining = holding.Where(snapshot => left.SnapshotById(snapshot.SnapshotId) is not null || others.Any(other => other.SnapshotById(snapshot.SnapshotId) is not null)).ToList();
        return new ErasureReport(deleted, holding, [.. holding.Except(remaining)], remaining, expired.NotDeleted);
    }

    static async Task CommitAsync(TableTransaction transaction, TableIdentifier table, CancellationToken cancellationToken)
    {
        switch (await transaction.CommitAsync(cancellationToken))
        {
            case CommitResult.Conflict conflict:
                throw new LakehouseException(LakehouseErrorKind.Conflict, $"table {table}: {conflict.Message}");
            case CommitResult.Unknown:
                throw new LakehouseException(LakehouseErrorKind.OutcomeUnknown, $"table {table}: nobody knows whether the rows are deleted; ask again");
        }
    }

    static async Task<IReadOnlyList<HoldingSnapshot>> HoldingAsync(Lake lake, DuckDbConnection connection, LakeTable table, string where, CancellationToken cancellationToken)
    {
        var holders = await HoldingFilesAsync(lake, connection, table, table.Metadata.Snapshots, where, cancellationToken);
        var holding = new List<HoldingSnapshot>();
        foreach (var snapshot in table.Metadata.Snapshots.OrderBy(snapshot => snapshot.SequenceNumber).ThenBy(snapshot => snapshot.TimestampMs))
        {
            if (holders.Count > 0 && await table.PlanFilesAsync(snapshot, cancellationToken).AnyAsync(file => holders.Contains(file.File.FilePath), cancellationToken))
            {
                var refs = table.Metadata.Refs.Where(item => item.Value.SnapshotId == snapshot.SnapshotId).Select(item => item.Key).Order(StringComparer.Ordinal);
                holding.Add(new HoldingSnapshot(snapshot.SnapshotId, snapshot.Timestamp, [.. refs]));
            }
        }

        return holding;
    }

    /// <summary>The data files of some snapshots that hold such rows, deleted ones included: each file is looked at once.</summary>
    static async Task<IReadOnlySet<string>> HoldingFilesAsync(
        Lake lake, DuckDbConnection connection, LakeTable table, IReadOnlyList<Snapshot> snapshots, string where, CancellationToken cancellationToken)
    {
        var filter = await WhereFilter.ParseAsync(connection, where, table, cancellationToken);
        var files = new Dictionary<string, ScanFile>(StringComparer.Ordinal);
        foreach (var snapshot in snapshots)
        {
            await foreach (var file in ScanPlanner.PlanFilesAsync(lake.Store, table.Metadata, snapshot, filter.Some, new ScanPlanOptions { Schema = table.Schema }, cancellationToken))
            {
                files.TryAdd(file.File.FilePath, file with { Deletes = [] });
            }
        }

        var target = new ScanTarget(table.Identifier.ToString(), table.Metadata, table.Schema, [.. files.Values]) { Store = lake.Store, MetadataColumns = [MetadataColumns.File] };
        var relation = await SnapshotRelation.BuildAsync(connection, target, lake.Files, cancellationToken);
        var holders = new HashSet<string>(StringComparer.Ordinal);
        await using var result = await connection.QueryAsync($"SELECT DISTINCT _file FROM {relation.Sql} AS target WHERE (\n{where}\n)", cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    holders.Add(System.Text.Encoding.UTF8.GetString(batch.Columns[0].Bytes(row)));
                }
            }
        }

        return holders;
    }
}
