using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Naming;
using Npgsql;

namespace LakeAspire.Catalog.Recovery;

/// <summary>The purges that are to come, and what became of others.</summary>
internal sealed class Purges(NpgsqlDataSource database)
{
    const string List = """
        SELECT u.id, u.table_id, p.namespace, p.name, b.name, p.dropped, u.location, u.due_at, u.state, u.files, u.error, u.finished_at
        FROM purges u JOIN branches b ON b.id = u.branch_id
        CROSS JOIN LATERAL (SELECT n.namespace, n.name, n.dropped FROM pointers n WHERE n.branch_id = u.branch_id AND n.table_id = u.table_id AND n.from_commit = u.commit_id ORDER BY n.id DESC LIMIT 1) AS p
        WHERE $1 = '' OR u.state = $1 ORDER BY u.due_at DESC, u.id DESC LIMIT $2
        """;

    /// <param name="state">One of <see cref="PurgeStates"/>; null = all.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<PurgeBody>> ListAsync(string? state, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await Backup.StoredTables.QueryAsync(
            connection,
            List,
            r => new PurgeBody(
                r.GetInt64(0),
                r.GetGuid(1),
                NamespaceName.FromDatabase(r.GetString(2)).Dotted,
                r.GetString(3),
                r.GetString(4),
                r.GetBoolean(5) ? "dropped" : "branch",
                r.GetString(6),
                r.GetFieldValue<DateTimeOffset>(7),
                r.GetString(8),
                r.GetInt64(9),
                r.IsDBNull(10) ? null : r.GetString(10),
                r.IsDBNull(11) ? null : r.GetFieldValue<DateTimeOffset>(11)),
            cancellationToken,
            state ?? "",
            limit);
    }
}
