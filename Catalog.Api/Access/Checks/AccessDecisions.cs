using LakeAspire.Catalog.Access.Audit;
using LakeAspire.Catalog.Access.Policies;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Access.Checks;

/// <inheritdoc cref="IAccess"/>
internal sealed class AccessDecisions(AccessCache cache, AuditLog audit) : IAccess
{
    public async Task DemandAsync(Caller caller, Privilege privilege, Securable securable, string branch, CancellationToken cancellationToken)
    {
        if (caller.IsService)
        {
            return;
        }

        var held = (await RightsAsync(caller, cancellationToken)).On(securable, branch);
        var allowed = held.Has(privilege);
        await audit.DecidedAsync(caller, privilege, securable, branch, allowed, cancellationToken);
        if (!allowed)
        {
            throw held.Has(Privilege.Describe) ? CatalogErrors.Forbidden($"{caller.Name} may not {privilege.Text()} {securable.Text} on branch {branch}.") : securable.NotThere;
        }
    }

    public async Task<bool> MayAsync(Caller caller, Privilege privilege, Securable securable, string branch, CancellationToken cancellationToken) =>
        (await RightsAsync(caller, cancellationToken)).May(privilege, securable, branch);

    public async Task<Rights> RightsAsync(Caller caller, CancellationToken cancellationToken) =>
        caller.Id is not { } id ? (caller.IsOperator ? Rights.Everything : Rights.Nothing) : (await cache.PrincipalAsync(id, cancellationToken))?.Rights ?? Rights.Nothing;

    public async Task<TablePolicy?> PolicyAsync(Caller caller, Guid tableId, CancellationToken cancellationToken)
    {
        // The keys of the installation see what is stored; people see what they are meant to, administrators too unless they are exempt.
        if (caller.Id is not { } id || await cache.PoliciesAsync(tableId, cancellationToken) is not { Count: > 0 } policies)
        {
            return null;
        }

        var state = await cache.PrincipalAsync(id, cancellationToken);
        var bound = policies.Where(policy => policy.Binds(state?.Memberships ?? [])).ToList();
        string Bound(string expression) => PolicySql.Bind(expression, caller.Name, state?.Groups ?? new HashSet<string>(StringComparer.Ordinal));
        return bound.Count == 0 ? null : new TablePolicy(
            tableId,
            [.. bound.Select(policy => new BoundPolicy(
                policy.Name, policy.RowFilter is null ? null : Bound(policy.RowFilter), policy.Masks.ToDictionary(m => m.Key, m => Bound(m.Value), StringComparer.Ordinal), policy.Fields, policy.Version))]);
    }

    public async Task<Caller?> FindCallerAsync(string name, CancellationToken cancellationToken) => name is LakeRoles.Service or LakeRoles.User
        ? Caller.OfKey(name)
        : await cache.PrincipalAsync(name, cancellationToken) is { IsEnabled: true } state ? state.ToCaller() : null;
}
