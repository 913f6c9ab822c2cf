using LakeAspire.Catalog.Access.Audit;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Access.Principals;
using LakeAspire.Catalog.Access.Tokens;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Access.People;

/// <summary>Somebody who is signed in, and a token of theirs.</summary>
internal sealed record SignedIn(Guid Session, string Name, string? DisplayName, bool Administrator, DateTimeOffset ExpiresAt, string Token, DateTimeOffset TokenExpiresAt);

/// <summary>Signs people in and out. A session is a row here: it outlives the portal's process, and ends for all instances at once.</summary>
internal sealed class PeopleStore(
    AccessChanges changes, AccessCache cache, CatalogReads reads, SignInThrottle throttle, TokenIssuer issuer, AuditLog audit, IOptions<AccessOptions> options, TimeProvider time)
{
    const int MaxName = 256;

    /// <summary>The same answer to a wrong password, an unknown user and one who may not sign in.</summary>
    static readonly Func<ApiException> Refused = () => new ApiException(401, "The name or the password is not right.", "NotAuthorizedException");

    public async Task<SignedIn> ByPasswordAsync(string user, string password, string address, CancellationToken cancellationToken)
    {
        user = user.Length > MaxName ? user[..MaxName] : user;
        if (await throttle.WaitAsync(user, address, cancellationToken) is { } wait)
        {
            throw new ApiException(429, $"Too many attempts failed; try again in {Math.Ceiling(wait.TotalSeconds)} seconds.", "TooManyRequestsException");
        }

        var found = await reads.QueryAsync(db => db.Set<PrincipalRow>().FirstOrDefaultAsync(p => p.Name == user && p.Kind == PrincipalKinds.User, cancellationToken), cancellationToken);
        var isRight = await Passwords.IsAsync(password, found?.Password, cancellationToken);
        if (!isRight || found is not { DisabledAt: null, DeletedAt: null })
        {
            await throttle.FailedAsync(user, address, cancellationToken);
            await audit.WriteAsync(new AuditEntry(found?.Id, NamespaceName.Shown(user), "sign-in", AuditEntry.Denied, "portal", Branch: null, Detail(address, "password")), cancellationToken);
            throw Refused();
        }

        await throttle.SucceededAsync(user, address, cancellationToken);
        return await BeginAsync(found, "password", address, cancellationToken);
    }

    /// <summary>Signs in whom a provider vouches for: by what the provider calls them, never by a name that they chose there.</summary>
    public async Task<SignedIn> ByProviderAsync(string issuerName, string subject, string? name, string? displayName, string address, CancellationToken cancellationToken)
    {
        var found = await reads.QueryAsync(
            db => db.Set<PrincipalRow>().FirstOrDefaultAsync(p => p.Issuer == issuerName && p.Subject == subject && p.Kind == PrincipalKinds.User, cancellationToken), cancellationToken);
        found ??= options.Value.SignUp ? await SignUpAsync(issuerName, subject, name, displayName, cancellationToken) : null;
        if (found is not { DisabledAt: null, DeletedAt: null })
        {
            await audit.WriteAsync(
                new AuditEntry(found?.Id, NamespaceName.Shown(found?.Name ?? subject), "sign-in", AuditEntry.Denied, "portal", Branch: null, Detail(address, "openid")), cancellationToken);
            throw new ApiException(403, "Nobody here goes with this account; ask an administrator.", "ForbiddenException");
        }

        return await BeginAsync(found, "openid", address, cancellationToken);
    }

    /// <summary>A fresh token for a session, whose end moves on.</summary>
    /// <exception cref="ApiException">401 when the session is over.</exception>
    public async Task<SignedIn> ContinueAsync(Guid session, CancellationToken cancellationToken)
    {
        var now = StoredTime.Now(time);
        var row = await reads.QueryAsync(
            async db => await db.Set<SignInSessionRow>().Where(s => s.Id == session && s.EndedAt == null && s.ExpiresAt > now)
                .ExecuteUpdateAsync(
                    s => s.SetProperty(r => r.LastSeenAt, now).SetProperty(r => r.ExpiresAt, r => r.CreatedAt + options.Value.SessionLifetime < now + options.Value.SessionIdle
                        ? r.CreatedAt + options.Value.SessionLifetime : now + options.Value.SessionIdle),
                    cancellationToken) == 1
                ? await db.Set<SignInSessionRow>().FirstAsync(s => s.Id == session, cancellationToken) : null,
            cancellationToken) ?? throw Over();
        cache.Forget();
        return await TokenOfAsync(row, cancellationToken);
    }

    public Task EndAsync(Guid session, CancellationToken cancellationToken) => changes.MakeAsync(
        async (connection, at) => await AccessChanges.QueryAsync(
            connection,
            Sql.Command("UPDATE sign_in_sessions s SET ended_at = $2 FROM principals p WHERE s.id = $1 AND s.ended_at IS NULL AND p.id = s.principal_id RETURNING p.id, p.name", session, at),
            r => (Id: r.GetGuid(0), Name: r.GetString(1)),
            cancellationToken),
        ended => ended is [var one] ? new AuditEntry(one.Id, one.Name, "sign-out", AuditEntry.Changed, "portal", Branch: null) : null,
        cancellationToken);

    /// <summary>Changes one's own password; all other sessions of the user end.</summary>
    public async Task ChangePasswordAsync(Caller caller, string old, string next, CancellationToken cancellationToken)
    {
        var found = caller.Id is not { } id ? null
            : await reads.QueryAsync(db => db.Set<PrincipalRow>().FirstOrDefaultAsync(p => p.Id == id && p.Kind == PrincipalKinds.User, cancellationToken), cancellationToken);
        var address = "own";
        if (await throttle.WaitAsync(caller.Name, address, cancellationToken) is not null || !await Passwords.IsAsync(old, found?.Password, cancellationToken))
        {
            await throttle.FailedAsync(caller.Name, address, cancellationToken);
            throw CatalogErrors.Forbidden("The old password is not right, or there is none.");
        }

        var digest = await Passwords.HashAsync(next, cancellationToken);
        await changes.MakeAsync(
            async (connection, at) =>
            {
                await AccessChanges.ExecuteAsync(connection, Sql.Command("UPDATE sign_in_sessions SET ended_at = $2 WHERE principal_id = $1 AND ended_at IS NULL", found!.Id, at), cancellationToken);
                return await AccessChanges.ExecuteAsync(connection, Sql.Command("UPDATE principals SET password = $2 WHERE id = $1", found.Id, digest), cancellationToken);
            },
            AuditEntry.Change(caller, "password.change", PrincipalStore.Text(PrincipalKinds.User, caller.Name)),
            cancellationToken);
    }

    async Task<SignedIn> BeginAsync(PrincipalRow user, string method, string address, CancellationToken cancellationToken)
    {
        var now = StoredTime.Now(time);
        var end = now + (options.Value.SessionIdle < options.Value.SessionLifetime ? options.Value.SessionIdle : options.Value.SessionLifetime);
        var row = new SignInSessionRow { Id = Guid.NewGuid(), PrincipalId = user.Id, Method = method, Address = address, CreatedAt = now, LastSeenAt = now, ExpiresAt = end };
        await changes.MakeAsync(
            (connection, _) => AccessChanges.ExecuteAsync(
                connection,
                Sql.Command(
                    "INSERT INTO sign_in_sessions (id, principal_id, method, address, created_at, last_seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    row.Id, row.PrincipalId, method, address, now, now, end),
                cancellationToken),
            new AuditEntry(user.Id, user.Name, "sign-in", AuditEntry.Allowed, "portal", Branch: null, Detail(address, method)),
            cancellationToken);
        return await TokenOfAsync(row, cancellationToken);
    }

    async Task<SignedIn> TokenOfAsync(SignInSessionRow row, CancellationToken cancellationToken)
    {
        var state = await cache.PrincipalAsync(row.PrincipalId, cancellationToken) is { IsEnabled: true } found ? found : throw Over();
        var token = await issuer.IssueAsync(state, new CredentialState(row.Id, row.PrincipalId, Hash: null, row.ExpiresAt, IsRevoked: false), cancellationToken);
        var shown = await reads.QueryAsync(db => db.Set<PrincipalRow>().Where(p => p.Id == row.PrincipalId).Select(p => p.DisplayName).FirstOrDefaultAsync(cancellationToken), cancellationToken);
        return new SignedIn(row.Id, state.Name, shown, state.IsAdministrator, row.ExpiresAt, token.Token, token.ExpiresAt);
    }

    /// <summary>Makes a user of somebody who was never here, with no right at all. A name that is taken is not given: it might have rights.</summary>
    async Task<PrincipalRow?> SignUpAsync(string issuerName, string subject, string? name, string? displayName, CancellationToken cancellationToken)
    {
        string parsed;
        try
        {
            parsed = PrincipalNames.Parse(name?.ToLowerInvariant());
        }
        catch (ApiException)
        {
            return null;
        }

        var id = Guid.CreateVersion7();
        var made = await changes.MakeAsync(
            (connection, at) => AccessChanges.ExecuteAsync(
                connection,
                Sql.Command(
                    "INSERT INTO principals (id, kind, name, display_name, issuer, subject, created_at, created_by) VALUES ($1, 'user', $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                    id, parsed, displayName is { Length: > 200 } ? displayName[..200] : displayName, issuerName, subject, at, BuiltIn.Itself),
                cancellationToken),
            count => count == 1 ? new AuditEntry(id, parsed, "principal.create", AuditEntry.Changed, PrincipalStore.Text(PrincipalKinds.User, parsed), Branch: null) : null,
            cancellationToken);
        return made == 1 ? await reads.QueryAsync(db => db.Set<PrincipalRow>().FirstOrDefaultAsync(p => p.Id == id, cancellationToken), cancellationToken) : null;
    }

    static string Detail(string address, string method) => System.Text.Json.JsonSerializer.Serialize(new { address, method });

    static ApiException Over() => new(401, "This session is over; sign in again.", "NotAuthorizedException");
}
