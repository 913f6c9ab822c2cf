using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Merging;
using LakeAspire.Catalog.Naming;
using Npgsql;

namespace LakeAspire.Catalog.History;

/// <summary>Reads the commits that led to a state of the lake: the branch's own, and its parent's from before it started.</summary>
internal sealed class LogReads(NpgsqlDataSource database)
{
    const int ShownTables = 100;

    /// <summary>A page of the log, newest first.</summary>
    /// <param name="view">The state.</param>
    /// <param name="table">Only commits that changed this one; null = all.</param>
    /// <param name="before">Only commits before this one; null = from the newest on.</param>
    /// <param name="limit">How many.</param>
    /// <param name="rights">Who may not describe the whole lake sees the commits to what may be described, and messages that can name nothing else.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<LogBody> ReadAsync(LakeView view, Guid? table, long? before, int limit, Rights rights, CancellationToken cancellationToken)
    {
        var commits = new List<LogEntryBody>();
        await using (var command = database.CreateCommand(
            $"""
            SELECT c.id, c.at, b.name, c.author, c.message, c.kind, c.run_id, m.name, c.merged_commit FROM commits c
            JOIN {ViewSql.Rows(view.Levels)} ON c.branch_id = l.branch AND c.id <= l.upto
            JOIN branches b ON b.id = c.branch_id LEFT JOIN branches m ON m.id = c.merged_branch_id
            WHERE c.id < $1 AND ($2::uuid IS NULL OR EXISTS (SELECT 1 FROM pointers p WHERE p.table_id = $2 AND p.branch_id = c.branch_id AND (p.from_commit = c.id OR p.to_commit = c.id)))
            ORDER BY c.id DESC LIMIT $3
            """))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = before ?? long.MaxValue });
            command.Parameters.Add(new NpgsqlParameter { Value = (object?)table ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
            command.Parameters.Add(new NpgsqlParameter { Value = limit + 1 });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                commits.Add(new LogEntryBody(
                    reader.GetInt64(0),
                    reader.GetFieldValue<DateTimeOffset>(1),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.GetString(4),
                    reader.GetString(5),
                    reader.IsDBNull(6) ? null : reader.GetInt64(6),
                    reader.IsDBNull(7) ? null : reader.GetString(7),
                    reader.IsDBNull(8) ? null : reader.GetInt64(8),
                    Changed: 0,
                    []));
            }
        }

        var page = commits.Take(limit).ToList();
        var changed = await ChangedAsync(view, page.ConvertAll(commit => commit.Id), cancellationToken);
        var everything = rights.MayEverywhere(Privilege.Describe, view.Branch);
        return new LogBody(page.Select(commit => Shown(commit, changed[commit.Id].ToList(), everything, rights, view.Branch)).OfType<LogEntryBody>().ToList(), commits.Count > limit ? page[^1].Id : null);
    }

    static LogEntryBody? Shown(LogEntryBody commit, List<Touched> touched, bool everything, Rights rights, string branch)
    {
        if (everything)
        {
            return commit with { Changed = touched.FirstOrDefault()?.Count ?? 0, Tables = touched.ConvertAll(item => item.Body) };
        }

        var seen = touched.Where(item => rights.May(Privilege.Describe, item.Securable, branch)).Select(item => item.Body).ToList();
        return seen.Count == 0 ? null : commit with { Changed = seen.Count, Tables = seen, Message = seen.Count == touched[0].Count ? commit.Message : "" };
    }

    sealed record Touched(long Commit, int Count, LogTableBody Body, Securable Securable);

    async Task<ILookup<long, Touched>> ChangedAsync(LakeView view, List<long> ids, CancellationToken cancellationToken)
    {
        // What a thing was before: the branch's own last word on it, else that of the layers below. Before tombstones were kept, a drop is the end of a pointer that nothing follows.
        await using var command = database.CreateCommand(
            $"""
            WITH l AS (SELECT * FROM {ViewSql.Rows(view.Levels)}), touched AS (
                SELECT p.from_commit AS commit, p.table_id, p.owner, p.kind, p.namespace, p.name, p.dropped, o.namespace AS was_in, o.name AS was, coalesce(o.dropped, true) AS was_gone
                FROM pointers p JOIN l ON p.branch_id = l.branch AND p.from_commit <= l.upto
                LEFT JOIN LATERAL (SELECT q.namespace, q.name, q.dropped FROM l AS under JOIN pointers q ON q.branch_id = under.branch AND q.from_commit <= under.upto
                    WHERE q.table_id = p.table_id AND q.from_commit < p.from_commit AND under.depth >= l.depth ORDER BY under.depth, q.from_commit DESC LIMIT 1) AS o ON true
                WHERE p.from_commit = ANY ($1)
                UNION ALL
                SELECT p.to_commit, p.table_id, p.owner, p.kind, p.namespace, p.name, true, p.namespace, p.name, false FROM pointers p JOIN l ON p.branch_id = l.branch
                WHERE p.to_commit = ANY ($1) AND NOT p.dropped AND NOT EXISTS (SELECT 1 FROM pointers n WHERE n.table_id = p.table_id AND n.branch_id = p.branch_id AND n.from_commit = p.to_commit))
            SELECT commit, namespace, name, kind, CASE WHEN dropped THEN 'dropped' WHEN was_gone THEN 'created' WHEN (was_in, was) <> (namespace, name) THEN 'renamed' ELSE 'changed' END, total, table_id, owner
            FROM (SELECT t.*, count(*) OVER (PARTITION BY t.commit) AS total, row_number() OVER (PARTITION BY t.commit ORDER BY t.namespace, t.name) AS number FROM touched t) AS n
            WHERE number <= {ShownTables} ORDER BY commit, namespace, name
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = ids.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<Touched>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (space, name, kind) = (NamespaceName.FromDatabase(reader.GetString(1)), reader.GetString(2), (PointerKind)reader.GetInt32(3));
            var owner = reader.IsDBNull(7) ? null : reader.GetString(7);
            found.Add(new Touched(
                reader.GetInt64(0),
                (int)reader.GetInt64(5),
                new LogTableBody(space.Dotted, name, MergeConflict.KindOf(kind), reader.GetString(4)),
                kind == PointerKind.Namespace ? Securable.Namespace(NamespaceName.Within(space.Text, name), owner) : Securable.Object(new TableName(space, name), reader.GetGuid(6), owner, kind == PointerKind.View)));
        }

        return found.ToLookup(item => item.Commit);
    }
}
