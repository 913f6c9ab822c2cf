namespace LakeAspire.ServiceDefaults.Authentication;

/// <summary>Who a caller is, as the role in its claims and the name of the policy that asks for it.</summary>
public static class LakeRoles
{
    /// <summary>A service of this installation.</summary>
    public const string Service = "service";

    /// <summary>A person, or a tool that acts for one.</summary>
    public const string User = "user";
}
