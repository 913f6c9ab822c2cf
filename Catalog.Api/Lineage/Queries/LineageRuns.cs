using System.Globalization;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Lineage.Ingest;
using LakeAspire.Catalog.Naming;
using Npgsql;

namespace LakeAspire.Catalog.Lineage.Queries;

/// <summary>Runs of jobs, and by which of them a version of a table came to be.</summary>
internal sealed class LineageRuns(LineageReads reads, IAccess access)
{
    const string Select = """
        SELECT r.id, j.namespace, j.name, r.branch, r.state, r.started_at, r.ended_at, r.commit_id, r.parent_run_id, r.error FROM lineage_runs r JOIN lineage_jobs j ON j.id = r.job_id
        """;

    /// <summary>Runs, the newest first: of a job, of a table, or all.</summary>
    public async Task<IReadOnlyList<LineageRunBody>> ListAsync(Caller caller, string? jobNamespace, string? job, TableName? table, int limit, CancellationToken cancellationToken)
    {
        await using var session = await reads.OpenAsync(cancellationToken);
        var runs = await session.ReadAsync(
            $"""
            {Select} WHERE ($1::text IS NULL OR j.namespace = $1) AND ($2::text IS NULL OR j.name = $2)
                AND ($3::text IS NULL OR EXISTS (
                    SELECT 1 FROM lineage_run_datasets x JOIN lineage_datasets d ON d.id = x.dataset_id JOIN lineage_datasets c ON c.id = coalesce(d.canonical_id, d.id)
                    WHERE x.run_id = r.id AND c.table_namespace = $3 AND c.table_name = $4))
            ORDER BY r.started_at DESC, r.id LIMIT $5
            """,
            RunOf, cancellationToken, jobNamespace, job, table?.Namespace.Text, table?.Name, limit);
        return await WithDatasetsAsync(session, caller, runs, branch: null, cancellationToken);
    }

