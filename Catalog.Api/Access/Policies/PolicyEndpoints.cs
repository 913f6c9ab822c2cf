using System.Text.Json;
using LakeAspire.Catalog.Access.Audit;
using LakeAspire.Catalog.Access.Principals;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Authentication;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Access.Policies;

/// <summary><c>/api/policies</c>: row filters and column masks. They belong to the table, on every branch; former versions stand in the audit log.</summary>
internal static class PolicyEndpoints
{
    const string One = "/api/policies/{ns}/{table}";

    public static void MapPolicies(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/policies", async (CatalogReads reads, LakeViews views, TableLookup lookup, CancellationToken cancellationToken) =>
        {
            var rows = await reads.QueryAsync(db => db.Set<TablePolicyRow>().OrderBy(p => p.TableId).ToListAsync(cancellationToken), cancellationToken);
            var tables = await lookup.ByIdsAsync(await views.ResolveAsync(LakeRef.Main, cancellationToken), rows.Select(r => r.TableId).ToList(), cancellationToken);
            var bodies = new List<PolicyBody>();
            foreach (var row in rows)
            {
                bodies.Add(await BodyOfAsync(row, tables.GetValueOrDefault(row.TableId) is { } pointer ? TableLookup.NameOf(pointer) : null, reads, cancellationToken));
            }

            return Results.Json(new { policies = bodies });
        });
        routes.MapGet(One, GetAsync).ForPrincipals();
        routes.MapPut(One, PutAsync).ForPrincipals();
        routes.MapDelete(One, DeleteAsync).ForPrincipals();
    }

    static async Task<IResult> GetAsync(
        string ns, string table, string? branch, Caller caller, IAccess access, LakeViews views, TableLookup lookup, CatalogReads reads, CancellationToken cancellationToken)
    {
        var (pointer, _) = await FindAsync(ns, table, branch, caller, access, views, lookup, cancellationToken);
        var row = await reads.QueryAsync(db => db.Set<TablePolicyRow>().FirstOrDefaultAsync(p => p.TableId == pointer.TableId, cancellationToken), cancellationToken) ?? throw NoSuchPolicy(pointer);
        return Results.Json(await BodyOfAsync(row, TableLookup.NameOf(pointer), reads, cancellationToken));
    }

    static async Task<IResult> PutAsync(
        string ns, string table, string? branch, Caller caller, HttpRequest request, IAccess access, LakeViews views, TableLookup lookup, MetadataFiles files, CatalogReads reads, PrincipalStore principals,
        AccessChanges changes, CancellationToken cancellationToken)
    {
        var body = await ApiBodies.ReadAsync<PolicyRequest>(request, cancellationToken);
        var (pointer, securable) = await FindAsync(ns, table, branch, caller, access, views, lookup, cancellationToken);
        if (pointer.Kind != PointerKind.Table)
        {
            throw CatalogErrors.BadRequest($"{TableLookup.NameOf(pointer)} is not a table: give the tables that it reads a policy");
        }

        var metadata = await files.ReadAsync(pointer.MetadataLocation, cancellationToken);
        var columns = metadata.CurrentSchema.Fields.Select(f => f.Name).ToList();
        var masks = body.Masks ?? [];
        if (body.RowFilter is { } filter && PolicySql.Problem(filter, columns) is { } problem)
        {
            throw CatalogErrors.BadRequest($"rowFilter {problem}");
        }

        foreach (var (column, expression) in masks)
        {
            if (!columns.Contains(column, StringComparer.Ordinal))
            {
                throw CatalogErrors.BadRequest($"masks name a column that the table has not: {NamespaceName.Shown(column)}");
            }

            if (PolicySql.Problem(expression, columns) is { } wrong)
            {
                throw CatalogErrors.BadRequest($"the mask of {column} {wrong}");
            }
        }

        if (body.RowFilter is null && masks.Count == 0)
        {
            throw CatalogErrors.BadRequest("a policy needs a rowFilter or masks; DELETE removes one");
        }

        var bound = await IdsAsync(body.Bound, principals, cancellationToken);
        var exempt = await IdsAsync(body.Exempt, principals, cancellationToken);
        var version = await changes.MakeAsync(
            async (connection, at) => (await AccessChanges.QueryAsync(
                connection,
                Sql.Command(
                    """
                    INSERT INTO table_policies (table_id, version, row_filter, masks, bound, exempt, updated_at, updated_by) VALUES ($1, 1, $2, $3::jsonb, $4, $5, $6, $7)
                    ON CONFLICT (table_id) DO UPDATE SET version = table_policies.version + 1, row_filter = excluded.row_filter, masks = excluded.masks, bound = excluded.bound,
                        exempt = excluded.exempt, updated_at = excluded.updated_at, updated_by = excluded.updated_by
                    RETURNING version
                    """,
                    pointer.TableId, body.RowFilter, JsonSerializer.Serialize(masks), bound, exempt, at, caller.Name),
                r => r.GetInt32(0),
                cancellationToken))[0],
            version => AuditEntry.Change(caller, "policy.set", securable.Text, new { table = pointer.TableId, version, body.RowFilter, masks, bound = body.Bound ?? [], exempt = body.Exempt ?? [] }),
            cancellationToken);
        var row = await reads.QueryAsync(db => db.Set<TablePolicyRow>().FirstAsync(p => p.TableId == pointer.TableId, cancellationToken), cancellationToken);
        return Results.Json(await BodyOfAsync(row, TableLookup.NameOf(pointer), reads, cancellationToken), statusCode: version == 1 ? 201 : 200);
    }

    static async Task<IResult> DeleteAsync(
        string ns, string table, string? branch, Caller caller, IAccess access, LakeViews views, TableLookup lookup, AccessChanges changes, CancellationToken cancellationToken)
    {
        var (pointer, securable) = await FindAsync(ns, table, branch, caller, access, views, lookup, cancellationToken);
        await changes.MakeAsync(
            async (connection, _) => await AccessChanges.ExecuteAsync(connection, Sql.Command("DELETE FROM table_policies WHERE table_id = $1", pointer.TableId), cancellationToken) == 1 ? 1 : throw NoSuchPolicy(pointer),
            AuditEntry.Change(caller, "policy.remove", securable.Text, new { table = pointer.TableId }),
            cancellationToken);
        return Results.NoContent();
    }

    /// <summary>A policy holds on every branch: who sets it must be able to manage the table on <c>main</c>, or, when it is not there, wherever it is.</summary>
    static async Task<(PointerRow Pointer, Securable Securable)> FindAsync(
        string ns, string table, string? branch, Caller caller, IAccess access, LakeViews views, TableLookup lookup, CancellationToken cancellationToken)
    {
        var name = TableName.Parse(NamespaceName.ParseDotted(ns), table);
        var view = await views.ResolveAsync(LakeRef.Parse(branch), cancellationToken);
        var pointer = await lookup.FindAsync(view, name, cancellationToken) ?? throw CatalogErrors.NoSuchTable(name);
        await access.DemandAsync(caller, Privilege.Manage, pointer.AsSecurable(), view, cancellationToken);
        if (view.Branch != BranchRow.Main && (await lookup.ByIdsAsync(await views.ResolveAsync(LakeRef.Main, cancellationToken), [pointer.TableId], cancellationToken)).GetValueOrDefault(pointer.TableId) is { } onMain)
        {
            await access.DemandAsync(caller, Privilege.Manage, onMain.AsSecurable(), BranchRow.Main, cancellationToken);
        }

        // Whom a policy binds cannot lift it.
        if (await access.PolicyAsync(caller, pointer.TableId, cancellationToken) is not null && !caller.IsOperator)
        {
            throw CatalogErrors.Forbidden($"The policy of {name} binds {caller.Name}, who therefore cannot change it.");
        }

        return (pointer, pointer.AsSecurable());
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

    static async Task<PolicyBody> BodyOfAsync(TablePolicyRow row, TableName? name, CatalogReads reads, CancellationToken cancellationToken)
    {
        var ids = row.Bound.Concat(row.Exempt).ToList();
        var names = await reads.QueryAsync(db => db.Set<PrincipalRow>().Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Name, cancellationToken), cancellationToken);
        return new PolicyBody(
            row.TableId, name?.Namespace.Dotted, name?.Name, row.Version, row.RowFilter, JsonSerializer.Deserialize<Dictionary<string, string>>(row.Masks) ?? [],
            row.Bound.Select(names.GetValueOrDefault).OfType<string>().ToList(), row.Exempt.Select(names.GetValueOrDefault).OfType<string>().ToList(), row.UpdatedAt, row.UpdatedBy);
    }

    static ApiException NoSuchPolicy(PointerRow pointer) => new(404, $"{TableLookup.NameOf(pointer)} has no row filter and no masks", "NoSuchPolicyException");

    sealed record PolicyRequest(string? RowFilter, Dictionary<string, string>? Masks, IReadOnlyList<string>? Bound, IReadOnlyList<string>? Exempt);

    sealed record PolicyBody(
        Guid TableId, string? Namespace, string? Table, int Version, string? RowFilter, Dictionary<string, string> Masks, IReadOnlyList<string> Bound, IReadOnlyList<string> Exempt,
        DateTimeOffset UpdatedAt, string UpdatedBy);
}
