using LakeAspire.Catalog.Access.Audit;
using LakeAspire.Catalog.Access.Principals;
using LakeAspire.Catalog.Commits;
using LakeAspire.ServiceDefaults.Authentication;
using LakeAspire.ServiceDefaults.Errors;
using Npgsql;

namespace LakeAspire.Catalog.Access.Keys;

/// <summary>A key that is to be made. Who asks gets one of its own when it names nobody.</summary>
internal sealed record ApiKeyRequest(string? Principal, string? Name, double? ExpiresInDays);

/// <summary>How long the old key is valid beside the new one.</summary>
internal sealed record RotateRequest(int? OverlapSeconds);

/// <summary>A key as it is shown. <c>Key</c> is the secret itself, in the answer that makes it and never again.</summary>
internal sealed record ApiKeyBody(
    Guid Id, string Principal, string Name, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, string? Key = null);

/// <summary>API keys: for services and tools. People make their own, administrators anybody's.</summary>
internal sealed class ApiKeyStore(AccessChanges changes, PrincipalStore principals, NpgsqlDataSource database)
{
    const int MaxKeys = 50;
    const double MaxDays = 3660;
    const int MaxOverlap = 30 * 24 * 3600;
    const string Columns = """
        SELECT k.id, p.name, k.name, k.created_at, k.created_by, k.expires_at, k.last_used_at, k.revoked_at FROM api_keys k JOIN principals p ON p.id = k.principal_id
        """;
    const string Insert = "INSERT INTO api_keys (id, principal_id, name, hash, created_at, created_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";

    public async Task<ApiKeyBody> CreateAsync(Caller caller, ApiKeyRequest request, CancellationToken cancellationToken)
    {
        var owner = request.Principal ?? (caller.Id is null ? throw CatalogErrors.BadRequest("principal is missing: whose key is it?") : caller.Name);
        RefuseOthers(caller, owner);
        var principal = await principals.GetAsync(owner, cancellationToken);
        if (PrincipalKinds.HasMembers(principal.Kind))
        {
            throw CatalogErrors.BadRequest($"a {principal.Kind} has no keys; make one for a user or service in it");
        }

        if (request.ExpiresInDays is { } days && !(days is > 0 and <= MaxDays))
        {
            throw CatalogErrors.BadRequest($"expiresInDays must be more than 0 and at most {MaxDays}");
        }

        var name = ApiBodies.Required(request.Name, "name", 100);
        return await AddAsync(caller, principal.Id, owner, name, at => at + (request.ExpiresInDays is { } d ? TimeSpan.FromDays(d) : null), "api-key.create", replaces: null, overlap: null, cancellationToken);
    }

    /// <summary>Makes another key in place of one, which is valid for a while still, so that nothing stops working meanwhile.</summary>
    public async Task<ApiKeyBody> RotateAsync(Caller caller, Guid id, RotateRequest request, CancellationToken cancellationToken)
    {
        var old = await GetAsync(caller, id, cancellationToken);
        if (old.RevokedAt is not null)
        {
            throw new ApiException(409, "This key was revoked: make a new one.", "ConflictException");
        }

        var overlap = request.OverlapSeconds switch
        {
            null => TimeSpan.FromHours(1),
            >= 0 and <= MaxOverlap => TimeSpan.FromSeconds(request.OverlapSeconds.Value),
            _ => throw CatalogErrors.BadRequest($"overlapSeconds must be between 0 and {MaxOverlap}"),
        };
        var principal = await principals.GetAsync(old.Principal, cancellationToken);
        return await AddAsync(
            caller, principal.Id, old.Principal, old.Name, at => old.ExpiresAt is { } end ? at + (end - old.CreatedAt) : null, "api-key.rotate", id, overlap, cancellationToken);
    }

    public async Task RevokeAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        var found = await GetAsync(caller, id, cancellationToken);
        await changes.MakeAsync(
            (connection, at) => AccessChanges.ExecuteAsync(connection, Sql.Command("UPDATE api_keys SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1", id, at), cancellationToken),
            AuditEntry.Change(caller, "api-key.revoke", "key " + id, new { of = found.Principal, found.Name }),
            cancellationToken);
    }

    /// <summary>The keys of somebody, or of all.</summary>
    public async Task<IReadOnlyList<ApiKeyBody>> ListAsync(Caller caller, string? principal, CancellationToken cancellationToken)
    {
        principal ??= caller.IsOperator ? null : caller.Name;
        if (principal is not null)
        {
            RefuseOthers(caller, principal);
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await AccessChanges.QueryAsync(connection, Sql.Command(Columns + " WHERE $1::text IS NULL OR p.name = $1 ORDER BY p.name, k.created_at", principal), Read, cancellationToken);
    }

    async Task<ApiKeyBody> GetAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await AccessChanges.QueryAsync(connection, Sql.Command(Columns + " WHERE k.id = $1", id), Read, cancellationToken) is [var found] && (caller.IsOperator || found.Principal == caller.Name)
            ? found : throw new ApiException(404, $"Key does not exist: {id}", "NoSuchKeyException");
    }

    async Task<ApiKeyBody> AddAsync(
        Caller caller, Guid principalId, string owner, string name, Func<DateTimeOffset, DateTimeOffset?> expires, string action, Guid? replaces, TimeSpan? overlap, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        var text = ApiKeyText.Create(id);
        _ = ApiKeyText.TryParse(text, out _, out var secret);
        return await changes.MakeAsync(
            async (connection, at) =>
            {
                var count = await AccessChanges.QueryAsync(
                    connection, Sql.Command("SELECT count(*) FROM api_keys WHERE principal_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)", principalId, at), r => r.GetInt64(0), cancellationToken);
                if (count[0] >= MaxKeys)
                {
                    throw new ApiException(409, $"{owner} has {MaxKeys} keys already: revoke some.", "ConflictException");
                }

                var end = expires(at);
                await AccessChanges.ExecuteAsync(connection, Sql.Command(Insert, id, principalId, name, ApiKeyText.Hash(secret!), at, caller.Name, end), cancellationToken);
                if (replaces is { } old)
                {
                    await AccessChanges.ExecuteAsync(connection, Sql.Command("UPDATE api_keys SET expires_at = least(expires_at, $2) WHERE id = $1", old, at + overlap), cancellationToken);
                }

                return new ApiKeyBody(id, owner, name, at, caller.Name, end, LastUsedAt: null, RevokedAt: null, text);
            },
            made => AuditEntry.Change(caller, action, "key " + made.Id, new { of = owner, name, made.ExpiresAt, replaces }),
            cancellationToken);
    }

    static void RefuseOthers(Caller caller, string owner)
    {
        if (!caller.IsOperator && owner != caller.Name)
        {
            throw CatalogErrors.Forbidden("Only administrators see and make the keys of others.");
        }
    }

    static ApiKeyBody Read(NpgsqlDataReader row)
    {
        DateTimeOffset? Time(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
        return new ApiKeyBody(row.GetGuid(0), row.GetString(1), row.GetString(2), Time(3)!.Value, row.GetString(4), Time(5), Time(6), Time(7));
    }
}
