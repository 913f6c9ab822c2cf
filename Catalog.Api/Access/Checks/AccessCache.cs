using System.Collections.Concurrent;
using LakeAspire.Catalog.Access.Principals;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Access.Policies;
using Npgsql;

namespace LakeAspire.Catalog.Access.Checks;

/// <summary>
/// Principals, credentials and policies as the database has them. The number in <c>access_version</c> grows with each change; it is asked for at most every <see cref="Fresh"/>, and
/// when it has grown everything kept is forgotten. So a change holds here at once when it was made here, and within that time when it was made by another instance.
/// Where the database does not answer there is no answer here: nobody is let in by what was true once.
/// </summary>
internal sealed class AccessCache(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>For how long the version is taken to be the current one.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(400);

    /// <summary>After which everything is read anew whatever the version says: where a granted table lies now is not part of it.</summary>
    static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    const int MaxEntries = 20_000;

    readonly SemaphoreSlim one = new(1, 1);
    volatile Generation? current;
    int forgotten;

    /// <summary>A principal; null when there is none.</summary>
    public async Task<CallerState?> PrincipalAsync(Guid id, CancellationToken cancellationToken)
    {
        var generation = await CurrentAsync(cancellationToken);
        return await generation.ReadAsync(("p", id.ToString()), () => AccessReads.PrincipalAsync(database, id), cancellationToken);
    }

    /// <summary>A principal by its name.</summary>
    public async Task<CallerState?> PrincipalAsync(string name, CancellationToken cancellationToken)
    {
        var generation = await CurrentAsync(cancellationToken);
        var id = await generation.ReadAsync(("n", name), () => AccessReads.IdOfAsync(database, name), cancellationToken);
        return id is { } found ? await PrincipalAsync(found, cancellationToken) : null;
    }

    /// <summary>An API key, or the session of somebody signed in.</summary>
    public async Task<CredentialState?> CredentialAsync(Guid id, CancellationToken cancellationToken)
    {
        var generation = await CurrentAsync(cancellationToken);
        return await generation.ReadAsync(("c", id.ToString()), () => AccessReads.CredentialAsync(database, id), cancellationToken);
    }

    /// <summary>The policies of a table.</summary>
    public async Task<IReadOnlyList<StoredPolicy>> PoliciesAsync(Guid tableId, CancellationToken cancellationToken)
    {
        // There are few policies and many tables: all of them at once.
        var generation = await CurrentAsync(cancellationToken);
        var all = await generation.ReadAsync(("t", ""), () => AccessReads.PoliciesAsync(database), cancellationToken);
        return all?.GetValueOrDefault(tableId) ?? [];
    }

    /// <summary>Forgets everything: something was changed here.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref forgotten);
        current = null;
    }

    async ValueTask<Generation> CurrentAsync(CancellationToken cancellationToken)
    {
        if (current is { } known && time.GetElapsedTime(known.CheckedAt) < Fresh)
        {
            return known;
        }

        await one.WaitAsync(cancellationToken);
        try
        {
            known = current;
            if (known is not null && time.GetElapsedTime(known.CheckedAt) < Fresh)
            {
                return known;
            }

            while (true)
            {
                var before = Volatile.Read(ref forgotten);
                var now = time.GetTimestamp();
                await using var command = database.CreateCommand("SELECT version FROM access_version WHERE id = 1");
                var version = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
                var keeps = known is not null && known.Version == version && known.Count < MaxEntries && time.GetElapsedTime(known.Since) < MaxAge;
                var next = keeps ? known! : new Generation(version, now);
                next.CheckedAt = now;
                if (before != Volatile.Read(ref forgotten))
                {
                    known = null;
                    continue;
                }

                current = next;
                return next;
            }
        }
        finally
        {
            one.Release();
        }
    }

    sealed class Generation(long version, long since)
    {
        readonly ConcurrentDictionary<(string Kind, string Key), Lazy<Task>> entries = new();
        long checkedAt;

        public long Version => version;

        public long Since => since;

        public long CheckedAt
        {
            get => Volatile.Read(ref checkedAt);
            set => Volatile.Write(ref checkedAt, value);
        }

        public int Count => entries.Count;

        /// <summary>Reads once for all who ask at the same time; a failure is not kept.</summary>
        public async Task<T?> ReadAsync<T>((string Kind, string Key) key, Func<Task<T?>> read, CancellationToken cancellationToken)
        {
            var entry = entries.GetOrAdd(key, _ => new Lazy<Task>(read));
            try
            {
                return await ((Task<T?>)entry.Value).WaitAsync(cancellationToken);
            }
            catch
            {
                if (entry.Value.IsFaulted)
                {
                    entries.TryRemove(KeyValuePair.Create(key, entry));
                }

                throw;
            }
        }
    }
}
