using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Access;

/// <summary>A grant as it is evaluated. At most one of <see cref="Namespace"/> and <see cref="TableId"/> is set; none means the lake.</summary>
/// <param name="Privileges">The granted privilege and what it implies.</param>
/// <param name="Namespace">The namespace, levels joined by the unit separator: it and everything within.</param>
/// <param name="TableId">The table or view.</param>
/// <param name="TableNamespaces">Where that table lies, on whatever branch: these namespaces may be seen.</param>
/// <param name="Branch">The branches it holds on: a name or a glob; null = all.</param>
internal sealed record GrantEntry(Privileges Privileges, string? Namespace, Guid? TableId, IReadOnlyList<string> TableNamespaces, string? Branch);

/// <summary>What one caller may do, as of one moment. Pure: nothing is asked of anybody.</summary>
internal sealed class Rights
{
    readonly string? name;
    readonly bool everything;
    readonly IReadOnlyList<GrantEntry> grants;

    Rights(string? name, bool everything, IReadOnlyList<GrantEntry> grants)
    {
        this.name = name;
        this.everything = everything;
        this.grants = grants;
    }

    /// <summary>Those of an operator.</summary>
    public static Rights Everything { get; } = new(name: null, everything: true, []);

    /// <summary>Nobody's.</summary>
    public static Rights Nothing { get; } = new(name: null, everything: false, []);

    public static Rights Of(string name, IReadOnlyList<GrantEntry> grants) => new(name, everything: false, grants);

    /// <summary>Whether the caller may do something with everything on a branch.</summary>
    public bool MayEverywhere(Privilege privilege, string branch) => MayWithin(privilege, "", branch);

    /// <summary>Whether the caller may do something with everything in a namespace (empty: the whole lake), so that a list of it need not be filtered.</summary>
    public bool MayWithin(Privilege privilege, string space, string branch) =>
        everything || Sum(g => OnBranch(g, branch) && (IsLake(g) || (space.Length > 0 && g.Namespace is { } around && IsWithin(space, around)))).Has(privilege);

    /// <summary>All that the caller may do with everything on one branch or another; for choices, not for decisions.</summary>
    public Privileges Anywhere => everything ? Privileges.All : Sum(IsLake);

    /// <summary>Whether anything at all is granted to the caller.</summary>
    public bool HasGrants => everything || grants.Count > 0;

    /// <summary>Whether the caller may give something to others.</summary>
    public bool MayGrantSomething => everything || grants.Any(g => g.Privileges.Has(Privilege.Grant));

    /// <summary>Whether the caller may do this.</summary>
    public bool May(Privilege privilege, Securable securable, string branch) => everything || On(securable, branch).Has(privilege);

    /// <summary>All that the caller may do with something on a branch.</summary>
    public Privileges On(Securable securable, string branch) => everything ? Privileges.All : securable switch
    {
        Securable.LakeSecurable => Sum(g => IsLake(g) && OnBranch(g, branch)),
        Securable.NamespaceSecurable space => Owned(space.Owner) | Sum(g => (IsLake(g) || Covers(g, space.Name)) && OnBranch(g, branch)) | Seen(space.Name, branch),
        Securable.ObjectSecurable found => Owned(found.Owner) | Sum(g => (IsLake(g) || Covers(g, found.Name.Namespace) || g.TableId == found.TableId) && OnBranch(g, branch)),

        // A branch is the lake on it; whoever has any right there may know of it.
        Securable.BranchSecurable line => Owned(line.Owner) | Sum(g => IsLake(g) && OnBranch(g, line.Name)) | (grants.Any(g => OnBranch(g, line.Name)) ? Privileges.Describe : Privileges.None),
        _ => throw new ArgumentOutOfRangeException(nameof(securable), securable, message: null),
    };

    /// <summary>
    /// Whether the caller may give a privilege to others, on one branch, those of a pattern, or all (null): it must hold that privilege and <c>grant</c> itself, on at least these branches.
    /// Ownership does not count: it may be lost without anybody knowing what came of it.
    /// </summary>
    public bool MayGrant(Privilege privilege, Securable securable, string? branches)
    {
        if (everything)
        {
            return true;
        }

        var held = Sum(g => OnAll(g, branches) && (IsLake(g) || securable switch
        {
            Securable.NamespaceSecurable space => Covers(g, space.Name),
            Securable.ObjectSecurable found => Covers(g, found.Name.Namespace) || g.TableId == found.TableId,
            _ => false,
        }));
        return held.Has(privilege) && held.Has(Privilege.Grant);
    }

    /// <summary>Whether a grant holds on every branch that a name or pattern means. One pattern within another is not looked for: both must be the same.</summary>
    static bool OnAll(GrantEntry grant, string? branches) => grant.Branch is not { } pattern
        || (branches is not null && (branches == pattern || (!branches.Contains('*', StringComparison.Ordinal) && BranchPattern.Matches(pattern, branches))));

    Privileges Owned(string? owner) => owner is not null && owner == name ? Privileges.Owner : Privileges.None;

    Privileges Sum(Func<GrantEntry, bool> applies) => grants.Where(applies).Aggregate(Privileges.None, (sum, g) => sum | g.Privileges);

    /// <summary>The way to what may be seen may be seen.</summary>
    Privileges Seen(NamespaceName space, string branch) =>
        grants.Any(g => OnBranch(g, branch) && ((g.Namespace is { } within && IsWithin(within, space.Text)) || g.TableNamespaces.Any(n => IsWithin(n, space.Text))))
            ? Privileges.Describe : Privileges.None;

    static bool IsLake(GrantEntry grant) => grant is { Namespace: null, TableId: null };

    static bool Covers(GrantEntry grant, NamespaceName space) => grant.Namespace is { } around && IsWithin(space.Text, around);

    static bool IsWithin(string inner, string outer) =>
        inner == outer || (inner.Length > outer.Length && inner[outer.Length] == NamespaceName.Separator && inner.StartsWith(outer, StringComparison.Ordinal));

    static bool OnBranch(GrantEntry grant, string branch) => grant.Branch is not { } pattern || BranchPattern.Matches(pattern, branch);
}
