using System.Globalization;
using LakeAspire.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Lineage.Queries;

/// <summary>A state of the lake as lineage sees it: builds on these branches, each up to a time.</summary>
internal sealed record LineageMoment(string Branch, IReadOnlyList<string> Branches, IReadOnlyList<DateTimeOffset> Until)
{
    /// <summary>Later than anything happens.</summary>
    static readonly DateTimeOffset Open = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A branch now, at a time, or as a commit left it: <c>asOf</c> is a time, or the number of a commit with or without <c>@</c>.</summary>
    public static async Task<LineageMoment> ResolveAsync(CatalogReads reads, string? branch, string? asOf, CancellationToken cancellationToken)
    {
        branch = string.IsNullOrEmpty(branch) ? BranchRow.Main : branch;
        if (string.IsNullOrEmpty(asOf))
        {
            return new LineageMoment(branch, [branch], [Open]);
        }

        var text = asOf.TrimStart('@');
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            var commit = await reads.QueryAsync(db => db.Commits.FirstOrDefaultAsync(c => c.Id == id, cancellationToken), cancellationToken)
                ?? throw new ServiceDefaults.Errors.ApiException(404, $"Commit does not exist: {id}", "NoSuchCommitException");
            return new LineageMoment(branch, [branch], [commit.At]);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? new LineageMoment(branch, [branch], [at])
            : throw CatalogErrors.BadRequest($"asOf is neither a commit nor a time: '{Naming.NamespaceName.Shown(asOf)}'");
    }
}
