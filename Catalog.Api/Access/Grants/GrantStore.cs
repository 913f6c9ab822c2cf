using LakeAspire.Catalog.Access.Audit;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Access.Principals;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Errors;
using Npgsql;

namespace LakeAspire.Catalog.Access.Grants;

/// <summary>What is granted to whom: on the lake, on a namespace by its dotted name, or on a table or view within it; on the branches that a name or pattern says, or on all.</summary>
/// <param name="On">The branch on which the table is looked up; <c>main</c> when left out.</param>
internal sealed record GrantRequest(string? Principal, string? Privilege, string? Namespace, string? Table, string? Branch, string? On);

/// <summary>A grant as it is shown. Of a table that is on no branch any more only the id is left.</summary>
internal sealed record GrantBody(
    long Id, string Principal, string PrincipalKind, string Privilege, string? Namespace, string? Table, Guid? TableId, string? Branch, DateTimeOffset GrantedAt, string GrantedBy);

/// <summary>Gives and takes privileges. Whoever is no administrator gives only what it holds itself, where it holds it together with <c>grant</c>.</summary>
internal sealed class GrantStore(AccessChanges changes, AccessCache cache, NpgsqlDataSource database, PrincipalStore principals, TableLookup lookup, LakeViews views, IAccess access)
{
    const string Columns = """
        SELECT g.id, p.name, p.kind, g.privilege, g.namespace, t.namespace, t.name, g.table_id, g.branch, g.granted_at, g.granted_by, g.principal_id
        FROM grants g JOIN principals p ON p.id = g.principal_id
        LEFT JOIN LATERAL (SELECT x.namespace, x.name FROM pointers x WHERE x.table_id = g.table_id AND x.to_commit IS NULL ORDER BY x.dropped, x.branch_id LIMIT 1) t ON true
        """;

    public async Task<GrantBody> AddAsync(Caller caller, GrantRequest request, CancellationToken cancellationToken)
    {
        var privilege = PrivilegeRules.Parse(request.Privilege);
        var branch = BranchPattern.Parse(request.Branch);
        var principal = await principals.GetAsync(ApiBodies.Required(request.Principal, "principal"), cancellationToken);
        if (principal.Id == BuiltIn.Administrators)
        {
            throw CatalogErrors.BadRequest($"the role {principal.Name} has every privilege already");
        }

        var (securable, space, tableId) = await FindAsync(caller, request, cancellationToken);
        await DemandGrantAsync(caller, privilege, securable, branch, cancellationToken);
        var id = await changes.MakeAsync(
            async (connection, at) =>
            {
                var made = await AccessChanges.QueryAsync(
                    connection,
                    Sql.Command(
                        """
                        INSERT INTO grants (principal_id, privilege, namespace, table_id, branch, granted_at, granted_by) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id
                        """,
                        principal.Id, privilege.Text(), space, tableId, branch, at, caller.Name),
                    r => r.GetInt64(0),
                    cancellationToken);
                return made is [var one] ? one : throw new ApiException(409, $"{principal.Name} has that already.", "AlreadyExistsException");
            },
            made => AuditEntry.Change(caller, "grant.add", securable.Text, new { grant = made, to = principal.Name, privilege = privilege.Text() }, branch),
            cancellationToken);
        return await GetAsync(caller, id, cancellationToken);
    }

