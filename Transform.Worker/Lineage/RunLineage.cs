using System.Text.Json.Nodes;
using LakeAspire.Transform.Pipelines;
using Lakehouse.Pipelines.Planning;
using Lakehouse.Pipelines.Running;
using Microsoft.Extensions.Options;
using Lakehouse.Formats;

namespace LakeAspire.Transform.Lineage;

/// <summary>Tells of pipeline runs: the run as one job, each of its models as one within it.</summary>
internal sealed class PipelineLineage(LineageQueue queue, IOptions<LineageOptions> options, TimeProvider time)
{
    /// <summary>Begins to tell of a run.</summary>
    public RunLineage Begin(RunRecord run, Pipeline pipeline) => new(queue, options.Value, time, run, pipeline);
}

/// <summary>
/// Tells of one run. What its models read and write is told as they are built, for who watches; and all of it goes into the run's commit, so that a worker that dies right after that has left
/// nothing out. Both are the same events, which count once.
/// </summary>
internal sealed class RunLineage(LineageQueue queue, LineageOptions options, TimeProvider time, RunRecord run, Pipeline pipeline)
{
    const string Branch = "main";

    readonly Guid id = RunIds.Of(run.CreatedAt, $"{run.Pipeline} {run.Id}");
    /// <summary>The most that goes with a commit, in characters of JSON. What is beyond is told by itself alone.</summary>
    const int MaxCommitted = 8 << 20;

    readonly Dictionary<string, NodeReport> failed = new(StringComparer.Ordinal);
    readonly Dictionary<string, JsonObject> built = new(StringComparer.Ordinal);
    bool isCommitted;

    public void Started() => queue.Add(OpenLineage.RunEvent(OpenLineage.Start, time.GetUtcNow(), id, Facets(null), Job()));

    /// <summary>Takes a change of a model.</summary>
    public void Add(NodeReport node)
    {
        if (!queue.IsEnabled || pipeline.Plan.Steps.FirstOrDefault(s => s.FullName == node.Model) is not { } step)
        {
            return;
        }

        switch (node.State)
        {
            case NodeState.Running when node.CompiledSql is not null && node.Lineage is null:
                queue.Add(OpenLineage.RunEvent(OpenLineage.Start, node.StartedAt ?? time.GetUtcNow(), IdOf(step), Facets(null, isModel: true), JobOf(step, node.CompiledSql)));
                break;
            case NodeState.Succeeded:
                built[step.FullName] = OpenLineage.RunEvent(
                    OpenLineage.Running, node.FinishedAt ?? time.GetUtcNow(), IdOf(step), Facets(null, isModel: true), JobOf(step, node.CompiledSql), InputsOf(step, node), [OutputOf(step, node)]);
                queue.Add(built[step.FullName]);
                break;
            case NodeState.Failed:
                failed[step.FullName] = node;
                break;
        }
    }

    /// <summary>All models are built: the events that the run's commit keeps.</summary>
    public IReadOnlyList<string> Committing()
    {
        if (!queue.IsEnabled)
        {
            return [];
        }

        isCommitted = true;
        var texts = new List<string>();
        var length = 0;
        foreach (var happened in built.Values)
        {
            var text = happened.ToJsonString();
            length += text.Length;
            if (length <= MaxCommitted)
            {
                texts.Add(text);
            }
        }

        return [.. texts, .. Completions(commitId: null).Select(happened => happened.ToJsonString())];
    }

    /// <summary>The run's tables are visible. What this attempt committed says so itself; the commit of an earlier one, which this one only found, may be of a version that did not.</summary>
    public void Succeeded(long commitId)
    {
        if (!isCommitted)
        {
            queue.Add(Completions(commitId));
        }
    }

    /// <summary>No table has changed.</summary>
    public void Failed(string error)
    {
        var now = time.GetUtcNow();
        queue.Add([
            .. pipeline.Plan.Steps.Select(step => failed.TryGetValue(step.FullName, out var node)
                ? OpenLineage.RunEvent(OpenLineage.Fail, now, IdOf(step), Facets(null, isModel: true, node.Error ?? error), JobOf(step, node.CompiledSql))
                : OpenLineage.RunEvent(OpenLineage.Abort, now, IdOf(step), Facets(null, isModel: true), JobOf(step, sql: null))),
            OpenLineage.RunEvent(OpenLineage.Fail, now, id, Facets(null, isModel: false, error), Job()),
        ]);
    }

    IEnumerable<JsonObject> Completions(long? commitId)
    {
        var now = time.GetUtcNow();
        return
        [
            .. pipeline.Plan.Steps.Select(step => OpenLineage.RunEvent(
                OpenLineage.Complete, now, IdOf(step), Facets(commitId, isModel: true), JobOf(step, sql: null), outputs: [OpenLineage.Dataset(options.Namespace, step.FullName)])),
            OpenLineage.RunEvent(OpenLineage.Complete, now, id, Facets(commitId), Job()),
        ];
    }

    Guid IdOf(PlannedStep step) => RunIds.Of(run.CreatedAt, $"{run.Pipeline} {run.Id} {step.FullName}");

    JsonObject Job() => OpenLineage.Job(options.JobNamespace, run.Pipeline, "PIPELINE");

    JsonObject JobOf(PlannedStep step, string? sql) => OpenLineage.Job(options.JobNamespace, $"{run.Pipeline}.{step.FullName}", "MODEL", sql);

    JsonObject Facets(long? commitId, bool isModel = false, string? error = null)
    {
        var facets = new JsonObject { ["lakeaspire_run"] = OpenLineage.LakeRun(Branch, commitId, run.Id, run.Attempt) };
        if (isModel)
        {
            facets["parent"] = OpenLineage.Parent(id, options.JobNamespace, run.Pipeline);
        }

        if (error is not null)
        {
            facets["errorMessage"] = OpenLineage.Error(error);
        }

        return facets;
    }

    /// <summary>What the SQL reads; what the project says that it reads where the SQL could not be read.</summary>
    IEnumerable<JsonObject> InputsOf(PlannedStep step, NodeReport node)
    {
        var names = node.Lineage is { Tables.Count: > 0 } lineage
            ? lineage.Tables.Select(t => DottedName.Within(t.Namespace, t.Name))
            : step.Sources.Select(s => s.FullName).Concat(step.DependsOn.Select(d => pipeline.Plan.Steps.First(s => s.Model == d).FullName));
        return names.Distinct(StringComparer.Ordinal).Select(name => OpenLineage.Dataset(
            options.Namespace, name, node.SourceVersions.TryGetValue(name, out var version) ? new JsonObject { ["version"] = OpenLineage.Version(version) } : null));
    }

    JsonObject OutputOf(PlannedStep step, NodeReport node)
    {
        var facets = new JsonObject { ["lifecycleStateChange"] = OpenLineage.Overwritten() };
        if (node.Lineage is { } lineage)
        {
            facets["columnLineage"] = OpenLineage.Columns(t => (options.Namespace, DottedName.Within(t.Namespace, t.Name)), lineage);
        }

        return OpenLineage.Dataset(options.Namespace, step.FullName, facets).WithStatistics(isOutput: true, node.Rows, node.Bytes, node.Files);
    }
}
