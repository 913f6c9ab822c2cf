using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Idempotency;

/// <summary>The keys in the database, and the answers that they stand for. One that has expired counts as absent.</summary>
internal sealed class IdempotencyKeys(NpgsqlDataSource database, IOptions<CatalogOptions> options, TimeProvider time)
{
    // A key that has expired but was not swept gives way. Whoever gets no row back came too late.
    const string Add = """
        INSERT INTO idempotency_keys (key, fingerprint, status, content, expires_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status, content = excluded.content, commit_id = NULL, expires_at = excluded.expires_at
        WHERE idempotency_keys.expires_at <= $6 RETURNING 1
        """;

    /// <summary>How long a key is kept.</summary>
    public TimeSpan Lifetime => options.Value.IdempotencyKeyLifetime;

    /// <summary>The statement by which a commit takes its key; it answers a row if the key was free.</summary>
    public static (string Text, object?[] Parameters) Claim(KeyClaim claim, DateTimeOffset now) =>
        (Add, [claim.Key, claim.Fingerprint, claim.Status, claim.Content, now + claim.Lifetime, now]);

    /// <summary>The statement by which a commit that is not made after all gives its key back.</summary>
    public static NpgsqlBatchCommand Release(KeyClaim claim) => Sql.Command("DELETE FROM idempotency_keys WHERE key = $1", claim.Key);

    /// <summary>The statement that says which commit took the key.</summary>
    public static NpgsqlBatchCommand Name(KeyClaim claim, long commitId) => Sql.Command("UPDATE idempotency_keys SET commit_id = $2 WHERE key = $1", claim.Key, commitId);

    /// <summary>The answer that a key stands for, or null.</summary>
    public Task<IdempotencyKeyRow?> FindAsync(Guid key, CancellationToken cancellationToken) => TransientRetry.RunAsync(time, async () =>
    {
        await using var command = Command("SELECT fingerprint, status, content, commit_id, expires_at FROM idempotency_keys WHERE key = $1 AND expires_at > $2", key, StoredTime.Now(time));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new IdempotencyKeyRow
            {
                Key = key,
                Fingerprint = reader.GetFieldValue<byte[]>(0),
                Status = reader.GetInt32(1),
                Content = reader.IsDBNull(2) ? null : reader.GetString(2),
                CommitId = reader.IsDBNull(3) ? null : reader.GetInt64(3),
                ExpiresAt = reader.GetFieldValue<DateTimeOffset>(4),
            }
            : null;
    }, cancellationToken);

    /// <summary>Keeps an answer that no commit goes with; false when there is one already.</summary>
    public async Task<bool> AddAsync(IdempotentCall call, int status, string? content, CancellationToken cancellationToken)
    {
        var now = StoredTime.Now(time);
        var (text, parameters) = Claim(new KeyClaim(call.Key, call.Fingerprint, status, content, Lifetime), now);
        await using var command = Command(text, parameters);
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    /// <summary>Takes the key of the request that is being served, if it has one, for an answer that no commit goes with, before it is given.</summary>
    /// <param name="content">Of the answer what is needed to give it again.</param>
    /// <exception cref="ServiceDefaults.Errors.ApiException">Another request with the key was answered first.</exception>
    public async Task TakeAsync(string content)
    {
        if (IdempotentCall.Current is { } call)
        {
            call.Claim();
            if (!await AddAsync(call, call.Success, content, CancellationToken.None))
            {
                throw new ServiceDefaults.Errors.ApiException(409, "The key was used by another request.", KeptAnswers.KeyUsed);
            }
        }
    }

    /// <summary>Removes keys that have expired.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var command = Command("DELETE FROM idempotency_keys WHERE expires_at <= $1", StoredTime.Now(time));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    NpgsqlCommand Command(string text, params object?[] parameters)
    {
        var command = database.CreateCommand(text);
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }
}
