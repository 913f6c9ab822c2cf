using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Changes;

/// <summary>
/// A change log as SQL: the columns of the schema, <see cref="ChangeType"/> (<c>insert</c>, <c>delete</c>, <c>update_preimage</c>, <c>update_postimage</c>),
/// <see cref="ChangeOrdinal"/> (the number of the snapshot in the range, from 0) and <see cref="CommitSnapshotId"/>.
/// </summary>
public static class ChangeRelation
{
    /// <summary>Column of the kind of change (string).</summary>
    public const string ChangeType = "_change_type";

    /// <summary>Column of the number of the snapshot in the range (int).</summary>
    public const string ChangeOrdinal = "_change_ordinal";

    /// <summary>Column of the snapshot (long).</summary>
    public const string CommitSnapshotId = "_commit_snapshot_id";

    /// <summary>
    /// Makes the relation. Rows that a snapshot only carried over from one file into another are no changes: equal rows that it deletes and inserts cancel each other, as often as both occur.
    /// </summary>
    /// <param name="connection">A trusted connection; looks into the files.</param>
    /// <param name="target">What to read.</param>
    /// <param name="localFiles">Gives the local files.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">As <see cref="SnapshotRelation.BuildAsync"/>; NotFound: a key column is not there; Unsupported: net changes by key.</exception>
    public static async Task<SnapshotRelation> BuildAsync(DuckDbConnection connection, ChangeTarget target, ILocalFiles localFiles, CancellationToken cancellationToken = default)
    {
        if (target.IsNet && target.Keys.Count > 0)
        {
            throw LakehouseException.Unsupported("Unsupported: net changes have no updates by key.");
        }

        foreach (var key in target.Keys.Where(key => target.Schema.FindColumn(key) is null))
        {
            throw new LakehouseException(LakehouseErrorKind.NotFound, $"table {target.Name} has no column {key}, which is named as a key of its change log");
        }

        // Files that came or went as a whole give their rows as they are; of the others, the rows that one state has and the other hasn't.
        var all = target.Snapshots.SelectMany(snapshot => snapshot.Files.Select(file => (Snapshot: snapshot, Change: file))).ToArray();
        var whole = all.Where(item => item.Change is { Before: null } or { After: null }).Select(item => new Part(item.Snapshot, item.Change.File, item.Change.After is null ? "delete" : "insert")).ToArray();
        var partly = all.Where(item => item.Change is { Before: not null, After: not null }).ToArray();
        var rows = await ReadAsync(whole, []);
        var before = await ReadAsync([.. partly.Select(item => new Part(item.Snapshot, item.Change.Before!, "delete"))], [MetadataColumns.File, MetadataColumns.Position]);
        var after = await ReadAsync([.. partly.Select(item => new Part(item.Snapshot, item.Change.After!, "insert"))], [MetadataColumns.File, MetadataColumns.Position]);

        var sql = new ChangeSql(target);
        var parts = new List<string> { $"SELECT * FROM {rows.Sql}" };
        if (partly.Length > 0)
        {
            parts.Add(sql.Missing(before.Sql, after.Sql));
            parts.Add(sql.Missing(after.Sql, before.Sql));
        }

        return new SnapshotRelation(sql.Changes(string.Join(" UNION ALL ", parts)), [.. rows.Paths.Concat(before.Paths).Concat(after.Paths).Distinct(StringComparer.Ordinal)])
        {
            Inputs = [.. rows.Inputs, .. before.Inputs, .. after.Inputs],
        };

        Task<SnapshotRelation> ReadAsync(Part[] read, string[] metadataColumns)
        {
            var scan = new ScanTarget(target.Name, target.Metadata, target.Schema, [.. read.Select(part => part.File)])
            {
                Store = target.Store,
                MetadataColumns = metadataColumns,
                FileValues =
                [
                    new FileValue(ChangeType, "VARCHAR", i => SqlText.Literal(read[i].Kind)),
                    new FileValue(ChangeOrdinal, "INTEGER", i => SqlText.Literal(read[i].Snapshot.Ordinal)),
                    new FileValue(CommitSnapshotId, "BIGINT", i => SqlText.Literal(read[i].Snapshot.Snapshot.SnapshotId)),
                ],
            };
            return SnapshotRelation.BuildAsync(connection, scan, localFiles, cancellationToken);
        }
    }

    sealed record Part(SnapshotFileChanges Snapshot, ScanFile File, string Kind);
}
