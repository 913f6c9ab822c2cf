using System.Diagnostics;
using System.Text.RegularExpressions;
using Lakehouse.Engine;
using Lakehouse.Formats;
using Lakehouse.Pipelines.Lineage;
using Lakehouse.Pipelines.Planning;

namespace Lakehouse.Pipelines.Running;

/// <summary>Builds the models of a run, several at a time where they don't depend on each other. What depends on a failed one is skipped; the rest goes on, so that a run shows all of its errors.</summary>
internal sealed partial class ModelBuilds(
    Pipeline pipeline, RunWorkspace workspace, IPipelinePublication publication, IReadOnlyDictionary<string, string> sourceVersions, int parallel, TimeProvider time, Action<NodeReport> report)
{
    readonly Dictionary<string, bool> finished = new(StringComparer.Ordinal);
    readonly Lock reporting = new();

    /// <summary>Builds all of them.</summary>
    /// <returns>The first failure; null without any.</returns>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        var waiting = new List<PlannedStep>(pipeline.Plan.Steps);
        var running = new Dictionary<Task<string?>, PlannedStep>();
        string? failure = null;
        try
        {
            while (waiting.Count + running.Count > 0)
            {
                foreach (var step in waiting.Where(s => s.DependsOn.Any(d => finished.TryGetValue(d, out var good) && !good)).ToArray())
                {
                    Skip(step);
                    waiting.Remove(step);
                }

                foreach (var step in waiting.Where(s => s.DependsOn.All(d => finished.TryGetValue(d, out var good) && good)).Take(Math.Max(0, parallel - running.Count)).ToArray())
                {
                    waiting.Remove(step);
                    running.Add(BuildAsync(step, cancellationToken), step);
                }

                if (running.Count == 0)
                {
                    continue;
                }

                var done = await Task.WhenAny(running.Keys);
                running.Remove(done, out var built);
                var error = await done;
                finished[built!.Model] = error is null;
                failure ??= error;
            }

            return failure;
        }
        finally
        {
            // A cancelled run ends only when nothing uses its database any more.
            await Task.WhenAll(running.Keys).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    void Skip(PlannedStep step)
    {
        finished[step.Model] = false;
        Report(new NodeReport(step.FullName, NodeState.Skipped));
    }

    void Report(NodeReport node)
    {
        lock (reporting)
        {
            report(node);
        }
    }

    async Task<string?> BuildAsync(PlannedStep step, CancellationToken cancellationToken)
    {
        using var activity = PipelineTelemetry.Source.StartActivity($"model {step.FullName}");
        activity?.SetTag("lake.table", step.FullName).SetTag("lake.model", step.Model);
        var started = time.GetTimestamp();
        var running = new NodeReport(step.FullName, NodeState.Running, time.GetUtcNow());
        string? sql = null;
        try
        {
            var model = pipeline.ModelOf(step);
            sql = pipeline.Compiler.Compile(model, cancellationToken);
            running = running with { CompiledSql = sql };
            Report(running);
            using var connection = workspace.Connect();
            await CheckAsync(connection, sql, cancellationToken);
            running = running with { Lineage = await TraceAsync(connection, sql, cancellationToken), SourceVersions = sourceVersions };
            var written = await publication.WriteAsync(connection, model, sql, cancellationToken);
            await workspace.AddViewAsync(step.Namespace, step.Table, written.Query, cancellationToken);
            activity?.SetTag("lake.rows", written.Rows);
            PipelineTelemetry.ModelRows.Add(written.Rows, new KeyValuePair<string, object?>("lake.table", step.FullName));
            Report(running with { State = NodeState.Succeeded, FinishedAt = time.GetUtcNow(), Rows = written.Rows, Bytes = written.Bytes, Files = written.Files });
            return null;
        }
        catch (Exception error) when (error is PipelineException or LakehouseException && !cancellationToken.IsCancellationRequested)
        {
            var message = error is EngineException engine ? Describe(step, engine) : error is PipelineException ? error.Message : $"{step.Path}: {error.Message}";
            activity.Fail(message);
            Report(running with { State = NodeState.Failed, FinishedAt = time.GetUtcNow(), Error = message });
            return $"the model {step.FullName} failed: {message}";
        }
        finally
        {
            PipelineTelemetry.ModelDuration.Record(time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("lake.table", step.FullName));
        }
    }

    /// <summary>Plans the query as it stands, so that an error names the line that the compiled SQL has.</summary>
    static async Task CheckAsync(DuckDbConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var plan = await connection.QueryAsync($"EXPLAIN {sql}", cancellationToken: cancellationToken);
        await foreach (var batch in plan.ReadAsync(cancellationToken))
        {
            batch.Dispose();
        }
    }

    /// <summary>What the model is made of. That it cannot be told is no reason for a run to fail.</summary>
    static async Task<ModelLineage?> TraceAsync(DuckDbConnection connection, string sql, CancellationToken cancellationToken)
    {
        try
        {
            return await LineageTracer.TraceAsync(connection, sql, cancellationToken);
        }
        catch (LakehouseException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>DuckDB's words with the model's file; a line that it names is one of the compiled SQL.</summary>
    static string Describe(PlannedStep step, EngineException error) =>
        Line().Match(error.Message) is { Success: true } line ? $"{step.Path} (line {line.Groups["line"].Value} of the compiled SQL): {error.Message}" : $"{step.Path}: {error.Message}";

    [GeneratedRegex(@"\bLINE (?<line>\d+):", RegexOptions.None, 1000)]
    private static partial Regex Line();
}
