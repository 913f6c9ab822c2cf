using System.Data;
using System.Runtime.CompilerServices;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Lineage.Events;
using LakeAspire.Catalog.Lineage.Ingest;
using LakeAspire.Catalog.Naming;
using Npgsql;

namespace LakeAspire.Catalog.Lineage.Queries;

/// <summary>An edge as a step along the graph finds it.</summary>
internal sealed record FoundEdge(
    long Target, long JobId, Guid? RunId, DateTimeOffset At, string Branch, long? CommitId, long? SnapshotId, string? Version, long? Rows, long Source, short Kind, string? SourceColumn, string? TargetColumn,
    string? Transformations, string? Untraced);

/// <summary>The statements of lineage. All steps of one answer are read in one snapshot of the database.</summary>
internal sealed class LineageReads(NpgsqlDataSource database)
{
    // The last build of each job before the time, unless what it made was replaced since; on a branch also what its parent had.
    const string Current = """
        current AS (
            SELECT m.dataset_id, m.job_id, b.run_id, b.at, b.branch, b.commit_id, b.snapshot_id, b.version, b.rows, b.flow_id FROM makers m
            CROSS JOIN LATERAL (
                SELECT x.* FROM unnest($2::text[], $3::timestamptz[]) AS l (branch, until)
                CROSS JOIN LATERAL (
                    SELECT b.* FROM lineage_builds b WHERE b.dataset_id = m.dataset_id AND b.job_id = m.job_id AND b.branch = l.branch AND b.at <= l.until ORDER BY b.at DESC, b.id DESC LIMIT 1) x
                ORDER BY x.at DESC LIMIT 1) b
            WHERE b.at >= coalesce((
                SELECT max(y.at) FROM unnest($2::text[], $3::timestamptz[]) AS l (branch, until)
                CROSS JOIN LATERAL (
                    SELECT r.at FROM lineage_builds r WHERE r.dataset_id = m.dataset_id AND r.branch = l.branch AND r.replaces AND r.at <= l.until ORDER BY r.at DESC LIMIT 1) y), '-infinity'))
        """;

    const string Columns = "c.dataset_id, c.job_id, c.run_id, c.at, c.branch, c.commit_id, c.snapshot_id, c.version, c.rows, e.source_id, e.kind, e.source_column, e.target_column, e.transformations::text";

    // A dataset and its other names: those of others, and those that the table had before.
    const string Wanted = """
        wanted AS (
            SELECT d.id FROM lineage_datasets d WHERE d.id = ANY ($1)
            UNION SELECT d.id FROM lineage_datasets d WHERE d.canonical_id = ANY ($1)
            UNION SELECT d.id FROM lineage_datasets t JOIN lineage_datasets d ON d.table_id = t.table_id WHERE t.id = ANY ($1))
        """;

    internal const string Upstream = $"""
        WITH {Wanted}, makers AS (SELECT DISTINCT f.dataset_id, f.job_id FROM lineage_flows f WHERE f.dataset_id IN (SELECT id FROM wanted)), {Current}
        SELECT {Columns}, NULL::text FROM current c JOIN lineage_edges e ON e.flow_id = c.flow_id AND e.kind = ANY ($5::smallint[]) ORDER BY e.kind, c.dataset_id, e.id LIMIT $4
        """;

    internal const string Downstream = $"""
        WITH {Wanted}, makers AS (
            SELECT DISTINCT f.dataset_id, f.job_id FROM lineage_edges e JOIN lineage_flows f ON f.id = e.flow_id WHERE e.source_id IN (SELECT id FROM wanted) AND e.kind = 0), {Current}
        SELECT {Columns}, NULL::text FROM current c JOIN lineage_edges e ON e.flow_id = c.flow_id AND e.kind = ANY ($5::smallint[]) AND e.source_id IN (SELECT id FROM wanted)
        ORDER BY e.kind, c.dataset_id, e.id LIMIT $4
        """;

