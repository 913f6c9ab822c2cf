using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Iceberg;

namespace LakeAspire.Catalog.Access.Checks;

/// <summary>Branches as a caller may see and make them.</summary>
internal sealed class VisibleBranches(BranchStore store, LakeViews views, IAccess access)
{
    const int Batch = 500;

    /// <summary>A branch or tag on which the caller has a privilege.</summary>
    public async Task<BranchBody> GetAsync(Caller caller, string name, Privilege privilege, CancellationToken cancellationToken)
    {
        var owner = caller.IsOperator ? null : (await store.GetAsync(name, cancellationToken)).CreatedBy;
        if (privilege != Privilege.Describe || name != BranchRow.Main)
        {
            await access.DemandAsync(caller, privilege, Securable.Branch(name, owner), name, cancellationToken);
        }

        return With(await access.RightsAsync(caller, cancellationToken), await store.GetAsync(name, cancellationToken));
    }

    /// <summary>Branches and tags by name, after another, that the caller may describe.</summary>
    public async Task<IReadOnlyList<BranchBody>> ListAsync(Caller caller, string? kind, string? prefix, Pages.Page page, CancellationToken cancellationToken)
    {
        var rights = await access.RightsAsync(caller, cancellationToken);
        if (caller.IsOperator)
        {
            return [.. (await store.ListAsync(kind, prefix, page, cancellationToken)).Select(b => With(rights, b))];
        }

        var seen = new List<BranchBody>();
        for (var next = page.From(page.After, Batch); seen.Count < page.Limit;)
        {
            var rows = await store.ListAsync(kind, prefix, next, cancellationToken);
            seen.AddRange(rows.Where(b => b.Name == BranchRow.Main || rights.May(Privilege.Describe, Securable.Branch(b.Name, b.CreatedBy), b.Name)).Take(page.Limit - seen.Count).Select(b => With(rights, b)));
            if (rows.Count <= Batch)
            {
                break;
            }

            next = page.From(rows[^1].Name, Batch);
        }

        return seen;
    }

    static BranchBody With(Rights rights, BranchBody branch) =>
        branch with { Privileges = rights.On(Securable.Branch(branch.Name, branch.CreatedBy), branch.Name).Texts() };

    /// <summary>
    /// A branch shows all that its start shows, to everybody with rights on a branch of its name. So whoever makes one must be able to read the whole lake there, besides making branches of that
    /// name; who protects one manages it.
    /// </summary>
    public async Task DemandCreateAsync(Caller caller, string? name, string? from, bool isProtected, CancellationToken cancellationToken)
    {
        var branch = name ?? "";
        await access.DemandAsync(caller, Privilege.Create, Securable.Lake, branch, cancellationToken);
        if (isProtected)
        {
            await access.DemandAsync(caller, Privilege.Manage, Securable.Lake, branch, cancellationToken);
        }

        if (!caller.IsOperator)
        {
            var view = await access.ResolveAsync(caller, views, LakeRef.Parse(from), cancellationToken);
            await access.DemandAsync(caller, Privilege.Select, Securable.Lake, view, cancellationToken);
        }
    }
}
