using System.Text.Json;
using LakeAspire.Catalog.Access.Audit;
using LakeAspire.Catalog.Access.Principals;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Authentication;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Access.Policies;

/// <summary>
/// <c>/api/policies</c>: row filters and column masks. They belong to the table, on every branch; a table may have several, by name. Former versions stand in the audit log.
/// </summary>
internal static class PolicyEndpoints
{
    const string OfTable = "/api/policies/{ns}/{table}";
    const string One = OfTable + "/{policy}";
    const int MaxPolicies = 32;

    public static void MapPolicies(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/policies", async (CatalogReads reads, LakeViews views, TableLookup lookup, CancellationToken cancellationToken) =>
        {
            var rows = await reads.QueryAsync(db => db.Set<TablePolicyRow>().OrderBy(p => p.TableId).ThenBy(p => p.Name).ToListAsync(cancellationToken), cancellationToken);
            var tables = await lookup.ByIdsAsync(await views.ResolveAsync(LakeRef.Main, cancellationToken), rows.Select(r => r.TableId).Distinct().ToList(), cancellationToken);
            return Results.Json(new { policies = await BodiesOfAsync(rows, id => tables.GetValueOrDefault(id) is { } pointer ? TableLookup.NameOf(pointer) : null, reads, cancellationToken) });
        });
        routes.MapGet(OfTable, ListAsync).ForPrincipals();
        routes.MapPut(OfTable, PutDefaultAsync).ForPrincipals();
        routes.MapDelete(OfTable, DeleteDefaultAsync).ForPrincipals();
        routes.MapGet(One, GetAsync).ForPrincipals();
        routes.MapPut(One, PutAsync).ForPrincipals();
        routes.MapDelete(One, DeleteAsync).ForPrincipals();
    }

    static async Task<IResult> ListAsync(
        string ns, string table, string? branch, Caller caller, IAccess access, LakeViews views, TableLookup lookup, PolicyTables policies, CatalogReads reads, CancellationToken cancellationToken)
    {
        var pointer = await FindAsync(ns, table, branch, caller, access, views, lookup, policies, cancellationToken);
        var rows = await reads.QueryAsync(db => db.Set<TablePolicyRow>().Where(p => p.TableId == pointer.TableId).OrderBy(p => p.Name).ToListAsync(cancellationToken), cancellationToken);
        return Results.Json(new { policies = await BodiesOfAsync(rows, _ => TableLookup.NameOf(pointer), reads, cancellationToken) });
    }

    static async Task<IResult> GetAsync(
        string ns, string table, string policy, string? branch, Caller caller, IAccess access, LakeViews views, TableLookup lookup, PolicyTables policies, CatalogReads reads, CancellationToken cancellationToken)
    {
        var pointer = await FindAsync(ns, table, branch, caller, access, views, lookup, policies, cancellationToken);
        var row = await reads.QueryAsync(db => db.Set<TablePolicyRow>().FirstOrDefaultAsync(p => p.TableId == pointer.TableId && p.Name == policy, cancellationToken), cancellationToken)
            ?? throw NoSuchPolicy(pointer, policy);
        return Results.Json((await BodiesOfAsync([row], _ => TableLookup.NameOf(pointer), reads, cancellationToken))[0]);
    }

    static Task<IResult> PutDefaultAsync(
        string ns, string table, string? branch, Caller caller, HttpRequest request, IAccess access, LakeViews views, TableLookup lookup, PolicyTables policies, PolicyCheck check, CatalogReads reads,
        PrincipalStore principals, AccessChanges changes, CancellationToken cancellationToken) =>
        PutAsync(ns, table, StoredPolicy.DefaultName, branch, caller, request, access, views, lookup, policies, check, reads, principals, changes, cancellationToken);

    static async Task<IResult> PutAsync(
        string ns, string table, string policy, string? branch, Caller caller, HttpRequest request, IAccess access, LakeViews views, TableLookup lookup, PolicyTables policies, PolicyCheck check, CatalogReads reads,
        PrincipalStore principals, AccessChanges changes, CancellationToken cancellationToken)
    {
        var body = await ApiBodies.ReadAsync<PolicyRequest>(request, cancellationToken);
        if (Lakehouse.Formats.NameRules.PlainProblem(policy) is { } unnameable)
        {
            throw CatalogErrors.BadRequest($"the policy's name {unnameable}");
        }

        var pointer = await FindAsync(ns, table, branch, caller, access, views, lookup, policies, cancellationToken);
        if (pointer.Kind != PointerKind.Table)
        {
            throw CatalogErrors.BadRequest($"{TableLookup.NameOf(pointer)} is not a table: give the tables that it reads a policy");
        }

        var masks = body.Masks ?? [];
        if (body.RowFilter is null && masks.Count == 0)
        {
            throw CatalogErrors.BadRequest("a policy needs a rowFilter or masks; DELETE removes one");
        }

        var columns = await policies.ColumnsAsync(pointer, cancellationToken);
        if (PolicyTables.Problem(body.RowFilter, masks, columns) is { } problem)
        {
            throw CatalogErrors.BadRequest(problem);
        }

        var bound = await IdsAsync(body.Bound, principals, cancellationToken);
        var exempt = await IdsAsync(body.Exempt, principals, cancellationToken);
        var isChecked = await check.IsCheckedAsync(pointer, ForCheck(policy, body.RowFilter, masks, columns.Used, caller), cancellationToken);
        var securable = pointer.AsSecurable();
        var version = await changes.MakeAsync(
            async (connection, at) =>
            {
                var others = (await AccessChanges.QueryAsync(connection, Sql.Command("SELECT count(*) FROM table_policies WHERE table_id = $1 AND name <> $2", pointer.TableId, policy), r => r.GetInt64(0), cancellationToken))[0];
                return others >= MaxPolicies
                    ? throw CatalogErrors.BadRequest($"a table has at most {MaxPolicies} policies")
                    : (await AccessChanges.QueryAsync(
                        connection,
                        Sql.Command(
                            """
                            INSERT INTO table_policies (table_id, name, version, row_filter, masks, bound, exempt, updated_at, updated_by, fields, checked) VALUES ($1, $2, 1, $3, $4::jsonb, $5, $6, $7, $8, $9::jsonb, $10)
                            ON CONFLICT (table_id, name) DO UPDATE SET version = table_policies.version + 1, row_filter = excluded.row_filter, masks = excluded.masks, bound = excluded.bound,
                                exempt = excluded.exempt, updated_at = excluded.updated_at, updated_by = excluded.updated_by, fields = excluded.fields, checked = excluded.checked
                            RETURNING version
                            """,
                            pointer.TableId, policy, body.RowFilter, JsonSerializer.Serialize(masks), bound, exempt, at, caller.Name, StoredPolicy.WriteFields(columns.Used), isChecked),
                        r => r.GetInt32(0),
                        cancellationToken))[0];
            },
            version => AuditEntry.Change(caller, "policy.set", securable.Text, new { table = pointer.TableId, policy, version, body.RowFilter, masks, bound = body.Bound ?? [], exempt = body.Exempt ?? [] }),
            cancellationToken);
        var row = await reads.QueryAsync(db => db.Set<TablePolicyRow>().FirstAsync(p => p.TableId == pointer.TableId && p.Name == policy, cancellationToken), cancellationToken);
        return Results.Json((await BodiesOfAsync([row], _ => TableLookup.NameOf(pointer), reads, cancellationToken))[0], statusCode: version == 1 ? 201 : 200);
    }

    static Task<IResult> DeleteDefaultAsync(
        string ns, string table, string? branch, Caller caller, IAccess access, LakeViews views, TableLookup lookup, PolicyTables policies, AccessChanges changes, CancellationToken cancellationToken) =>
        DeleteAsync(ns, table, StoredPolicy.DefaultName, branch, caller, access, views, lookup, policies, changes, cancellationToken);

    static async Task<IResult> DeleteAsync(
        string ns, string table, string policy, string? branch, Caller caller, IAccess access, LakeViews views, TableLookup lookup, PolicyTables policies, AccessChanges changes, CancellationToken cancellationToken)
    {
        var pointer = await FindAsync(ns, table, branch, caller, access, views, lookup, policies, cancellationToken);
        await changes.MakeAsync(
            async (connection, _) => await AccessChanges.ExecuteAsync(connection, Sql.Command("DELETE FROM table_policies WHERE table_id = $1 AND name = $2", pointer.TableId, policy), cancellationToken) == 1
                ? 1 : throw NoSuchPolicy(pointer, policy),
            AuditEntry.Change(caller, "policy.remove", pointer.AsSecurable().Text, new { table = pointer.TableId, policy }),
            cancellationToken);
        return Results.NoContent();
    }

    /// <summary>
    /// A policy holds on every branch: who sets it must be able to manage the table on <c>main</c>, or, when it is not there, wherever it is. The state of the table whose columns it names, under the name that was asked for.
    /// </summary>
    static async Task<PointerRow> FindAsync(
        string ns, string table, string? branch, Caller caller, IAccess access, LakeViews views, TableLookup lookup, PolicyTables policies, CancellationToken cancellationToken)
    {
        var name = TableName.Parse(NamespaceName.ParseDotted(ns), table);
        var view = await access.ResolveAsync(caller, views, LakeRef.Parse(branch), cancellationToken);
        var pointer = await lookup.FindAsync(view, name, cancellationToken) ?? throw CatalogErrors.NoSuchTable(name);
        await access.DemandAsync(caller, Privilege.Manage, pointer.AsSecurable(), view, cancellationToken);
        var today = await policies.TodayAsync(pointer, cancellationToken);
        if (view.Branch != BranchRow.Main && !ReferenceEquals(today, pointer))
        {
            await access.DemandAsync(caller, Privilege.Manage, today.AsSecurable(), BranchRow.Main, cancellationToken);
        }

        // Whom a policy binds cannot lift it.
        if (await access.PolicyAsync(caller, pointer.TableId, cancellationToken) is not null && !caller.IsOperator)
        {
            throw CatalogErrors.Forbidden($"The policy of {name} binds {caller.Name}, who therefore cannot change it.");
        }

        return today;
    }

    /// <summary>Who asks makes no difference to what is checked: names and types.</summary>
    static BoundPolicy ForCheck(string name, string? rowFilter, Dictionary<string, string> masks, IReadOnlyList<PolicyField> fields, Caller caller)
    {
        string Bound(string expression) => PolicySql.Bind(expression, caller.Name, new HashSet<string>(StringComparer.Ordinal));
        return new BoundPolicy(name, rowFilter is null ? null : Bound(rowFilter), masks.ToDictionary(mask => mask.Key, mask => Bound(mask.Value), StringComparer.Ordinal), fields, Version: 0);
    }

    static async Task<Guid[]> IdsAsync(IReadOnlyList<string>? names, PrincipalStore principals, CancellationToken cancellationToken)
    {
        var ids = new List<Guid>();
        foreach (var name in names ?? [])
        {
            ids.Add((await principals.GetAsync(name, cancellationToken)).Id);
        }

        return [.. ids];
    }

    static async Task<IReadOnlyList<PolicyBody>> BodiesOfAsync(IReadOnlyList<TablePolicyRow> rows, Func<Guid, TableName?> nameOf, CatalogReads reads, CancellationToken cancellationToken)
    {
        var ids = rows.SelectMany(row => row.Bound.Concat(row.Exempt)).Distinct().ToList();
        var names = await reads.QueryAsync(db => db.Set<PrincipalRow>().Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Name, cancellationToken), cancellationToken);
        return
        [
            .. rows.Select(row => new PolicyBody(
                row.TableId, nameOf(row.TableId)?.Namespace.Dotted, nameOf(row.TableId)?.Name, row.Name, row.Version, row.RowFilter, JsonSerializer.Deserialize<Dictionary<string, string>>(row.Masks) ?? [],
                row.Bound.Select(names.GetValueOrDefault).OfType<string>().ToList(), row.Exempt.Select(names.GetValueOrDefault).OfType<string>().ToList(), row.Checked, StoredPolicy.ReadFields(row.Fields), row.UpdatedAt,
                row.UpdatedBy)),
        ];
    }

    static ApiException NoSuchPolicy(PointerRow pointer, string policy) => new(404, $"{TableLookup.NameOf(pointer)} has no policy '{NamespaceName.Shown(policy)}'", "NoSuchPolicyException");

    sealed record PolicyRequest(string? RowFilter, Dictionary<string, string>? Masks, IReadOnlyList<string>? Bound, IReadOnlyList<string>? Exempt);

    sealed record PolicyBody(
        Guid TableId, string? Namespace, string? Table, string Name, int Version, string? RowFilter, Dictionary<string, string> Masks, IReadOnlyList<string> Bound, IReadOnlyList<string> Exempt, bool Checked,
        IReadOnlyList<PolicyField>? Fields, DateTimeOffset UpdatedAt, string UpdatedBy);
}
