using System.Globalization;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Lineage.Events;
using LakeAspire.Catalog.Lineage.Sending;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Lineage.Ingest;

/// <summary>
/// Takes events in, each in one transaction: the event as it came, what its run is by now, the edges that follow, and its copy for the outbox. The same event again changes nothing; events of a
/// run may come in any order, since what they say is folded (<see cref="RunDocument"/>) and what follows from it is worked out anew.
/// </summary>
internal sealed class LineageStore(NpgsqlDataSource database, DatasetNames names, OutboxSignal signal, IOptions<LineageOptions> options, TimeProvider time)
{
    const int Attempts = 5;

    /// <summary>Job of what datasets say of themselves.</summary>
    static readonly JobKey NoJob = new("", "");

    /// <summary>Takes an event in.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="reporter">Who reports it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when it was there already.</returns>
    /// <exception cref="EventRefusedException">Its run would become too large, or it holds what the database has no value for.</exception>
    public async Task<bool> TakeAsync(OpenLineageEvent happened, Reporter reporter, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryTakeAsync(happened, reporter, cancellationToken);
            }
            catch (NpgsqlException exception) when (exception.IsTransient && attempt < Attempts)
            {
                // A deadlock, or a lost connection: an event that was taken in after all is known by its digest.
                await Task.Delay(TimeSpan.FromMilliseconds(50 * attempt * (0.5 + Random.Shared.NextDouble())), time, cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState is ['2', '2', ..] or ['5', '4', ..])
            {
                // A NUL within a facet, say, or a text too long for an index: the database will not take it later either.
                throw new EventRefusedException($"the event cannot be stored: {exception.MessageText}");
            }
        }
    }

    async Task<bool> TryTakeAsync(OpenLineageEvent happened, Reporter reporter, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var statements = new Statements(connection);
        var runId = (happened as OpenLineageEvent.OfRun)?.RunId;
        if (await statements.ScalarAsync<long?>(
            "INSERT INTO lineage_events (digest, kind, event_at, received_at, run_id, event) VALUES ($1, $2, $3, $4, $5, $6::jsonb) ON CONFLICT (digest) DO NOTHING RETURNING id",
            cancellationToken, happened.Digest, happened.Kind, happened.At, StoredTime.Now(time), runId, happened.Json.ToJsonString()) is null)
        {
            return false;
        }

        var outgoing = happened.Json;
        switch (happened)
        {
            case OpenLineageEvent.OfRun run:
                outgoing = await TakeRunAsync(statements, run, reporter, cancellationToken);
                break;
            case OpenLineageEvent.OfJob job:
                await TakeStaticAsync(statements, reporter, job, job.Job, job.Json["job"]?["facets"] as JsonObject, job.Inputs, job.Outputs, cancellationToken);
                break;
            case OpenLineageEvent.OfDataset dataset:
                var says = dataset.Mention.Facets.ContainsKey(FacetRules.ColumnLineage) || Replaces(dataset.Mention);
                await TakeStaticAsync(statements, reporter, dataset, NoJob, facets: null, [], [dataset.Mention], cancellationToken, edges: says);
                break;
        }

        if (options.Value.Url is not null)
        {
            var key = happened switch
            {
                OpenLineageEvent.OfRun run => $"run {run.RunId}",
                OpenLineageEvent.OfJob job => $"job {job.Job.Namespace} {job.Job.Name}",
                OpenLineageEvent.OfDataset dataset => $"dataset {dataset.Mention.Key.Namespace} {dataset.Mention.Key.Name}",
                _ => happened.Kind,
            };
            await statements.ExecuteAsync(
                "INSERT INTO lineage_outbox (order_key, event, created_at, attempts, next_at) VALUES ($1, $2, $3, 0, $3)", cancellationToken, Canonical.Digest(key), outgoing.ToJsonString(), StoredTime.Now(time));
        }

        await transaction.CommitAsync(cancellationToken);
        signal.Set();
        return true;
    }

    /// <returns>The event with the versions of outputs that the catalog knows and the event does not say.</returns>
    async Task<JsonObject> TakeRunAsync(Statements statements, OpenLineageEvent.OfRun happened, Reporter reporter, CancellationToken cancellationToken)
    {
        await statements.ExecuteAsync(
            "INSERT INTO lineage_runs (id, job_id, branch, state, started_at, document) VALUES ($1, 0, '', '', $2, '{}') ON CONFLICT (id) DO NOTHING", cancellationToken, happened.RunId, happened.At);
        var known = await statements.ScalarAsync<string>("SELECT document::text FROM lineage_runs WHERE id = $1 FOR UPDATE", cancellationToken, happened.RunId);
        var document = new RunDocument((JsonObject)JsonNode.Parse(known!)!);
        document.Fold(happened, reporter.IsTrusted);
        var (inputs, outputs) = (document.Inputs, document.Outputs);
        if (inputs.Count + outputs.Count > options.Value.MaxDatasets)
        {
            throw new EventRefusedException($"the run {happened.RunId} would have {inputs.Count + outputs.Count} datasets, and {options.Value.MaxDatasets} are the most that is taken (Catalog:OpenLineage:MaxDatasets)");
        }

        var jobId = await StoreJobAsync(statements, document.Job, happened.Json["job"]?["facets"] as JsonObject, happened.OrderKey, cancellationToken);
        var mentions = inputs.Concat(outputs).Concat(outputs.SelectMany(EdgeSet.Referred).Select(key => new DatasetMention(key, [], []))).ToList();
        var datasets = await Datasets.StoreAsync(statements.Connection, names, mentions, happened.OrderKey, cancellationToken);
        await reporter.CheckAsync(inputs, outputs, datasets, document.Facet(FacetRules.LakeRun)?["branch"]?.ToString() ?? BranchRow.Main, cancellationToken);
        var own = document.Facet(FacetRules.LakeRun);
        var commitId = FacetRules.Count(own, "commitId");
        var versions = new Dictionary<DatasetKey, TableVersion>();
        foreach (var output in outputs)
        {
            var dataset = datasets[output.Key];
            var table = dataset.TableId ?? datasets.Values.FirstOrDefault(d => d.Id == dataset.CanonicalId)?.TableId;
            if (await TableVersions.FindAsync(statements.Connection, dataset, table, output, commitId, cancellationToken) is { } version)
            {
                versions[output.Key] = version;
            }
        }

        var branch = own?["branch"]?.ToString() is { Length: > 0 } said ? said : versions.Values.FirstOrDefault()?.Branch ?? BranchRow.Main;
        commitId ??= versions.Values.FirstOrDefault()?.CommitId;
        await statements.ExecuteAsync(
            """
            UPDATE lineage_runs SET job_id = $2, branch = $3, state = $4, started_at = $5, ended_at = $6, commit_id = $7, parent_run_id = $8, error = $9, document = $10::jsonb WHERE id = $1
            """,
            cancellationToken, happened.RunId, jobId, branch, document.State.ToLowerInvariant(), document.StartedAt, document.EndedAt, commitId,
            Guid.TryParse(document.Facet("parent")?["run"]?["runId"]?.ToString(), out var parent) ? parent : null, document.Facet("errorMessage")?["message"]?.ToString(), document.Json.ToJsonString());
        await StoreRunDatasetsAsync(statements, happened.RunId, inputs, outputs, datasets, versions, cancellationToken);
        await statements.ExecuteAsync("DELETE FROM lineage_builds WHERE run_id = $1", cancellationToken, happened.RunId);
        if (document.HasOutput)
        {
            foreach (var output in outputs)
            {
                var version = versions.GetValueOrDefault(output.Key);
                await BuildAsync(
                    statements,
                    new Building(happened.RunId, jobId, branch, version?.At ?? document.EndedAt ?? document.LastAt, version, version?.CommitId ?? commitId),
                    inputs, output, outputs.Count, datasets, cancellationToken);
            }
        }

        return WithVersions(happened, versions);
    }

    /// <summary>What holds without a run: a job's inputs and outputs, or a dataset's own columns.</summary>
    async Task TakeStaticAsync(
        Statements statements,
        Reporter reporter,
        OpenLineageEvent happened,
        JobKey job,
        JsonObject? facets,
        IReadOnlyList<DatasetMention> inputs,
        IReadOnlyList<DatasetMention> outputs,
        CancellationToken cancellationToken,
        bool edges = true)
    {
        var mentions = inputs.Concat(outputs).Concat(outputs.SelectMany(EdgeSet.Referred).Select(key => new DatasetMention(key, [], []))).ToList();
        var jobId = await StoreJobAsync(statements, job, facets, happened.OrderKey, cancellationToken);
        var datasets = await Datasets.StoreAsync(statements.Connection, names, mentions, happened.OrderKey, cancellationToken);
        await reporter.CheckAsync(inputs, outputs, datasets, BranchRow.Main, cancellationToken);
        foreach (var output in edges ? outputs : [])
        {
            await BuildAsync(statements, new Building(null, jobId, BranchRow.Main, happened.At, null, null), inputs, output, outputs.Count, datasets, cancellationToken);
        }
    }

    static async Task<long> StoreJobAsync(Statements statements, JobKey job, JsonObject? facets, string order, CancellationToken cancellationToken)
    {
        await statements.ExecuteAsync("INSERT INTO lineage_jobs (namespace, name, facets) VALUES ($1, $2, '{}') ON CONFLICT (namespace, name) DO NOTHING", cancellationToken, job.Namespace, job.Name);
        var (id, text) = await statements.RowAsync(
            "SELECT id, facets::text FROM lineage_jobs WHERE namespace = $1 AND name = $2", row => (row.GetInt64(0), row.GetString(1)), cancellationToken, job.Namespace, job.Name);
        var known = (JsonObject)JsonNode.Parse(text)!;
        var changed = new JsonObject((facets ?? []).Where(f => !JsonNode.DeepEquals(known[f.Key]?["v"], f.Value)).Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone())));
        if (Newest.Merge(known, changed, order))
        {
            await statements.ExecuteAsync("UPDATE lineage_jobs SET facets = $2::jsonb WHERE id = $1", cancellationToken, id, known.ToJsonString());
        }

        return id;
    }

    static async Task StoreRunDatasetsAsync(
        Statements statements,
        Guid run,
        IReadOnlyList<DatasetMention> inputs,
        IReadOnlyList<DatasetMention> outputs,
        Dictionary<DatasetKey, StoredDataset> datasets,
        Dictionary<DatasetKey, TableVersion> versions,
        CancellationToken cancellationToken)
    {
        var rows = inputs.Select(m => (Mention: m, IsOutput: false)).Concat(outputs.Select(m => (Mention: m, IsOutput: true))).ToList();
        await statements.ExecuteAsync("DELETE FROM lineage_run_datasets WHERE run_id = $1", cancellationToken, run);
        await statements.ExecuteAsync(
            """
            INSERT INTO lineage_run_datasets (run_id, dataset_id, is_output, version, snapshot_id, rows, bytes, files)
            SELECT $1, * FROM unnest($2::bigint[], $3::boolean[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
            """,
            cancellationToken,
            run,
            rows.Select(r => datasets[r.Mention.Key].Id).ToArray(),
            rows.Select(r => r.IsOutput).ToArray(),
            rows.Select(r => TableVersions.TextOf(r.Mention)).ToArray(),
            rows.Select(r => r.IsOutput ? versions.GetValueOrDefault(r.Mention.Key)?.SnapshotId : TableVersions.SnapshotOf(r.Mention)).ToArray(),
            rows.Select(r => FacetRules.Count(Statistics(r.Mention, r.IsOutput), "rowCount")).ToArray(),
            rows.Select(r => FacetRules.Count(Statistics(r.Mention, r.IsOutput), "size")).ToArray(),
            rows.Select(r => FacetRules.Count(Statistics(r.Mention, r.IsOutput), "fileCount")).ToArray());
    }

    async Task BuildAsync(
        Statements statements, Building building, IReadOnlyList<DatasetMention> inputs, DatasetMention output, int outputs, Dictionary<DatasetKey, StoredDataset> datasets, CancellationToken cancellationToken)
    {
        var set = EdgeSet.Of(inputs, output, outputs, options.Value.MaxEdges);
        var dataset = datasets[output.Key];
        var digest = set.Digest();
        var flow = await statements.ScalarAsync<long?>(
            "INSERT INTO lineage_flows (job_id, dataset_id, digest, untraced) VALUES ($1, $2, $3, $4::jsonb) ON CONFLICT (dataset_id, job_id, digest) DO NOTHING RETURNING id",
            cancellationToken, building.JobId, dataset.Id, digest, set.Untraced.ToJsonString());
        if (flow is { } made)
        {
            await statements.ExecuteAsync(
                """
                INSERT INTO lineage_edges (flow_id, source_id, kind, source_column, target_column, transformations)
                SELECT $1, s, k, sc, tc, t::jsonb FROM unnest($2::bigint[], $3::smallint[], $4::text[], $5::text[], $6::text[]) AS e (s, k, sc, tc, t)
                """,
                cancellationToken,
                made,
                set.Edges.Select(e => datasets[e.Source].Id).ToArray(),
                set.Edges.Select(e => e.Kind).ToArray(),
                set.Edges.Select(e => e.SourceColumn).ToArray(),
                set.Edges.Select(e => e.TargetColumn).ToArray(),
                set.Edges.Select(e => e.Transformations).ToArray());
        }
        else
        {
            flow = await statements.ScalarAsync<long?>(
                "SELECT id FROM lineage_flows WHERE dataset_id = $1 AND job_id = $2 AND digest = $3", cancellationToken, dataset.Id, building.JobId, digest);
        }

        var statistics = Statistics(output, isOutput: true);
        await statements.ExecuteAsync(
            """
            INSERT INTO lineage_builds (run_id, job_id, dataset_id, branch, at, flow_id, commit_id, snapshot_id, version, rows, bytes, files, replaces)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (job_id, dataset_id, at) WHERE run_id IS NULL DO UPDATE SET flow_id = greatest(lineage_builds.flow_id, excluded.flow_id)
            """,
            cancellationToken,
            building.RunId, building.JobId, dataset.Id, building.Branch, building.At, flow, building.CommitId, building.Version?.SnapshotId,
            TableVersions.TextOf(output) ?? building.Version?.SnapshotId?.ToString(CultureInfo.InvariantCulture),
            FacetRules.Count(statistics, "rowCount"), FacetRules.Count(statistics, "size"), FacetRules.Count(statistics, "fileCount"), Replaces(output));
    }

    static JsonNode? Statistics(DatasetMention mention, bool isOutput) => mention.Own[isOutput ? FacetRules.OutputStatistics : FacetRules.InputStatistics];

    static bool Replaces(DatasetMention mention) => mention.Facets[FacetRules.Lifecycle]?["lifecycleStateChange"]?.ToString() is "OVERWRITE" or "CREATE" or "DROP" or "TRUNCATE";

    static JsonObject WithVersions(OpenLineageEvent.OfRun happened, Dictionary<DatasetKey, TableVersion> versions)
    {
        var silent = happened.Outputs.Select((mention, i) => (mention, i)).Where(o => TableVersions.TextOf(o.mention) is null && versions.GetValueOrDefault(o.mention.Key)?.SnapshotId is not null).ToList();
        if (silent.Count == 0)
        {
            return happened.Json;
        }

        var copy = (JsonObject)happened.Json.DeepClone();
        foreach (var (mention, i) in silent)
        {
            var dataset = (JsonObject)copy["outputs"]![i]!;
            var facets = dataset["facets"] as JsonObject ?? (JsonObject)(dataset["facets"] = new JsonObject());
            facets[FacetRules.Version] = new JsonObject
            {
                ["_producer"] = happened.Json["producer"]!.DeepClone(),
                ["_schemaURL"] = "https://openlineage.io/spec/facets/1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet",
                ["datasetVersion"] = versions[mention.Key].SnapshotId!.Value.ToString(CultureInfo.InvariantCulture),
            };
        }

        return copy;
    }

    sealed record Building(Guid? RunId, long JobId, string Branch, DateTimeOffset At, TableVersion? Version, long? CommitId);
}
