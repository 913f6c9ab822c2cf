using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.History;

internal sealed record CommitSummary(long Id, DateTimeOffset At, string Author, string Message, long? RunId)
{
    public static CommitSummary Of(CommitRow commit) => new(commit.Id, commit.At, commit.Author, commit.Message, commit.RunId);
}

internal sealed record CommitBody(
    long Id, DateTimeOffset At, string Branch, string Author, string Message, long? RunId, IReadOnlyList<CommitTable> Tables);

internal sealed record CommitTable(string Namespace, string Name);

internal sealed record CommitsBody(IReadOnlyList<CommitBody> Commits);

/// <summary><c>/api/commits</c>: the history of a branch, newest first.</summary>
internal static class CommitEndpoints
{
    public static void MapCommits(this IEndpointRouteBuilder routes) => routes.MapGet("/api/commits", async (LakeView view, int? limit, CatalogReads reads, CancellationToken cancellationToken) =>
    {
        var count = ApiBodies.Limit(limit);
        return Results.Json(new CommitsBody(await reads.QueryAsync(db => ReadAsync(db, view, count, cancellationToken), cancellationToken)));
    });

    static async Task<IReadOnlyList<CommitBody>> ReadAsync(CatalogDb db, LakeView view, int count, CancellationToken cancellationToken)
    {
        var commits = await db.Commits.FromSqlRaw(ViewSql.Commits(view.Levels))
            .OrderByDescending(c => c.Id).Take(count).ToListAsync(cancellationToken);
        var branches = await db.Branches.Where(b => commits.Select(c => c.BranchId).Contains(b.Id)).ToDictionaryAsync(b => b.Id, b => b.Name, cancellationToken);
        var ids = commits.Select(c => c.Id).ToArray();

        // A dropped table is in the commit that ended its pointer.
        var touched = await db.Pointers.Where(p => ids.Contains(p.FromCommit) && p.Kind != PointerKind.Namespace).Select(p => new { Commit = p.FromCommit, p.Namespace, p.Name })
            .Union(db.Pointers.Where(p => p.ToCommit != null && ids.Contains(p.ToCommit.Value) && p.Kind != PointerKind.Namespace).Select(p => new { Commit = p.ToCommit!.Value, p.Namespace, p.Name }))
            .ToListAsync(cancellationToken);
        var tables = touched.ToLookup(t => t.Commit, t => new CommitTable(NamespaceName.FromDatabase(t.Namespace).Dotted, t.Name));
        return commits.Select(c => new CommitBody(
            c.Id, c.At, branches[c.BranchId], c.Author, c.Message, c.RunId, tables[c.Id].OrderBy(t => t.Namespace, StringComparer.Ordinal).ThenBy(t => t.Name, StringComparer.Ordinal).ToList())).ToList();
    }
}