    /// <summary>One run; null when there is none that the caller may see.</summary>
    public async Task<LineageRunBody?> FindAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await reads.OpenAsync(cancellationToken);
        var runs = await session.ReadAsync($"{Select} WHERE r.id = $1", RunOf, cancellationToken, id);
        return (await WithDatasetsAsync(session, caller, runs, branch: null, cancellationToken)).FirstOrDefault();
    }

    /// <summary>How a version of a table came to be: of a snapshot, or of the newest as of a moment.</summary>
    public async Task<LineageVersionBody?> VersionAsync(Caller caller, TableName table, long? snapshot, LineageMoment moment, CancellationToken cancellationToken)
    {
        var body = new LineageTableBody(table.Namespace.Dotted, table.Name);
        await using var session = await reads.OpenAsync(cancellationToken);
        var rights = await access.RightsAsync(caller, cancellationToken);
        var of = await session.OfTableAsync(table, cancellationToken);
        var commits = await session.ReadAsync(
            """
            SELECT p.table_id, p.snapshot_id, c.id, b.name, c.at, c.author, c.message, p.owner FROM pointers p JOIN commits c ON c.id = p.from_commit JOIN branches b ON b.id = p.branch_id
            JOIN unnest($4::text[], $5::timestamptz[]) AS l (branch, until) ON l.branch = b.name AND c.at <= l.until
            WHERE p.table_id IN (SELECT table_id FROM pointers WHERE namespace = $1 AND name = $2 AND kind <> 2) AND NOT p.dropped AND ($3::bigint IS NULL OR p.snapshot_id = $3)
            ORDER BY CASE WHEN $3::bigint IS NULL THEN -c.id ELSE c.id END LIMIT 1
            """,
            r => (TableId: r.GetGuid(0), Snapshot: LineageReads.Long(r, 1), Commit: r.GetInt64(2), Branch: r.GetString(3), At: r.GetFieldValue<DateTimeOffset>(4), Author: r.GetString(5), Message: r.GetString(6), Owner: LineageReads.Text(r, 7)),
            cancellationToken, table.Namespace.Text, table.Name, snapshot, moment.Branches.ToArray(), moment.Until.ToArray());
        var tableId = commits is [var first, ..] ? first.TableId : of.Select(d => d.TableId).FirstOrDefault(id => id is not null);
        var securable = tableId is { } known ? Securable.Object(table, known, commits is [var owned, ..] ? owned.Owner : null) : Securable.Namespace(table.Namespace);
        if (!rights.May(Privilege.Describe, securable, moment.Branch))
        {
            return null;
        }

        snapshot ??= commits is [var newest, ..] ? newest.Snapshot : null;
        var runs = await session.ReadAsync(
            $"""
            {Select} WHERE r.id = (
                SELECT b.run_id FROM lineage_builds b JOIN unnest($3::text[], $4::timestamptz[]) AS l (branch, until) ON l.branch = b.branch AND b.at <= l.until
                WHERE b.dataset_id = ANY ($1) AND ($2::bigint IS NULL OR b.snapshot_id = $2) AND b.run_id IS NOT NULL ORDER BY b.at DESC, b.id DESC LIMIT 1)
            """,
            RunOf, cancellationToken, of.Select(d => d.Id).ToArray(), snapshot, moment.Branches.ToArray(), moment.Until.ToArray());
        var run = (await WithDatasetsAsync(session, caller, runs, moment.Branch, cancellationToken)).FirstOrDefault();
        return commits is [var commit, ..]
            ? new LineageVersionBody(body, Id(commit.Snapshot), commit.Commit, commit.Branch, commit.At, commit.Author, commit.Message, run)
            : run is null ? null : new LineageVersionBody(body, Id(snapshot), run.CommitId, run.Branch, run.EndedAt, null, null, run);
    }

    async Task<IReadOnlyList<LineageRunBody>> WithDatasetsAsync(LineageReads.Session session, Caller caller, List<LineageRunBody> runs, string? branch, CancellationToken cancellationToken)
    {
        var rows = await session.ReadAsync(
            "SELECT run_id, dataset_id, is_output, version, snapshot_id, rows, bytes, files FROM lineage_run_datasets WHERE run_id = ANY ($1)",
            r => (Run: r.GetGuid(0), Dataset: r.GetInt64(1), IsOutput: r.GetBoolean(2), Version: LineageReads.Text(r, 3), Snapshot: LineageReads.Long(r, 4), Rows: LineageReads.Long(r, 5),
                Bytes: LineageReads.Long(r, 6), Files: LineageReads.Long(r, 7)),
            cancellationToken, runs.Select(r => r.Id).ToArray());
        var rights = await access.RightsAsync(caller, cancellationToken);
        var byRun = rows.ToLookup(r => r.Run);
        if (branch is null)
        {
            // What was done on a branch is for those who may see the things there.
            var shown = new List<LineageRunBody>();
            foreach (var group in runs.GroupBy(r => r.Branch, StringComparer.Ordinal))
            {
                shown.AddRange(await WithDatasetsAsync(session, caller, [.. group], group.Key, cancellationToken));
            }

            return [.. shown.OrderBy(r => runs.FindIndex(run => run.Id == r.Id))];
        }

        var datasets = new DatasetGroups(session, rights, branch);
        await datasets.AddAsync(rows.Select(r => r.Dataset), cancellationToken);

        // The name of a job may tell of a table: who may see none of what it writes does not see its run.
        return [.. runs
            .Where(run => rights.MayEverywhere(Privilege.Describe, branch) || byRun[run.Id].Any(d => datasets.Of(d.Dataset)?.Table is not null && byRun[run.Id].Where(o => o.IsOutput).All(o => datasets.Of(o.Dataset) is not null)))
            .Select(run => run with { Inputs = Side(run.Id, isOutput: false), Outputs = Side(run.Id, isOutput: true) })];

        IReadOnlyList<LineageRunDatasetBody> Side(Guid run, bool isOutput) =>
            [.. byRun[run].Where(d => d.IsOutput == isOutput && datasets.Of(d.Dataset) is not null)
                .Select(d => (Row: d, Dataset: datasets.Of(d.Dataset)!))
                .OrderBy(d => d.Dataset.Key.Namespace, StringComparer.Ordinal).ThenBy(d => d.Dataset.Key.Name, StringComparer.Ordinal)
                .Select(d => new LineageRunDatasetBody(
                    d.Dataset.Key.Namespace, d.Dataset.Key.Name, LineageGraph.TableOf(d.Dataset), d.Row.Version ?? Id(d.Row.Snapshot), Id(d.Row.Snapshot), d.Row.Rows, d.Row.Bytes, d.Row.Files))];
    }

    static LineageRunBody RunOf(NpgsqlDataReader r) => new(
        r.GetGuid(0), new LineageJobBody(r.GetString(1), r.GetString(2)), r.GetString(3), r.GetString(4), r.GetFieldValue<DateTimeOffset>(5), r.IsDBNull(6) ? null : r.GetFieldValue<DateTimeOffset>(6),
        LineageReads.Long(r, 7), r.IsDBNull(8) ? null : r.GetGuid(8), LineageReads.Text(r, 9), [], []);

    static string? Id(long? id) => id?.ToString(CultureInfo.InvariantCulture);
}
