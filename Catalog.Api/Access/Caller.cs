using System.Security.Claims;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Access;

/// <summary>Who asks.</summary>
/// <param name="Id">The principal; null for the keys of the installation.</param>
/// <param name="Name">Its name, which stands as author in the log and as owner at what it makes. Names are never given twice.</param>
/// <param name="IsOperator">May do everything: the keys of the installation, and administrators.</param>
/// <param name="Memberships">The principal itself and all groups and roles that it is in, directly or not.</param>
internal sealed record Caller(Guid? Id, string Name, bool IsOperator, IReadOnlyList<Guid> Memberships)
{
    /// <summary>Whether this is a service of the installation, which acts for itself: no row filter binds it and its reads are not audited.</summary>
    public bool IsService => Id is null && Name == LakeRoles.Service;

    /// <summary>Whoever has a key of the installation.</summary>
    public static Caller OfKey(string role) => new(Id: null, role, IsOperator: true, []);

    /// <summary>Whoever sent the request.</summary>
    public static Caller Of(HttpContext context) => context.Features.Get<Caller>() ?? OfClaims(context.User);

    static Caller OfClaims(ClaimsPrincipal user)
    {
        // Only keys of the installation get here without having been looked up.
        var isKey = user.FindFirstValue(ClaimTypes.NameIdentifier) is null && (user.IsInRole(LakeRoles.Service) || user.IsInRole(LakeRoles.User));
        return isKey ? OfKey(user.Identity!.Name!) : throw CatalogErrors.Forbidden("This caller is not known here.");
    }

    /// <summary>Minimal APIs bind a parameter of this type to whoever sent the request.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult<Caller?>(Of(context));
}
