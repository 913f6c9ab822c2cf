using System.Security.Cryptography;
using LakeAspire.Catalog.Access.Audit;
using LakeAspire.Catalog.Access.Principals;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace LakeAspire.Catalog.Access.Tokens;

/// <summary>A key that verifies tokens, and signs them while it is the newest.</summary>
internal sealed record SigningKey(string Id, ECDsaSecurityKey Public, ECDsaSecurityKey? Private, DateTimeOffset CreatedAt, DateTimeOffset? RetiredAt);

/// <summary>
/// The keys of the tokens. All instances share them through the database. After a rotation the old key signs no more at the instance that rotated at once, at the others within
/// <see cref="Fresh"/>; it goes on verifying until every token that it signed has expired.
/// </summary>
internal sealed class SigningKeys(NpgsqlDataSource database, AccessChanges changes, KeySeal seal, IOptions<AccessOptions> options, TimeProvider time, ILogger<SigningKeys> logger)
{
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(20);
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);
    const string All = "SELECT id, public_key, private_key, created_at, retired_at FROM signing_keys WHERE retired_at IS NULL OR retired_at > $1 ORDER BY created_at DESC";

    readonly SemaphoreSlim one = new(1, 1);
    volatile Loaded? loaded;

    /// <summary>The key that signs now; made when there is none, or when the last one is too old.</summary>
    public async Task<SigningKey> CurrentAsync(CancellationToken cancellationToken)
    {
        if (Newest(await LoadAsync(Fresh, cancellationToken)) is { } key)
        {
            return key;
        }

        await RotateAsync(new Caller(Id: null, BuiltIn.Itself, IsOperator: true, []), force: false, cancellationToken);
        return Newest(await LoadAsync(TimeSpan.Zero, cancellationToken)) ?? throw new InvalidOperationException("There is no key to sign with.");
    }

    /// <summary>The key with an id, if it verifies still.</summary>
    public async Task<SigningKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await LoadAsync(Fresh, cancellationToken)).FirstOrDefault(k => k.Id == id) ?? (await LoadAsync(Pause, cancellationToken)).FirstOrDefault(k => k.Id == id);

    /// <summary>All keys that verify.</summary>
    public Task<IReadOnlyList<SigningKey>> ListAsync(CancellationToken cancellationToken) => LoadAsync(Pause, cancellationToken);

    /// <summary>Makes another key sign from now on. Unless forced, only when that is due.</summary>
    public async Task<string?> RotateAsync(Caller caller, bool force, CancellationToken cancellationToken)
    {
        var made = await changes.MakeAsync(
            async (connection, at) =>
            {
                var keys = await AccessChanges.QueryAsync(connection, Sql.Command(All, Oldest(at)), Read, cancellationToken);
                return force || Newest(keys) is null ? await AddAsync(connection, at, cancellationToken) : null;
            },
            id => id is null ? null : AuditEntry.Change(caller, "signing-key.rotate", "lake", new { key = id }),
            cancellationToken);
        loaded = null;
        if (made is not null)
        {
            AccessLog.KeyRotated(logger, made);
        }

        return made;
    }

    static async Task<string> AddAsync(NpgsqlConnection connection, DateTimeOffset at, KeySeal seal, CancellationToken cancellationToken)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = pair.ExportSubjectPublicKeyInfo();
        var id = Base64UrlEncoder.Encode(SHA256.HashData(publicKey))[..22];
        await AccessChanges.ExecuteAsync(connection, Sql.Command("UPDATE signing_keys SET retired_at = $1, private_key = NULL WHERE retired_at IS NULL", at), cancellationToken);
        await AccessChanges.ExecuteAsync(
            connection,
            Sql.Command("INSERT INTO signing_keys (id, public_key, private_key, created_at) VALUES ($1, $2, $3, $4)", id, publicKey, seal.Seal(pair.ExportPkcs8PrivateKey(), id), at),
            cancellationToken);
        return id;
    }

    Task<string> AddAsync(NpgsqlConnection connection, DateTimeOffset at, CancellationToken cancellationToken) => AddAsync(connection, at, seal, cancellationToken);

    SigningKey? Newest(IReadOnlyList<SigningKey> keys) => keys.FirstOrDefault(k => k is { RetiredAt: null, Private: not null } && k.CreatedAt + options.Value.KeyRotation > time.GetUtcNow());

    DateTimeOffset Oldest(DateTimeOffset now) => now - options.Value.TokenLifetime - Margin;

    async Task<IReadOnlyList<SigningKey>> LoadAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        if (loaded is { } known && time.GetElapsedTime(known.At) < maxAge)
        {
            return known.Keys;
        }

        await one.WaitAsync(cancellationToken);
        try
        {
            if (loaded is { } other && time.GetElapsedTime(other.At) < maxAge)
            {
                return other.Keys;
            }

            var at = time.GetTimestamp();
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            var keys = await AccessChanges.QueryAsync(connection, Sql.Command(All, Oldest(time.GetUtcNow())), Read, cancellationToken);
            loaded = new Loaded(keys, at);
            return keys;
        }
        finally
        {
            one.Release();
        }
    }

    SigningKey Read(NpgsqlDataReader row)
    {
        var id = row.GetString(0);
        var publicKey = ECDsa.Create();
        publicKey.ImportSubjectPublicKeyInfo(row.GetFieldValue<byte[]>(1), out _);
        ECDsaSecurityKey? privateKey = null;
        if (!row.IsDBNull(2))
        {
            if (seal.Open(row.GetFieldValue<byte[]>(2), id) is { } opened)
            {
                var pair = ECDsa.Create();
                pair.ImportPkcs8PrivateKey(opened, out _);
                privateKey = new ECDsaSecurityKey(pair) { KeyId = id };
            }
            else
            {
                AccessLog.KeySealed(logger, id);
            }
        }

        return new SigningKey(
            id, new ECDsaSecurityKey(publicKey) { KeyId = id }, privateKey, row.GetFieldValue<DateTimeOffset>(3), row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4));
    }

    sealed record Loaded(IReadOnlyList<SigningKey> Keys, long At);
}
