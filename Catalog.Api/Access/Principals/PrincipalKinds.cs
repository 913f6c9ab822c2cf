namespace LakeAspire.Catalog.Access.Principals;

/// <summary>The kinds of principals.</summary>
internal static class PrincipalKinds
{
    public const string User = "user";
    public const string Service = "service";
    public const string Group = "group";
    public const string Role = "role";

    public static readonly string[] All = [User, Service, Group, Role];

    public static bool HasMembers(string kind) => kind is Group or Role;

    /// <summary>Whether one of a kind may be in one of another: roles are held by anybody and may hold other roles, groups hold no role.</summary>
    public static bool MayHold(string holder, string member) => holder switch
    {
        Role => true,
        Group => member != Role,
        _ => false,
    };
}
