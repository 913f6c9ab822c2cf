using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using Npgsql;

namespace LakeAspire.Catalog.Access.People;

/// <summary>
/// Slows guessing down without locking anybody out: what fails counts against the address, and against the pair of address and user, never against the user alone, whom an attacker
/// could shut out otherwise. A user who is guessed at from many addresses is slowed for addresses from which nobody signed in as that user before.
/// </summary>
internal sealed class SignInThrottle(NpgsqlDataSource database, TimeProvider time)
{
    const int PairFailures = 5;
    const int AddressFailures = 40;
    const int StrangerFailures = 50;
    static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);
    const string Read = "SELECT key, failures, since, blocked_until FROM sign_in_throttles WHERE key = ANY ($1)";
    const string Fail = """
        INSERT INTO sign_in_throttles (key, failures, since) SELECT k, 1, $2 FROM unnest($1::text[]) AS k
        ON CONFLICT (key) DO UPDATE SET failures = CASE WHEN sign_in_throttles.since < $3 THEN 1 ELSE sign_in_throttles.failures + 1 END,
            since = CASE WHEN sign_in_throttles.since < $3 THEN $2 ELSE sign_in_throttles.since END
        RETURNING key, failures
        """;
    const string Block = "UPDATE sign_in_throttles SET blocked_until = $2 WHERE key = $1";
    const string Known = "INSERT INTO sign_in_throttles (key, failures, since) VALUES ($1, 0, $2) ON CONFLICT (key) DO UPDATE SET since = excluded.since";

    /// <summary>How long this user must wait at this address; null when not at all.</summary>
    public async Task<TimeSpan?> WaitAsync(string user, string address, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var now = time.GetUtcNow();
        var rows = await AccessChanges.QueryAsync(
            connection,
            Sql.Command(Read, (object)new[] { Pair(user, address), Address(address), Stranger(user), KnownPair(user, address) }),
            r => (Key: r.GetString(0), Until: r.IsDBNull(3) ? (DateTimeOffset?)null : r.GetFieldValue<DateTimeOffset>(3)),
            cancellationToken);
        var isKnown = rows.Exists(r => r.Key == KnownPair(user, address));
        return rows.Where(r => r.Until > now && !(isKnown && r.Key == Stranger(user))).Select(r => (TimeSpan?)(r.Until!.Value - now)).Max();
    }

    public async Task FailedAsync(string user, string address, CancellationToken cancellationToken)
    {
        var now = StoredTime.Now(time);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var counts = await AccessChanges.QueryAsync(
            connection, Sql.Command(Fail, new[] { Pair(user, address), Address(address), Stranger(user) }, now, now - Window), r => (Key: r.GetString(0), Failures: r.GetInt32(1)), cancellationToken);
        foreach (var (key, failures) in counts)
        {
            var over = failures - (key == Pair(user, address) ? PairFailures : key == Address(address) ? AddressFailures : StrangerFailures);
            if (over >= 0)
            {
                var wait = TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, Math.Pow(2, Math.Min(over, 12))));
                await AccessChanges.ExecuteAsync(connection, Sql.Command(Block, key, now + wait), cancellationToken);
            }
        }
    }

    public async Task SucceededAsync(string user, string address, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await AccessChanges.ExecuteAsync(connection, Sql.Command("DELETE FROM sign_in_throttles WHERE key = $1", Pair(user, address)), cancellationToken);
        await AccessChanges.ExecuteAsync(connection, Sql.Command(Known, KnownPair(user, address), StoredTime.Now(time)), cancellationToken);
    }

    static string Pair(string user, string address) => $"pair {address} {user}";

    static string Address(string address) => $"address {address}";

    static string Stranger(string user) => $"stranger {user}";

    static string KnownPair(string user, string address) => $"known {address} {user}";
}
