using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;

namespace LakeAspire.Catalog.Access;

/// <summary>Access to what a state of the lake shows. Rights on a tag, or on a branch as of a commit, are those on that tag or branch by its name.</summary>
internal static class LakeAccess
{
    public static Task DemandAsync(this IAccess access, Caller caller, Privilege privilege, Securable securable, LakeView view, CancellationToken cancellationToken) =>
        access.DemandAsync(caller, privilege, securable, view.Branch, cancellationToken);

    public static Task<bool> MayAsync(this IAccess access, Caller caller, Privilege privilege, Securable securable, LakeView view, CancellationToken cancellationToken) =>
        access.MayAsync(caller, privilege, securable, view.Branch, cancellationToken);

    /// <summary>The state of the lake that a reference means, for a caller who may know of it. That there is <c>main</c> everybody knows.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">404: there is none, or the caller may not know.</exception>
    public static async Task<LakeView> ResolveAsync(this IAccess access, Caller caller, LakeViews views, LakeRef reference, CancellationToken cancellationToken)
    {
        if (caller.IsOperator)
        {
            return await views.ResolveAsync(reference, cancellationToken);
        }

        var rights = await access.RightsAsync(caller, cancellationToken);
        bool May(string branch) => branch == BranchRow.Main || rights.May(Privilege.Describe, Securable.Branch(branch), branch);
        if (reference.Branch.Length > 0 && !May(reference.Branch))
        {
            throw CatalogErrors.NoSuchBranch(reference.Branch);
        }

        var view = await views.ResolveAsync(reference, cancellationToken);
        return May(view.Branch) ? view : throw CatalogErrors.NoSuchCommit(reference.Commit ?? 0);
    }

    /// <summary>Demands a privilege on the whole lake as a reference shows it: what compares, merges and resets branches concerns everything on them.</summary>
    public static async Task DemandAtAsync(this IAccess access, Caller caller, Privilege privilege, LakeViews views, LakeRef reference, CancellationToken cancellationToken)
    {
        var branch = caller.IsOperator ? reference.Branch : (await access.ResolveAsync(caller, views, reference, cancellationToken)).Branch;
        await access.DemandAsync(caller, privilege, Securable.Lake, branch, cancellationToken);
    }

    /// <summary>What a pointer points to.</summary>
    public static Securable AsSecurable(this PointerRow pointer) => pointer.Kind == PointerKind.Namespace
        ? Securable.Namespace(FullNameOf(pointer), pointer.Owner)
        : Securable.Object(TableLookup.NameOf(pointer), pointer.TableId, pointer.Owner, pointer.Kind == PointerKind.View);

    /// <summary>Refuses to hand out a table as it is stored to somebody whom a row filter or mask binds.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">403 says so.</exception>
    public static async Task RefuseRawAsync(this IAccess access, Caller caller, PointerRow pointer, CancellationToken cancellationToken)
    {
        if (await access.PolicyAsync(caller, pointer.TableId, cancellationToken) is not null)
        {
            throw CatalogErrors.Forbidden(
                $"{TableLookup.NameOf(pointer)} has a row filter or column masks that bind {caller.Name}: its files are not handed out. Read it through SQL (Query.Api), which applies them.");
        }
    }

    /// <summary>Those of some tables of which a row filter or mask hides something from the caller: how many rows and files they have counts what is hidden, and is not told.</summary>
    public static async Task<HashSet<Guid>> WithHiddenAsync(this IAccess access, Caller caller, IEnumerable<Guid> tables, CancellationToken cancellationToken)
    {
        var hidden = new HashSet<Guid>();
        foreach (var table in tables)
        {
            if (await access.PolicyAsync(caller, table, cancellationToken) is not null)
            {
                hidden.Add(table);
            }
        }

        return hidden;
    }

    /// <summary>Demands that the caller may read or write rows of a table, which needs its metadata as it is stored.</summary>
    public static async Task DemandRawAsync(this IAccess access, Caller caller, PointerRow pointer, LakeView view, CancellationToken cancellationToken)
    {
        // Whoever may only add rows has to know the table to add to it.
        var privilege = await access.MayAsync(caller, Privilege.Append, pointer.AsSecurable(), view, cancellationToken) ? Privilege.Append : Privilege.Select;
        await access.DemandAsync(caller, privilege, pointer.AsSecurable(), view, cancellationToken);
        await access.RefuseRawAsync(caller, pointer, cancellationToken);
    }

    static NamespaceName FullNameOf(PointerRow pointer) =>
        NamespaceName.FromDatabase(pointer.Namespace.Length == 0 ? pointer.Name : pointer.Namespace + NamespaceName.Separator + pointer.Name);
}
