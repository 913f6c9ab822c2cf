namespace LakeAspire.ServiceDefaults.Authentication;

/// <summary>Who a caller is, as the role in its claims and the name of the policy that asks for it.</summary>
public static class LakeRoles
{
    /// <summary>A service of this installation.</summary>
    public const string Service = "service";

    /// <summary>The operator, who has the installation's key, or an administrator: may do everything.</summary>
    public const string User = "user";

    /// <summary>Anybody who is known. An endpoint that asks for no more than this decides by grants what the caller may; all others are closed to principals.</summary>
    public const string Principal = "principal";
}
