using LakeAspire.Catalog.Access.Audit;
using LakeAspire.Catalog.Access.People;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LakeAspire.Catalog.Access.Principals;

/// <summary>What is said of somebody who is to be made, or changed: what is null stays.</summary>
internal sealed record PrincipalRequest(string? Kind = null, string? Name = null, string? DisplayName = null, string? Password = null, string? Issuer = null, string? Subject = null, bool? Disabled = null);

/// <summary>Principals and who is in which group and role.</summary>
internal sealed class PrincipalStore(AccessChanges changes, CatalogReads reads)
{
    const string Insert = """
        INSERT INTO principals (id, kind, name, display_name, issuer, subject, password, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
        """;

    // A disabled or renewed account ends what was signed in with the old one.
    const string EndSessions = "UPDATE sign_in_sessions SET ended_at = $2 WHERE principal_id = $1 AND ended_at IS NULL";
    const string IsAbove = """
        WITH RECURSIVE up (id) AS (SELECT $1::uuid UNION SELECT m.group_id FROM up JOIN memberships m ON m.member_id = up.id) SELECT 1 FROM up WHERE id = $2
        """;

    /// <summary>One that is there.</summary>
    /// <exception cref="ApiException">404 when there is none.</exception>
    public async Task<PrincipalRow> GetAsync(string name, CancellationToken cancellationToken) =>
        await reads.QueryAsync(db => db.Set<PrincipalRow>().FirstOrDefaultAsync(p => p.Name == name && p.DeletedAt == null, cancellationToken), cancellationToken) ?? throw NoSuchPrincipal(name);

    public async Task<PrincipalRow> CreateAsync(Caller caller, PrincipalRequest request, CancellationToken cancellationToken)
    {
        var kind = PrincipalKinds.All.Contains(request.Kind, StringComparer.Ordinal) ? request.Kind! : throw CatalogErrors.BadRequest($"kind must be one of {string.Join(", ", PrincipalKinds.All)}");
        var name = PrincipalNames.Parse(request.Name);
        if (kind != PrincipalKinds.User && (request.Password ?? request.Issuer ?? request.Subject) is not null)
        {
            throw CatalogErrors.BadRequest("only users sign in with a password or at a provider; give services API keys");
        }

        if (request.Issuer is null != request.Subject is null)
        {
            throw CatalogErrors.BadRequest("issuer and subject belong together");
        }

        var password = request.Password is { } text ? await Passwords.HashAsync(text, cancellationToken) : null;
        var id = Guid.CreateVersion7();
        await changes.MakeAsync(
            async (connection, at) =>
                await AccessChanges.ExecuteAsync(
                    connection, Sql.Command(Insert, id, kind, name, Shown(request.DisplayName), request.Issuer, request.Subject, password, at, caller.Name), cancellationToken) == 1
                    ? 1 : throw new ApiException(409, $"The name '{name}', or the subject of the provider, is taken, or was: names are never given twice.", "AlreadyExistsException"),
            AuditEntry.Change(caller, "principal.create", Text(kind, name), new { password = password is not null, request.Issuer, request.Subject }),
            cancellationToken);
        return await GetAsync(name, cancellationToken);
    }

    public async Task<PrincipalRow> UpdateAsync(Caller caller, string name, PrincipalRequest request, CancellationToken cancellationToken)
    {
        var found = await GetAsync(name, cancellationToken);
        RefuseBuiltIn(found);
        var isUser = found.Kind == PrincipalKinds.User;
        if (!isUser && (request.Password ?? request.Issuer ?? request.Subject) is not null)
        {
            throw CatalogErrors.BadRequest("only users sign in with a password or at a provider; give services API keys");
        }

        var password = request.Password is { } text ? await Passwords.HashAsync(text, cancellationToken) : null;
        await changes.MakeAsync(
            async (connection, at) =>
            {
                await AccessChanges.ExecuteAsync(
                    connection,
                    Sql.Command(
                        """
                        UPDATE principals SET display_name = coalesce($2, display_name), password = coalesce($3, password), issuer = coalesce($4, issuer), subject = coalesce($5, subject),
                            disabled_at = CASE WHEN $6::boolean IS NULL THEN disabled_at WHEN $6 THEN coalesce(disabled_at, $7) END WHERE id = $1 AND deleted_at IS NULL
                        """,
                        found.Id, Shown(request.DisplayName), password, request.Issuer, request.Subject, request.Disabled, at),
                    cancellationToken);
                return password is not null || request.Disabled == true ? await AccessChanges.ExecuteAsync(connection, Sql.Command(EndSessions, found.Id, at), cancellationToken) : 0;
            },
            AuditEntry.Change(caller, "principal.update", Text(found.Kind, name), new { request.DisplayName, password = password is not null, request.Issuer, request.Subject, request.Disabled }),
            cancellationToken);
        return await GetAsync(name, cancellationToken);
    }