    /// <summary>Takes a privilege away; it is gone at once.</summary>
    public async Task RemoveAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        var found = await GetAsync(caller, id, cancellationToken);
        await DemandGrantAsync(caller, PrivilegeRules.Parse(found.Privilege), SecurableOf(found), found.Branch, cancellationToken);
        await changes.MakeAsync(
            (connection, _) => AccessChanges.ExecuteAsync(connection, Sql.Command("DELETE FROM grants WHERE id = $1", id), cancellationToken),
            AuditEntry.Change(caller, "grant.remove", SecurableOf(found).Text, new { grant = id, from = found.Principal, privilege = found.Privilege }, found.Branch),
            cancellationToken);
    }

    /// <summary>The grants that the caller may see: all for administrators, else its own and those on what it may grant.</summary>
    public async Task<IReadOnlyList<GrantBody>> ListAsync(Caller caller, string? principal, string? space, long after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await AccessChanges.QueryAsync(
            connection,
            Sql.Command(
                Columns + " WHERE g.id > $1 AND ($2::text IS NULL OR p.name = $2) AND ($3::text IS NULL OR g.namespace = $3 OR t.namespace = $3) ORDER BY g.id LIMIT $4",
                after, principal, space is null ? null : NamespaceName.ParseDotted(space).Text, caller.IsOperator ? limit : int.MaxValue),
            Read,
            cancellationToken);
        if (caller.IsOperator)
        {
            return rows.ConvertAll(r => r.Body);
        }

        var rights = await access.RightsAsync(caller, cancellationToken);
        return rows.Where(r => caller.Memberships.Contains(r.PrincipalId) || rights.MayGrant(Privilege.Grant, SecurableOf(r.Body), r.Body.Branch)).Select(r => r.Body).Take(limit).ToList();
    }

    async Task<GrantBody> GetAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        (await ListAsync(caller, principal: null, space: null, id - 1, 1, cancellationToken)) is [var found, ..] && found.Id == id ? found : throw new ApiException(404, $"Grant does not exist: {id}", "NoSuchGrantException");

    async Task<(Securable Securable, string? Namespace, Guid? TableId)> FindAsync(Caller caller, GrantRequest request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.Namespace))
        {
            return string.IsNullOrEmpty(request.Table) ? (Securable.Lake, null, null) : throw CatalogErrors.BadRequest("namespace is missing: a table lies in one");
        }

        var space = NamespaceName.ParseDotted(request.Namespace);
        if (string.IsNullOrEmpty(request.Table))
        {
            // A namespace need not be there yet: what is granted holds once it is.
            return (Securable.Namespace(space), space.Text, null);
        }

        var view = await views.ResolveAsync(LakeRef.Parse(request.On), cancellationToken);
        var name = TableName.Parse(space, request.Table);
        var pointer = await lookup.FindAsync(view, name, cancellationToken);
        return pointer is not null && await access.MayAsync(caller, Privilege.Describe, pointer.AsSecurable(), view, cancellationToken)
            ? (pointer.AsSecurable(), null, pointer.TableId) : throw CatalogErrors.NoSuchTable(name);
    }

    async Task DemandGrantAsync(Caller caller, Privilege privilege, Securable securable, string? branch, CancellationToken cancellationToken)
    {
        cache.Forget();
        var rights = await access.RightsAsync(caller, cancellationToken);
        if (!rights.MayGrant(privilege, securable, branch))
        {
            throw CatalogErrors.Forbidden($"{caller.Name} may give or take {privilege.Text()} on {securable.Text} only where it holds that and grant itself, on {branch ?? "all branches"}.");
        }
    }

    static Securable SecurableOf(GrantBody body) => body switch
    {
        { TableId: { } id } => Securable.Object(new TableName(body.Namespace is { } space ? NamespaceName.ParseDotted(space) : NamespaceName.FromDatabase("?"), body.Table ?? id.ToString()), id, owner: null),
        { Namespace: { } space } => Securable.Namespace(NamespaceName.ParseDotted(space)),
        _ => Securable.Lake,
    };

    static (Guid PrincipalId, GrantBody Body) Read(NpgsqlDataReader row)
    {
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        var space = Text(4) ?? Text(5);
        return (row.GetGuid(11), new GrantBody(
            row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), space is null ? null : NamespaceName.FromDatabase(space).Dotted, Text(6), row.IsDBNull(7) ? null : row.GetGuid(7), Text(8),
            row.GetFieldValue<DateTimeOffset>(9), row.GetString(10)));
    }
}