    // Columns of the frontier come as pairs, $1 and $5. Where a maker does not say of what the column is made, the edges between the datasets are given, with the reason.
    const string ColumnPairs = """
        pairs AS (
            SELECT t.id, t.col FROM unnest($1::bigint[], $5::text[]) AS t (id, col)
            UNION SELECT d.id, t.col FROM unnest($1::bigint[], $5::text[]) AS t (id, col) JOIN lineage_datasets d ON d.canonical_id = t.id
            UNION SELECT d.id, t.col FROM unnest($1::bigint[], $5::text[]) AS t (id, col) JOIN lineage_datasets s ON s.id = t.id JOIN lineage_datasets d ON d.table_id = s.table_id)
        """;

    internal const string UpstreamColumns = $"""
        WITH {ColumnPairs}, makers AS (SELECT DISTINCT f.dataset_id, f.job_id FROM lineage_flows f WHERE f.dataset_id IN (SELECT id FROM pairs)), {Current}
        SELECT {Columns}, NULL::text FROM current c JOIN pairs p ON p.id = c.dataset_id JOIN lineage_edges e ON e.flow_id = c.flow_id AND e.kind IN (1, 2) AND (e.target_column = p.col OR e.target_column IS NULL)
        UNION ALL
        SELECT c.dataset_id, c.job_id, c.run_id, c.at, c.branch, c.commit_id, c.snapshot_id, c.version, c.rows, e.source_id, e.kind, NULL, CASE WHEN f.untraced ? p.col OR NOT f.untraced ? '' THEN p.col END, NULL,
            coalesce(f.untraced ->> p.col, f.untraced ->> '', 'whoever reported it did not say of which columns')
        FROM current c JOIN pairs p ON p.id = c.dataset_id JOIN lineage_flows f ON f.id = c.flow_id JOIN lineage_edges e ON e.flow_id = c.flow_id AND e.kind = 0
        WHERE f.untraced ? p.col OR f.untraced ? '' OR NOT EXISTS (SELECT 1 FROM lineage_edges k WHERE k.flow_id = c.flow_id AND k.kind = 1)
        LIMIT $4
        """;

    internal const string DownstreamColumns = $"""
        WITH {ColumnPairs}, makers AS (
            SELECT DISTINCT f.dataset_id, f.job_id FROM lineage_edges e JOIN lineage_flows f ON f.id = e.flow_id WHERE e.source_id IN (SELECT id FROM pairs) AND e.kind = 0), {Current}
        SELECT {Columns}, NULL::text FROM current c JOIN lineage_edges e ON e.flow_id = c.flow_id AND e.kind IN (1, 2) JOIN pairs p ON p.id = e.source_id AND p.col = e.source_column
        UNION ALL
        SELECT c.dataset_id, c.job_id, c.run_id, c.at, c.branch, c.commit_id, c.snapshot_id, c.version, c.rows, e.source_id, e.kind, p.col, u.col, NULL, u.reason
        FROM current c JOIN lineage_flows f ON f.id = c.flow_id JOIN lineage_edges e ON e.flow_id = c.flow_id AND e.kind = 0 JOIN pairs p ON p.id = e.source_id
        CROSS JOIN LATERAL (
            SELECT nullif(t.key, '') AS col, t.value AS reason FROM jsonb_each_text(f.untraced) t
            UNION ALL SELECT NULL, 'whoever reported it did not say of which columns' WHERE NOT EXISTS (SELECT 1 FROM lineage_edges k WHERE k.flow_id = c.flow_id AND k.kind = 1)) u
        LIMIT $4
        """;

