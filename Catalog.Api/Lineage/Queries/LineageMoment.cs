using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Lineage.Queries;

/// <summary>A state of the lake as lineage sees it: builds on these branches, each up to a time.</summary>
internal sealed record LineageMoment(string Branch, IReadOnlyList<string> Branches, IReadOnlyList<DateTimeOffset> Until);

/// <summary>Finds the moment that is meant.</summary>
internal sealed class LineageMoments(LakeViews views, CatalogReads reads)
{
    /// <summary>How many of the newest merges of a branch are looked into.</summary>
    const int MaxMerges = 100;

    /// <summary>Later than anything happens.</summary>
    static readonly DateTimeOffset Open = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// A branch now, at a time, or as of a commit. What a branch began with counts on it too. A time needs no commit that is as old: things of others were made of one another before.
    /// </summary>
    public async Task<LineageMoment> ResolveAsync(string? branch, string? asOf, CancellationToken cancellationToken)
    {
        // What people type with a sign in front, as elsewhere.
        var reference = LakeRef.OfQuery(branch, asOf?.TrimStart('@'));
        var view = await views.ResolveAsync(reference.Time is null ? reference : LakeRef.Parse(reference.Branch), cancellationToken);
        var levels = view.Levels.Where(level => level.Commit is null or > 0).ToList();
        var ids = levels.Select(level => level.BranchId).ToArray();
        var commits = levels.Select(level => level.Commit).OfType<long>().ToArray();
        var names = await reads.QueryAsync(db => db.Branches.Where(b => ids.Contains(b.Id)).ToDictionaryAsync(b => b.Id, b => b.Name, cancellationToken), cancellationToken);
        var times = await reads.QueryAsync(db => db.Commits.Where(c => commits.Contains(c.Id)).ToDictionaryAsync(c => c.Id, c => c.At, cancellationToken), cancellationToken);
        var until = levels.Select(level => level.Commit is { } commit && times.TryGetValue(commit, out var at) ? at : Open).Select(at => reference.Time is { } time && time < at ? time : at);
        var own = levels.Select(level => names[level.BranchId]).Zip(until).ToList();
        var merged = await MergedAsync(levels, own.Select(l => l.Second).ToList(), cancellationToken);
        return new LineageMoment(view.Branch, [.. own.Select(l => l.First), .. merged.Select(m => m.Branch)], [.. own.Select(l => l.Second), .. merged.Select(m => m.Until)]);
    }

    /// <summary>What merges brought: builds on the merged branches up to the commit that was merged.</summary>
    Task<List<(string Branch, DateTimeOffset Until)>> MergedAsync(IReadOnlyList<BranchLevel> levels, IReadOnlyList<DateTimeOffset> until, CancellationToken cancellationToken) => reads.QueryAsync(
        async db =>
        {
            var found = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
            foreach (var (level, end) in levels.Zip(until))
            {
                var merges = await db.Commits.Where(c => c.BranchId == level.BranchId && c.MergedBranchId != null && c.MergedCommit != null && c.At <= end)
                    .OrderByDescending(c => c.Id).Take(MaxMerges)
                    .Join(db.Branches, c => c.MergedBranchId, b => b.Id, (c, b) => new { b.Name, c.MergedCommit })
                    .Join(db.Commits, m => m.MergedCommit, c => c.Id, (m, c) => new { m.Name, c.At })
                    .ToListAsync(cancellationToken);
                foreach (var merge in merges)
                {
                    found[merge.Name] = found.TryGetValue(merge.Name, out var known) && known > merge.At ? known : merge.At;
                }
            }

            return found.Select(f => (f.Key, f.Value)).ToList();
        },
        cancellationToken);
}
