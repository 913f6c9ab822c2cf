using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.History;

internal sealed record CommitSummary(long Id, DateTimeOffset At, string Author, string Message, long? RunId)
{
    public static CommitSummary Of(CommitRow commit) => new(commit.Id, commit.At, commit.Author, commit.Message, commit.RunId);

    /// <summary>Without its message, if that is withheld.</summary>
    public CommitSummary Without(IReadOnlySet<long> withheld) => withheld.Contains(Id) ? this with { Message = "" } : this;
}

internal sealed record CommitBody(
    long Id, DateTimeOffset At, string Branch, string Author, string Message, long? RunId, IReadOnlyList<CommitTable> Tables);

internal sealed record CommitTable(string Namespace, string Name);

internal sealed record CommitsBody(IReadOnlyList<CommitBody> Commits);

/// <summary><c>/api/commits</c>: the history of a branch, newest first.</summary>
internal static class CommitEndpoints
{
    public static void MapCommits(this IEndpointRouteBuilder routes) => routes.MapGet("/api/commits", async (LakeView view, int? limit, Caller caller, IAccess access, CatalogReads reads, CancellationToken cancellationToken) =>
    {
        var count = ApiBodies.Limit(limit);
        var rights = await access.RightsAsync(caller, cancellationToken);
        return Results.Json(new CommitsBody(await reads.QueryAsync(db => ReadAsync(db, view, rights, count, cancellationToken), cancellationToken)));
    }).ForPrincipals();

    static async Task<IReadOnlyList<CommitBody>> ReadAsync(CatalogDb db, LakeView view, Rights rights, int count, CancellationToken cancellationToken)
    {
        var commits = await db.Commits.FromSqlRaw(ViewSql.Commits(view.Levels))
            .OrderByDescending(c => c.Id).Take(count).ToListAsync(cancellationToken);
        var branches = await db.Branches.Where(b => commits.Select(c => c.BranchId).Contains(b.Id)).ToDictionaryAsync(b => b.Id, b => b.Name, cancellationToken);
        var ids = commits.Select(c => c.Id).ToArray();

        // A dropped table is in the commit that ended its pointer.
        var touched = await db.Pointers.Where(p => ids.Contains(p.FromCommit) && p.Kind != PointerKind.Namespace).Select(p => new { Commit = p.FromCommit, p.Namespace, p.Name, p.TableId, p.Owner, p.Kind })
            .Union(db.Pointers.Where(p => p.ToCommit != null && ids.Contains(p.ToCommit.Value) && p.Kind != PointerKind.Namespace).Select(p => new { Commit = p.ToCommit!.Value, p.Namespace, p.Name, p.TableId, p.Owner, p.Kind }))
            .ToListAsync(cancellationToken);
        // Whoever may not describe the whole lake sees the commits to what it may describe, and messages that can name nothing else.
        var everything = rights.MayEverywhere(Privilege.Describe, view.Branch);
        var seen = touched.ToLookup(
            t => everything || rights.May(Privilege.Describe, Securable.Object(new TableName(NamespaceName.FromDatabase(t.Namespace), t.Name), t.TableId, t.Owner), view.Branch));
        var tables = seen[true].DistinctBy(t => (t.Commit, t.TableId, t.Namespace, t.Name)).ToLookup(t => t.Commit, t => new CommitTable(NamespaceName.FromDatabase(t.Namespace).Dotted, t.Name));
        var partly = seen[false].Select(t => t.Commit).ToHashSet();
        return commits.Where(c => everything || tables.Contains(c.Id)).Select(c => new CommitBody(
            c.Id, c.At, branches[c.BranchId], c.Author, partly.Contains(c.Id) ? "" : c.Message, c.RunId, tables[c.Id].OrderBy(t => t.Namespace, StringComparer.Ordinal).ThenBy(t => t.Name, StringComparer.Ordinal).ToList())).ToList();
    }
}
