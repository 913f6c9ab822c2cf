using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using Npgsql;

namespace LakeAspire.Catalog.Branches;

/// <summary>
/// Keeps a state of the lake while it is looked at whether its files are there: a tag without a name that anybody could ask for. Whatever asks what branches and tags need sees it. What a process leaves that dies is
/// dropped as other tags are whose retention is over.
/// </summary>
internal sealed class BranchPins(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>What names of pins begin with, and no others.</summary>
    public const string Mark = "~";

    static readonly TimeSpan Hold = TimeSpan.FromHours(1);

    // Under this lock a purge is decided: it was, or it sees the pin.
    const string LockLocations = "SELECT pg_advisory_xact_lock(7272)";
    const string Insert = """
        INSERT INTO branches (name, kind, parent_id, parent_commit, created_at, created_by, is_protected, expires_at) VALUES ($1, 1, $2, $3, $4, 'catalog', false, $5) RETURNING id
        """;
    const string Delete = "DELETE FROM branches WHERE id = $1 AND starts_with(name, '~')";

    /// <summary>Pins a state, by the branch and the commit that a branch from there would start at.</summary>
    public async Task<int> TakeAsync(BranchLevel start, CancellationToken cancellationToken)
    {
        var now = StoredTime.Now(time);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await Backup.StoredTables.QueryAsync(connection, LockLocations, _ => 0, cancellationToken);
        var id = (await Backup.StoredTables.QueryAsync(connection, Insert, r => r.GetInt32(0), cancellationToken, $"{Mark}{Guid.CreateVersion7():n}", start.BranchId, start.Commit ?? 0, now, now + Hold))[0];
        await transaction.CommitAsync(cancellationToken);
        return id;
    }

    /// <summary>Lets a state go.</summary>
    public async Task ReleaseAsync(int pin)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
            await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Sql.Command(Delete, pin) } };
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // What was made of it is made all the same; the pin goes when its time is over.
        }
    }
}
