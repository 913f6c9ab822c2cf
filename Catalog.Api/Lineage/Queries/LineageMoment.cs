using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Lineage.Queries;

/// <summary>A state of the lake as lineage sees it: builds on these branches, each up to a time.</summary>
internal sealed record LineageMoment(string Branch, IReadOnlyList<string> Branches, IReadOnlyList<DateTimeOffset> Until);

/// <summary>Finds the moment that is meant.</summary>
internal sealed class LineageMoments(LakeViews views, CatalogReads reads)
{
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
        return new LineageMoment(view.Branch, [.. levels.Select(level => names[level.BranchId])], [.. until]);
    }
}
