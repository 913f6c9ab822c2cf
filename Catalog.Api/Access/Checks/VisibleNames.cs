using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Access.Checks;

/// <summary>Lists of names that show only what the caller may describe.</summary>
internal sealed class VisibleNames(TableLookup lookup, CatalogReads reads, IAccess access)
{
    const int Batch = 1000;

    /// <summary>Names within a namespace (empty: at the top) after another, in order.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(Caller caller, LakeView view, string around, PointerKind kind, Pages.Page page, CancellationToken cancellationToken)
    {
        var rights = await access.RightsAsync(caller, cancellationToken);
        if (rights.MayWithin(Privilege.Describe, around, view.Branch))
        {
            return await lookup.NamesAsync(view, around, kind, page, cancellationToken);
        }

        var seen = new List<string>();
        var after = page.After;
        while (seen.Count < page.Limit)
        {
            var from = after;
            var rows = await reads.QueryAsync(
                db => TableLookup.Seen(db, view, "p.kind = {0} AND p.namespace = {1} AND p.name > {2}", (int)kind, around, from).OrderBy(p => p.Name).Take(Batch).ToListAsync(cancellationToken),
                cancellationToken);
            seen.AddRange(rows.Where(p => rights.May(Privilege.Describe, p.AsSecurable(), view.Branch)).Select(p => p.Name).Take(page.Limit - seen.Count));
            if (rows.Count < Batch)
            {
                break;
            }

            after = rows[^1].Name;
        }

        return seen;
    }
}