    /// <summary>Takes everything from somebody, for good. The name stays taken.</summary>
    public async Task DeleteAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        var found = await GetAsync(name, cancellationToken);
        RefuseBuiltIn(found);
        await changes.MakeAsync(
            async (connection, at) =>
            {
                string[] statements =
                [
                    "DELETE FROM grants WHERE principal_id = $1", "DELETE FROM memberships WHERE member_id = $1 OR group_id = $1",
                    "UPDATE principals SET password = NULL, issuer = NULL, subject = NULL WHERE id = $1",
                ];
                foreach (var statement in statements)
                {
                    await AccessChanges.ExecuteAsync(connection, Sql.Command(statement, found.Id), cancellationToken);
                }

                await AccessChanges.ExecuteAsync(connection, Sql.Command(EndSessions, found.Id, at), cancellationToken);
                await AccessChanges.ExecuteAsync(connection, Sql.Command("UPDATE api_keys SET revoked_at = coalesce(revoked_at, $2) WHERE principal_id = $1", found.Id, at), cancellationToken);
                return await AccessChanges.ExecuteAsync(connection, Sql.Command("UPDATE principals SET deleted_at = $2 WHERE id = $1", found.Id, at), cancellationToken);
            },
            AuditEntry.Change(caller, "principal.delete", Text(found.Kind, name)),
            cancellationToken);
    }

    /// <summary>Puts somebody into a group or role; one that would come to be in itself is refused.</summary>
    public async Task AddMemberAsync(Caller caller, string group, string member, CancellationToken cancellationToken)
    {
        var (holder, added) = (await GetAsync(group, cancellationToken), await GetAsync(member, cancellationToken));
        if (!PrincipalKinds.MayHold(holder.Kind, added.Kind))
        {
            throw CatalogErrors.BadRequest($"a {added.Kind} cannot be a member of a {holder.Kind}");
        }

        await changes.MakeAsync(
            async (connection, at) =>
            {
                // Behind the lock of all changes: two halves of a cycle cannot come in at once.
                if ((await AccessChanges.QueryAsync(connection, Sql.Command(IsAbove, holder.Id, added.Id), r => r.GetInt32(0), cancellationToken)).Count > 0)
                {
                    throw CatalogErrors.BadRequest($"{group} is in {member} already, directly or not: it would come to be in itself");
                }

                return await AccessChanges.ExecuteAsync(
                    connection, Sql.Command("INSERT INTO memberships (group_id, member_id, added_at, added_by) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", holder.Id, added.Id, at, caller.Name), cancellationToken);
            },
            AuditEntry.Change(caller, "member.add", Text(holder.Kind, group), new { member }),
            cancellationToken);
    }

    public async Task RemoveMemberAsync(Caller caller, string group, string member, CancellationToken cancellationToken)
    {
        var (holder, removed) = (await GetAsync(group, cancellationToken), await GetAsync(member, cancellationToken));
        await changes.MakeAsync(
            async (connection, _) =>
                await AccessChanges.ExecuteAsync(connection, Sql.Command("DELETE FROM memberships WHERE group_id = $1 AND member_id = $2", holder.Id, removed.Id), cancellationToken) == 1
                    ? 1 : throw new ApiException(404, $"{member} is not a member of {group}", "NoSuchMemberException"),
            AuditEntry.Change(caller, "member.remove", Text(holder.Kind, group), new { member }),
            cancellationToken);
    }

    public static string Text(string kind, string name) => $"{kind} {name}";

    public static ApiException NoSuchPrincipal(string? name) => new(404, $"There is nobody called '{NamespaceName.Shown(name)}'", "NoSuchPrincipalException");

    static string? Shown(string? text) => text is null ? null : ApiBodies.Required(text, "displayName", 200);

    static void RefuseBuiltIn(PrincipalRow row)
    {
        if (row.Id == BuiltIn.Administrators)
        {
            throw CatalogErrors.BadRequest($"the role {row.Name} stays as it is; its members may be changed");
        }
    }
}
