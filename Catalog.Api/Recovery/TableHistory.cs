using System.Globalization;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.History;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Recovery;

/// <summary>What a table was after a commit: under which name, at which snapshot, how large.</summary>
internal sealed record TableStateBody(CommitSummary Commit, string Namespace, string Name, bool Dropped, string? SnapshotId, long? Rows, long? Files, long? Bytes);

internal sealed record TableHistoryBody(IReadOnlyList<TableStateBody> History, long? Before);

/// <summary>The commits that made a table what a state of the lake shows, on its branch and on those that it started from, the newest first.</summary>
internal sealed class TableHistory(CatalogReads reads)
{
    public async Task<TableHistoryBody> ReadAsync(LakeView view, Guid table, long? before, int limit, CancellationToken cancellationToken)
    {
        var rows = await reads.QueryAsync(
            db => db.Pointers.FromSqlRaw(StatesOf(view), table, before ?? long.MaxValue)
                .Join(db.Commits, p => p.FromCommit, c => c.Id, (p, c) => new { Pointer = p, Commit = c })
                .OrderByDescending(r => r.Pointer.FromCommit).ThenByDescending(r => r.Pointer.Id).Take(limit + 1).ToListAsync(cancellationToken),
            cancellationToken);
        var shown = rows.Take(limit).Select(r => new TableStateBody(
            CommitSummary.Of(r.Commit),
            Naming.NamespaceName.FromDatabase(r.Pointer.Namespace).Dotted,
            r.Pointer.Name,
            r.Pointer.Dropped,
            r.Pointer.SnapshotId?.ToString(CultureInfo.InvariantCulture),
            r.Pointer.Rows,
            r.Pointer.Files,
            r.Pointer.Bytes)).ToList();
        return new TableHistoryBody(shown, rows.Count > limit ? shown[^1].Commit.Id : null);
    }

    /// <summary>Branches and commits of a view are numbers.</summary>
    static string StatesOf(LakeView view) =>
        $"SELECT p.* FROM pointers p JOIN {ViewSql.Rows(view.Levels)} ON p.branch_id = l.branch AND p.from_commit <= l.upto WHERE p.table_id = {{0}} AND p.from_commit < {{1}}";
}
