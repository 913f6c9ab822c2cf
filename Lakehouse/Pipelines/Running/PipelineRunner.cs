using System.Diagnostics;
using Lakehouse.Engine;
using Lakehouse.Formats;
using Lakehouse.Pipelines.Planning;

namespace Lakehouse.Pipelines.Running;

/// <summary>Does what a plan says: opens the sources, builds the models in the order of their dependencies, and publishes all of their tables in one commit, or none.</summary>
/// <param name="lake">Where tables are read from and written to.</param>
/// <param name="options">What a run may use.</param>
/// <param name="time">The clock.</param>
public sealed class PipelineRunner(IPipelineLake lake, RunnerOptions options, TimeProvider time)
{
    /// <summary>Does a run.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="runId">Id of the run.</param>
    /// <param name="attempt">Which attempt it is, from 1.</param>
    /// <param name="report">Takes each change of a model's state, at once and in order; called by one thread at a time.</param>
    /// <param name="cancellationToken">Cancels the run; nothing is published then, unless the commit was under way.</param>
    /// <param name="lineage">Gives the OpenLineage events that are kept with the run's commit; asked when all models are built.</param>
    public async Task<RunResult> RunAsync(
        Pipeline pipeline, long runId, int attempt, Action<NodeReport> report, CancellationToken cancellationToken, Func<IReadOnlyList<string>>? lineage = null)
    {
        using var activity = PipelineTelemetry.Source.StartActivity($"run {pipeline.Name}");
        activity?.SetTag("lake.pipeline", pipeline.Name).SetTag("lake.run.id", runId).SetTag("lake.run.attempt", attempt);
        var started = time.GetTimestamp();
        var result = await TryRunAsync(pipeline, new PipelineRun(runId, attempt, pipeline.Name, pipeline.Plan.ProjectHash), report, lineage, cancellationToken);
        PipelineTelemetry.RunDuration.Record(
            time.GetElapsedTime(started).TotalSeconds, new("lake.pipeline", pipeline.Name), new("lake.run.succeeded", result is RunResult.Succeeded));
        switch (result)
        {
            case RunResult.Succeeded succeeded:
                activity?.SetTag("lake.commit.id", succeeded.CommitId);
                break;
            case RunResult.Failed failed:
                activity.Fail(failed.Error);
                break;
            case RunResult.Undecided undecided:
                activity.Fail(undecided.Reason);
                break;
        }

        return result;
    }

    async Task<RunResult> TryRunAsync(Pipeline pipeline, PipelineRun run, Action<NodeReport> report, Func<IReadOnlyList<string>>? lineage, CancellationToken cancellationToken)
    {
        // A worker that died after the commit leaves a run that is done, though nobody said so.
        if (await lake.FindCommitAsync(run, cancellationToken) is { } commit)
        {
            return new RunResult.Succeeded(commit);
        }

        var steps = pipeline.Plan.Steps;
        if (steps.Count == 0)
        {
            return new RunResult.Failed($"the pipeline '{pipeline.Name}' has no tables to build");
        }

        foreach (var step in steps)
        {
            report(new NodeReport(step.FullName, NodeState.Pending));
        }

        using var database = DuckDbDatabase.Open(new DuckDbOptions
        {
            MemoryLimit = options.MemoryLimit,
            TempFolder = options.ScratchFolder,
            Threads = options.Threads,
            PreserveInsertionOrder = false,
        });
        using var workspace = new RunWorkspace(database, lake);
        Dictionary<string, string> properties;
        try
        {
            properties = await workspace.PrepareAsync(pipeline.Plan, cancellationToken);
        }
        catch (Exception error) when (error is PipelineException or LakehouseException)
        {
            foreach (var step in steps)
            {
                report(new NodeReport(step.FullName, NodeState.Skipped));
            }

            return new RunResult.Failed(error.Message);
        }

        var versions = pipeline.Plan.Sources.Where(s => properties.ContainsKey(RunProperties.Source(s))).ToDictionary(s => s.FullName, s => properties[RunProperties.Source(s)], StringComparer.Ordinal);
        properties[RunProperties.RunId] = run.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        properties[RunProperties.Pipeline] = run.Pipeline;
        properties[RunProperties.ProjectHash] = run.ProjectHash;
        await using var publication = lake.Begin(run, properties);
        var builds = new ModelBuilds(pipeline, workspace, publication, versions, options.Parallel, time, report);
        if (await builds.RunAsync(cancellationToken) is { } failure)
        {
            return new RunResult.Failed(failure);
        }

        return await PublishAsync(publication, lineage?.Invoke() ?? [], cancellationToken);
    }

    static async Task<RunResult> PublishAsync(IPipelinePublication publication, IReadOnlyList<string> lineage, CancellationToken cancellationToken)
    {
        using var activity = PipelineTelemetry.Source.StartActivity("publish");
        var result = await publication.PublishAsync(lineage, cancellationToken);
        activity?.SetTag("lake.commit.id", (result as PublicationResult.Published)?.CommitId);
        switch (result)
        {
            case PublicationResult.Published published:
                return new RunResult.Succeeded(published.CommitId);
            case PublicationResult.Refused refused:
                activity.Fail(refused.Reason);
                return new RunResult.Failed(refused.Reason);
            case PublicationResult.Unknown unknown:
                activity.Fail(unknown.Reason);
                return new RunResult.Undecided(unknown.Reason);
            default:
                throw new UnreachableException();
        }
    }
}
