namespace LakeAspire.Catalog.Access;

/// <summary>What somebody may do. What is granted on the lake or a namespace holds for everything within, now and later.</summary>
internal enum Privilege
{
    /// <summary>See that it is there: names, columns, figures, history.</summary>
    Describe,

    /// <summary>Read rows. Implies describe.</summary>
    Select,

    /// <summary>Add rows, and nothing else. Implies describe.</summary>
    Append,

    /// <summary>Change and remove rows, columns and properties. Implies append and select.</summary>
    Modify,

    /// <summary>Rename, drop, protect, set row filters and masks; on a branch: delete, reset, protect. Implies modify and create.</summary>
    Manage,

    /// <summary>Make tables, views and namespaces within; on the lake also branches. Implies describe.</summary>
    Create,

    /// <summary>Give one's own privileges on it to others, and see who has which. Implies describe, and no other privilege.</summary>
    Grant,
}

/// <summary>A set of privileges.</summary>
[Flags]
internal enum Privileges
{
    None = 0,
    Describe = 1 << Privilege.Describe,
    Select = 1 << Privilege.Select,
    Append = 1 << Privilege.Append,
    Modify = 1 << Privilege.Modify,
    Manage = 1 << Privilege.Manage,
    Create = 1 << Privilege.Create,
    Grant = 1 << Privilege.Grant,

    /// <summary>All that manage implies: what an owner may do.</summary>
    Owner = Describe | Select | Append | Modify | Manage | Create,

    All = Owner | Grant,
}

/// <summary>What implies what, and how it is written.</summary>
internal static class PrivilegeRules
{
    public static readonly IReadOnlyList<Privilege> All = Enum.GetValues<Privilege>();

    /// <summary>The privilege and all that it implies.</summary>
    public static Privileges WithImplied(this Privilege privilege) => privilege switch
    {
        Privilege.Describe => Privileges.Describe,
        Privilege.Select => Privileges.Select | Privileges.Describe,
        Privilege.Append => Privileges.Append | Privileges.Describe,
        Privilege.Modify => Privileges.Modify | Privileges.Append | Privileges.Select | Privileges.Describe,
        Privilege.Manage => Privileges.Owner,
        Privilege.Create => Privileges.Create | Privileges.Describe,
        Privilege.Grant => Privileges.Grant | Privileges.Describe,
        _ => throw new ArgumentOutOfRangeException(nameof(privilege), privilege, message: null),
    };

    public static Privileges Alone(this Privilege privilege) => (Privileges)(1 << (int)privilege);

    public static bool Has(this Privileges set, Privilege privilege) => (set & privilege.Alone()) != Privileges.None;

    /// <summary>The privileges of a set, as they are written.</summary>
    public static IReadOnlyList<string> Texts(this Privileges set) => [.. All.Where(p => set.Has(p)).Select(Text)];

    public static string Text(this Privilege privilege) => privilege.ToString().ToLowerInvariant();

    /// <summary>Reads a privilege as it is written.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">400 when there is none of that name.</exception>
    public static Privilege Parse(string? text) => All.Where(p => p.Text() == text).Select(p => (Privilege?)p).FirstOrDefault()
        ?? throw CatalogErrors.BadRequest($"privilege must be one of {string.Join(", ", All.Select(Text))}");
}
