using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Access.Principals;

/// <summary>What principals may be called: as mail addresses and account names are, in small letters, so that no two look alike.</summary>
internal static class PrincipalNames
{
    const int MaxLength = 128;
    static readonly string[] Reserved = [LakeRoles.User, LakeRoles.Service, LakeRoles.Principal, BuiltIn.Itself, "operator", "unknown", "me", "nobody", "everybody"];

    /// <summary>Reads the name of one that is to be made.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">400 when it is no such name.</exception>
    public static string Parse(string? name)
    {
        var fine = name is { Length: > 0 and <= MaxLength } && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-' or '@' or '+');
        return !fine ? throw CatalogErrors.BadRequest($"name must be at most {MaxLength} of a-z 0-9 . _ - @ + and begin with a letter or digit, unlike '{NamespaceName.Shown(name)}'")
            : Reserved.Contains(name, StringComparer.Ordinal) ? throw CatalogErrors.BadRequest($"the name '{name}' is reserved") : name!;
    }
}
