using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.History;

/// <summary>Messages of commits say what was changed: whoever may not describe all of that is shown none.</summary>
internal sealed class WithheldMessages(CatalogReads reads)
{
    /// <summary>The commits that changed something of which the caller may not know on that branch.</summary>
    public async Task<IReadOnlySet<long>> OfAsync(Rights rights, LakeView view, IEnumerable<long> commits, CancellationToken cancellationToken)
    {
        if (rights.MayEverywhere(Privilege.Describe, view.Branch))
        {
            return new HashSet<long>();
        }

        var ids = commits.Distinct().ToArray();
        var touched = await reads.QueryAsync(
            db => db.Pointers.Where(p => ids.Contains(p.FromCommit)).Select(p => new { Commit = p.FromCommit, p.Namespace, p.Name, p.TableId, p.Owner, p.Kind })
                .Union(db.Pointers.Where(p => p.ToCommit != null && ids.Contains(p.ToCommit.Value)).Select(p => new { Commit = p.ToCommit!.Value, p.Namespace, p.Name, p.TableId, p.Owner, p.Kind }))
                .ToListAsync(cancellationToken),
            cancellationToken);
        return touched.Where(t => !rights.May(
            Privilege.Describe,
            t.Kind == PointerKind.Namespace
                ? Securable.Namespace(NamespaceName.Within(t.Namespace, t.Name), t.Owner)
                : Securable.Object(new TableName(NamespaceName.FromDatabase(t.Namespace), t.Name), t.TableId, t.Owner, t.Kind == PointerKind.View),
            view.Branch)).Select(t => t.Commit).ToHashSet();
    }
}