    /// <summary>Opens a consistent view of all tables.</summary>
    public async Task<Session> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            return new Session(connection, await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Statements within one view.</summary>
    internal sealed class Session(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public Task<List<FoundEdge>> StepAsync(bool upstream, IReadOnlyCollection<long> frontier, LineageMoment moment, int limit, short[] kinds, CancellationToken cancellationToken) =>
            EdgesAsync(upstream ? Upstream : Downstream, cancellationToken, frontier.ToArray(), moment.Branches.ToArray(), moment.Until.ToArray(), limit, kinds);

        public Task<List<FoundEdge>> StepColumnsAsync(bool upstream, IReadOnlyCollection<(long Dataset, string Column)> frontier, LineageMoment moment, int limit, CancellationToken cancellationToken) =>
            EdgesAsync(
                upstream ? UpstreamColumns : DownstreamColumns, cancellationToken, frontier.Select(f => f.Dataset).ToArray(), moment.Branches.ToArray(), moment.Until.ToArray(), limit,
                frontier.Select(f => f.Column).ToArray());

        /// <summary>Datasets by their ids.</summary>
        public Task<List<StoredDataset>> DatasetsAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken) =>
            ReadAsync($"{SelectDatasets} WHERE id = ANY ($1)", DatasetOf, cancellationToken, ids.ToArray());

        /// <summary>All datasets that are a table: by its name, and by its identity, under whatever name it was known.</summary>
        public Task<List<StoredDataset>> OfTableAsync(TableName table, CancellationToken cancellationToken) => ReadAsync(
            OfTable, DatasetOf, cancellationToken, table.Namespace.Text, table.Name);

        public Task<List<StoredDataset>> OfKeyAsync(DatasetKey key, CancellationToken cancellationToken) =>
            ReadAsync($"{SelectDatasets} WHERE namespace = $1 AND name = $2", DatasetOf, cancellationToken, key.Namespace, key.Name);

        public Task<List<StoredDataset>> SearchAsync(string? text, int limit, CancellationToken cancellationToken) => ReadAsync(
            $"{SelectDatasets} WHERE canonical_id IS NULL AND ($1::text IS NULL OR position(lower($1) IN lower(namespace || ' ' || name)) > 0) ORDER BY table_name IS NULL, namespace, name LIMIT $2",
            DatasetOf, cancellationToken, text, limit);

        public async Task<Dictionary<long, JobKey>> JobsAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken) =>
            (await ReadAsync("SELECT id, namespace, name FROM lineage_jobs WHERE id = ANY ($1)", r => (r.GetInt64(0), new JobKey(r.GetString(1), r.GetString(2))), cancellationToken, ids.ToArray()))
            .ToDictionary(j => j.Item1, j => j.Item2);

        public async Task<List<T>> ReadAsync<T>(string text, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object?[] parameters)
        {
            await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { Sql.Command(text, parameters) } };
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(read(reader));
            }

            return rows;
        }

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }

        Task<List<FoundEdge>> EdgesAsync(string text, CancellationToken cancellationToken, params object?[] parameters) => ReadAsync(
            text,
            r => new FoundEdge(
                r.GetInt64(0), r.GetInt64(1), r.IsDBNull(2) ? null : r.GetGuid(2), r.GetFieldValue<DateTimeOffset>(3), r.GetString(4), Long(r, 5), Long(r, 6), Text(r, 7), Long(r, 8), r.GetInt64(9),
                r.GetInt16(10), Text(r, 11), Text(r, 12), Text(r, 13), Text(r, 14)),
            cancellationToken,
            parameters);

        internal const string OfTable = $"""
            {SelectDatasets} WHERE id IN (
                SELECT id FROM lineage_datasets WHERE table_namespace = $1 AND table_name = $2
                UNION SELECT id FROM lineage_datasets
                WHERE table_id IN (SELECT p.table_id FROM pointers p WHERE p.namespace = $1 AND p.name = $2 AND p.to_commit IS NULL AND p.kind <> 2 AND NOT p.dropped))
            ORDER BY table_namespace = $1 AND table_name = $2 DESC, id
            """;

        const string SelectDatasets = """
            SELECT id, namespace, name, canonical_id, table_namespace, table_name, table_id,
                (SELECT p.owner FROM pointers p WHERE p.table_id = d.table_id ORDER BY p.id DESC LIMIT 1) FROM lineage_datasets d
            """;

        static StoredDataset DatasetOf(NpgsqlDataReader r) => new(
            r.GetInt64(0), new DatasetKey(r.GetString(1), r.GetString(2)), Long(r, 3), r.IsDBNull(4) ? null : new TableName(NamespaceName.FromDatabase(r.GetString(4)), r.GetString(5)),
            r.IsDBNull(6) ? null : r.GetGuid(6))
        {
            Owner = Text(r, 7),
        };
    }

    public static long? Long(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
