using LakeAspire.Catalog.Database;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Leases;

/// <summary>
/// Leases by name, on the database's clock, which all instances share. A token is greater than every one before it, and than the time in milliseconds: so it also grows across a restore of an
/// older backup, which forgets tokens that were handed out since.
/// </summary>
internal sealed class LeaseStore(IDbContextFactory<CatalogDb> databases)
{
    /// <summary>Takes a lease that nobody has, whose time is over, or that the same holder has: a process that starts again gets a new token, and fences off what is left of itself.</summary>
    /// <exception cref="ApiException">409 names the holder and the token.</exception>
    public async Task<LeaseRow> AcquireAsync(string name, string holder, TimeSpan ttl, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        while (true)
        {
            var taken = await db.Set<LeaseRow>().FromSql(
                $"""
                INSERT INTO leases AS l (name, holder, token, acquired_at, expires_at)
                VALUES ({name}, {holder}, (extract(epoch FROM clock_timestamp()) * 1000)::bigint, clock_timestamp(), clock_timestamp() + {ttl})
                ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = greatest(l.token + 1, excluded.token), acquired_at = clock_timestamp(), expires_at = clock_timestamp() + {ttl}
                WHERE l.holder IS NULL OR l.holder = excluded.holder OR l.expires_at <= clock_timestamp()
                RETURNING *
                """).AsNoTracking().ToListAsync(cancellationToken);
            if (taken is [var lease])
            {
                return lease;
            }

            if (await FindAsync(db, name, cancellationToken) is { Holder: not null } held)
            {
                throw Held(held);
            }
        }
    }

    /// <summary>Prolongs a lease; one whose time is over, too, as long as nobody has taken it.</summary>
    /// <exception cref="ApiException">404: there is no such lease. 409: it is somebody else's, or was given back.</exception>
    public Task<LeaseRow> RenewAsync(string name, string holder, long token, TimeSpan ttl, CancellationToken cancellationToken) => RenewAsync(name, holder, token, ttl, mayBeOver: true, cancellationToken);

    /// <summary>Prolongs a lease whose time is not over yet: for who may have had to know what happened without it.</summary>
    /// <exception cref="ApiException">404: there is no such lease. 409: it is over, or somebody else's.</exception>
    public Task<LeaseRow> ProlongAsync(string name, string holder, long token, TimeSpan ttl, CancellationToken cancellationToken) => RenewAsync(name, holder, token, ttl, mayBeOver: false, cancellationToken);

    async Task<LeaseRow> RenewAsync(string name, string holder, long token, TimeSpan ttl, bool mayBeOver, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var renewed = await db.Set<LeaseRow>().FromSql(
            $"UPDATE leases SET expires_at = clock_timestamp() + {ttl} WHERE name = {name} AND holder = {holder} AND token = {token} AND ({mayBeOver} OR expires_at > clock_timestamp()) RETURNING *").AsNoTracking().ToListAsync(cancellationToken);
        return renewed is [var lease] ? lease : throw (await FindAsync(db, name, cancellationToken) is { } other ? Held(other) : NoSuchLease(name));
    }

    /// <summary>Gives a lease back; once more does nothing.</summary>
    /// <exception cref="ApiException">404: there is no such lease. 409: it is somebody else's.</exception>
    public async Task ReleaseAsync(string name, string holder, long token, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var released = await db.Database.ExecuteSqlAsync(
            $"UPDATE leases SET holder = NULL, expires_at = clock_timestamp() WHERE name = {name} AND token = {token} AND (holder = {holder} OR holder IS NULL)", cancellationToken);
        if (released == 0)
        {
            throw await FindAsync(db, name, cancellationToken) is { } other ? Held(other) : NoSuchLease(name);
        }
    }

    static Task<LeaseRow?> FindAsync(CatalogDb db, string name, CancellationToken cancellationToken) =>
        db.Set<LeaseRow>().AsNoTracking().FirstOrDefaultAsync(lease => lease.Name == name, cancellationToken);

    static ApiException Held(LeaseRow lease) => new(
        409,
        lease.Holder is { } holder ? $"The lease '{lease.Name}' is held by {holder} with token {lease.Token}." : $"The lease '{lease.Name}' was given back; its last token is {lease.Token}.",
        "LeaseHeldException",
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["conflict"] = LeaseBody.Of(lease) });

    static ApiException NoSuchLease(string name) => new(404, $"There is no lease '{name}'.", "NoSuchLeaseException");
}
