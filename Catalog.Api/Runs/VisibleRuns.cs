using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Projects;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Runs;

/// <summary>Runs as a caller may see them: those of pipelines that it sees, with the models whose tables it may describe.</summary>
internal sealed class VisibleRuns(VisibleProjects projects, CatalogReads reads, IAccess access)
{
    const string Withheld = "What went wrong names tables that you may not see.";

    /// <summary>A run, or null.</summary>
    public async Task<RunBody?> FindAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        var run = await reads.QueryAsync(db => db.Runs.Include(r => r.Nodes).FirstOrDefaultAsync(r => r.Id == id, cancellationToken), cancellationToken);
        return run is null ? null
            : await SeesAllAsync(caller, cancellationToken) ? RunBody.Of(run)
            : (await projects.ListAsync(caller, cancellationToken)).FirstOrDefault(p => p.Body.Name == run.Pipeline) is { } project ? Seen(RunBody.Of(run), project) : null;
    }

    /// <summary>The newest runs, of one pipeline or all.</summary>
    public async Task<IReadOnlyList<RunBody>> ListAsync(Caller caller, string? pipeline, int limit, CancellationToken cancellationToken)
    {
        var all = await SeesAllAsync(caller, cancellationToken);
        var visible = all ? [] : (await projects.ListAsync(caller, cancellationToken)).ToDictionary(p => p.Body.Name, StringComparer.Ordinal);
        var names = visible.Keys.ToArray();
        var runs = await reads.QueryAsync(
            db => db.Runs.Include(r => r.Nodes).Where(r => (pipeline == null || r.Pipeline == pipeline) && (all || names.Contains(r.Pipeline)))
                .OrderByDescending(r => r.Id).Take(limit).AsSplitQuery().ToListAsync(cancellationToken),
            cancellationToken);
        return runs.ConvertAll(run => all ? RunBody.Of(run) : Seen(RunBody.Of(run), visible[run.Pipeline]));
    }

    async Task<bool> SeesAllAsync(Caller caller, CancellationToken cancellationToken) =>
        (await access.RightsAsync(caller, cancellationToken)).MayEverywhere(Privilege.Describe, BranchRow.Main);

    static RunBody Seen(RunBody run, VisibleProject project) => run with
    {
        Error = run.Error is null || (project.IsWhole && run.Nodes.All(n => project.Shows(n.Model ?? ""))) ? run.Error : Withheld,
        Nodes = [.. run.Nodes.Where(n => project.Shows(n.Model ?? "")).Select(n => project.ShowsTexts(n.Model ?? "") ? n : n with { CompiledSql = null, Error = n.Error is null ? null : Withheld })],
    };
}
