using System.Globalization;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Execution.Seeds;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Sessions;

namespace Lakehouse.Pipelines.Execution;

/// <summary>Builds and tests the selected nodes of a project: schemas first, then the hooks of the run's start, the nodes in the order of the graph, and the hooks of its end.</summary>
/// <param name="compilation">What the nodes are compiled and run with; its adapter is where.</param>
/// <param name="options">How they are run.</param>
/// <param name="progress">Hears how it goes on; null when nobody does.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class ProjectRun(CompilerOptions compilation, RunOptions options, IRunProgress? progress = null, TimeProvider? time = null)
{
    readonly ManifestCompiler compiler = new(compilation);

    // A batch after the first goes on with the table, whatever was to become of the one that was there.
    readonly Lazy<ManifestCompiler> continuing = new(() => new ManifestCompiler(compilation with { Flags = new Dictionary<string, object?>(compilation.Flags, StringComparer.Ordinal) { ["FULL_REFRESH"] = false } }));
    readonly TimeProvider time = time ?? TimeProvider.System;
    int begun;
    int total;

    IAdapter Adapter => compilation.Adapter ?? throw new InvalidOperationException("a run needs an adapter");

    /// <summary>Runs the nodes.</summary>
    /// <param name="selected">Ids of the selected nodes; those that the command has nothing to do with are left out.</param>
    /// <param name="cancellationToken">Stops the run: what was not begun is not done.</param>
    /// <returns>What became of each node, in the order in which it ended. Failures are results, and no exceptions.</returns>
    public async Task<IReadOnlyList<NodeResult>> RunAsync(IReadOnlySet<string> selected, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(selected);
        var manifest = compilation.Manifest;
        var taken = selected.Where(id => manifest.Find(id) is { } node && options.Takes(node)).ToHashSet(StringComparer.Ordinal);
        if (taken.Count == 0)
        {
            return [];
        }

        total = taken.Count(id => !IsEphemeral(id));
        var schemas = SchemasOf(taken);
        foreach (var (database, schema) in schemas)
        {
            await Adapter.CreateSchemaAsync(database, schema, cancellationToken);
        }

        var started = await HooksAsync(atStart: true, schemas, [], cancellationToken);
        var scheduler = new NodeScheduler(options.Command == RunCommand.Build ? TestEdges.Of(manifest) : manifest.Graph, taken, new ScheduleOptions
        {
            Threads = options.Threads,
            FailFast = options.FailFast,
            Before = options.Command == RunCommand.Build ? TestEdges.UnitTestsByModel(manifest, taken) : new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal),
            Stops = StopsOf(options.Command),
        });
        var broken = started.FirstOrDefault(result => result.Status == NodeStatus.Error);
        var results = await scheduler.RunAsync((id, skip, thread, stop) => WorkAsync(id, broken is null ? skip : new SkipReason(broken.UniqueId, Message: null), thread, stop), cancellationToken);
        var ended = broken is null ? await HooksAsync(atStart: false, schemas, results, cancellationToken) : [];
        return [.. started.Where(Failed), .. results, .. ended.Where(Failed)];

        static bool Failed(NodeResult hook) => hook.Status == NodeStatus.Error;
    }

    static HashSet<NodeStatus> StopsOf(RunCommand command) => command switch
    {
        RunCommand.Build => [NodeStatus.Error, NodeStatus.Fail, NodeStatus.Skipped, NodeStatus.PartialSuccess],
        RunCommand.Test => [],
        _ => [NodeStatus.Error, NodeStatus.Skipped, NodeStatus.PartialSuccess],
    };

    bool IsEphemeral(string id) => compilation.Manifest.Find(id) is ModelNode { Config.Materialized: "ephemeral" };

    List<(string Database, string Schema)> SchemasOf(IEnumerable<string> ids) => [.. ids.Select(compilation.Manifest.Find).OfType<ManifestNode>()
        .Where(node => node is SeedNode or SnapshotNode || (node is ModelNode && node.Config.Materialized != "ephemeral"))
        .Select(node => (Database: node.Database ?? compilation.Target.Database, Schema: node.Schema ?? compilation.Target.Schema)).Distinct().Order()];

    async Task<NodeResult?> WorkAsync(string id, SkipReason? skip, int thread, CancellationToken cancellationToken)
    {
        var node = compilation.Manifest.Find(id)!;
        if (IsEphemeral(id) && skip?.Message is null)
        {
            return null;
        }

        var index = Interlocked.Increment(ref begun);
        NodeResult result;
        if (skip is not null)
        {
            result = new NodeResult(id, NodeStatus.Skipped) { Cause = skip.Cause, Message = skip.Message };
        }
        else
        {
            progress?.Started(node, index, total);
            var since = time.GetTimestamp();

            // Templates are walked through on one thread, which waits for what they ask of the adapter.
            result = await Task.Factory.StartNew(() => Built(node, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            result = result with { Duration = time.GetElapsedTime(since) };
        }

        result = result with { Thread = thread };
        progress?.Ended(node, result, index, total);
        return result;
    }

    NodeResult Built(GraphNode node, CancellationToken cancellationToken)
    {
        try
        {
            return node switch
            {
                TestNode test => Tested(test, cancellationToken),
                UnitTestDefinition test => UnitTested(test, cancellationToken),
                ModelNode model when BatchPlan.IsOf(model) => BuiltByBatches(model, cancellationToken),
                ManifestNode built => Materialized(built, compiler, batch: null, cancellationToken),
                _ => new NodeResult(node.UniqueId, NodeStatus.NoOp),
            };
        }
        catch (Exception error) when (error is PipelineException or SessionException)
        {
            return new NodeResult(node.UniqueId, NodeStatus.Error) { Message = ErrorText.Of(node, error) };
        }
    }

    NodeResult Materialized(ManifestNode node, ManifestCompiler with, ModelBatch? batch, CancellationToken cancellationToken)
    {
        var begin = time.GetUtcNow();
        var compiled = node is SeedNode ? new CompiledNode("", "", []) : with.Compile(node, batch, cancellationToken);
        var middle = time.GetUtcNow();
        var outcome = with.Materialize(node, compiled, node is SeedNode seed ? SeedReader.Read(seed) : null, batch, cancellationToken);
        return new NodeResult(node.UniqueId, NodeStatus.Success)
        {
            Message = outcome.Response?.Message,
            Response = outcome.Response,
            CompiledCode = node is SeedNode ? null : compiled.Code,
            RelationName = node.RelationName,
            Timings = [new NodeTiming("compile", begin, middle), new NodeTiming("execute", middle, time.GetUtcNow())],
        };
    }

    /// <summary>Each batch on its own: one that fails keeps none of the others from being built.</summary>
    NodeResult BuiltByBatches(ModelNode model, CancellationToken cancellationToken)
    {
        var isThere = Adapter.ListRelationsAsync(model.Database ?? compilation.Target.Database, model.Schema ?? compilation.Target.Schema, cancellationToken).GetAwaiter().GetResult()
            .Any(relation => relation.Kind == RelationKind.Table && relation.Name.Identifier.Equals(model.Alias, StringComparison.OrdinalIgnoreCase));
        var isRefresh = model.Config.FullRefresh ?? (compilation.Flags.TryGetValue("FULL_REFRESH", out var flag) && flag is true);
        var batches = BatchPlan.Of(model, isThere && !isRefresh, options.EventTimeStart, options.EventTimeEnd, time.GetUtcNow());
        var (built, failed, timings) = (new List<(DateTimeOffset, DateTimeOffset)>(), new List<(DateTimeOffset, DateTimeOffset)>(), new List<NodeTiming>());
        var (message, rows, code) = ((string?)null, 0L, (string?)null);
        foreach (var batch in batches)
        {
            try
            {
                var result = Materialized(model, built.Count > 0 || failed.Count > 0 ? continuing.Value : compiler, batch, cancellationToken);
                (rows, code) = (rows + (result.Response?.RowsAffected ?? 0), code ?? result.CompiledCode);
                timings.AddRange(result.Timings);
                built.Add((batch.Start, batch.End));
            }
            catch (Exception error) when (error is PipelineException or SessionException)
            {
                message ??= ErrorText.Of(model, error);
                failed.Add((batch.Start, batch.End));
                if (built.Count == 0)
                {
                    // Without a first batch there is no table for the others to be added to.
                    failed.AddRange(batches.Skip(failed.Count).Select(rest => (rest.Start, rest.End)));
                    break;
                }
            }
        }

        var status = failed.Count == 0 ? NodeStatus.Success : built.Count > 0 ? NodeStatus.PartialSuccess : NodeStatus.Error;
        return new NodeResult(model.UniqueId, status)
        {
            Message = status switch
            {
                NodeStatus.Success => "SUCCESS",
                NodeStatus.PartialSuccess => string.Create(CultureInfo.InvariantCulture, $"PARTIAL SUCCESS ({built.Count}/{batches.Count})"),
                _ => message,
            },
            Response = new AdapterResponse("OK", rows),
            CompiledCode = code,
            RelationName = model.RelationName,
            Timings = timings,
            Batches = new BatchResults(built, failed),
        };
    }

    NodeResult Tested(TestNode test, CancellationToken cancellationToken)
    {
        var begin = time.GetUtcNow();
        var compiled = compiler.Compile(test, cancellationToken: cancellationToken);
        var middle = time.GetUtcNow();
        var outcome = compiler.RunTest(test, compiled, cancellationToken);
        var got = string.Create(CultureInfo.InvariantCulture, $"Got {outcome.Failures} {(outcome.Failures == 1 ? "result" : "results")}, configured to");
        var (status, message) = outcome switch
        {
            { ShouldError: true } when test.Config.Severity == "ERROR" => (NodeStatus.Fail, $"{got} fail if {test.Config.Text("error_if") ?? "!= 0"}"),
            { ShouldWarn: true } when options.WarningsAreErrors => (NodeStatus.Fail, $"{got} fail if {test.Config.Text("warn_if") ?? "!= 0"}"),
            { ShouldWarn: true } => (NodeStatus.Warn, $"{got} warn if {test.Config.Text("warn_if") ?? "!= 0"}"),
            _ => (NodeStatus.Pass, null),
        };
        return new NodeResult(test.UniqueId, status)
        {
            Message = message,
            Failures = status == NodeStatus.Pass ? 0 : outcome.Failures,
            CompiledCode = compiled.Code,
            RelationName = test.RelationName,
            Timings = [new NodeTiming("compile", begin, middle), new NodeTiming("execute", middle, time.GetUtcNow())],
        };
    }

    NodeResult UnitTested(UnitTestDefinition test, CancellationToken cancellationToken)
    {
        var begin = time.GetUtcNow();
        var compiled = compiler.CompileUnitTest(test, cancellationToken);
        var middle = time.GetUtcNow();
        var outcome = compiler.RunUnitTest(test, compiled, cancellationToken);
        return new NodeResult(test.UniqueId, outcome.Passed ? NodeStatus.Pass : NodeStatus.Fail)
        {
            Message = outcome.Passed ? null : $"actual differs from expected:\n\n{UnitTestDifference.Of(outcome)}",
            Failures = outcome.Passed ? 0 : 1,
            CompiledCode = outcome.Code,
            Timings = [new NodeTiming("compile", begin, middle), new NodeTiming("execute", middle, time.GetUtcNow())],
        };
    }

    /// <summary>The hooks of the run's start or end: those of packages first, by name, then the project's own. One that fails ends them.</summary>
    async Task<IReadOnlyList<NodeResult>> HooksAsync(bool atStart, IReadOnlyList<(string Database, string Schema)> schemas, IReadOnlyList<NodeResult> results, CancellationToken cancellationToken)
    {
        var hooks = compilation.Manifest.Nodes.Values.OfType<OperationNode>().Where(hook => hook.AtStart == atStart)
            .OrderBy(hook => hook.PackageName == compilation.Manifest.ProjectName).ThenBy(hook => hook.PackageName, StringComparer.Ordinal).ThenBy(hook => hook.Index).ToList();
        var (said, done) = (atStart || hooks.Count == 0 ? null : new JinjaList(results.Select(Seen)), new List<NodeResult>());
        foreach (var hook in hooks)
        {
            var since = time.GetTimestamp();
            var result = await Task.Factory.StartNew(() => Hooked(hook, schemas, said, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            done.Add(result with { Duration = time.GetElapsedTime(since) });
            if (result.Status == NodeStatus.Error)
            {
                break;
            }
        }

        return done;
    }

    NodeResult Hooked(OperationNode hook, IReadOnlyList<(string Database, string Schema)> schemas, JinjaList? results, CancellationToken cancellationToken)
    {
        try
        {
            var response = compiler.RunHook(hook, schemas, results, cancellationToken);
            return new NodeResult(hook.UniqueId, NodeStatus.Success) { Response = response, Message = response?.Message };
        }
        catch (Exception error) when (error is PipelineException or SessionException)
        {
            return new NodeResult(hook.UniqueId, NodeStatus.Error) { Message = ErrorText.Of(hook, error) };
        }
    }

    /// <summary>A result as the hooks of a run's end see it.</summary>
    object? Seen(NodeResult result) => new JinjaDict(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["status"] = result.Status.Word(),
        ["node"] = compilation.Manifest.Find(result.UniqueId) is { } node ? compilation.Describe(node) : null,
        ["unique_id"] = result.UniqueId,
        ["execution_time"] = result.Duration.TotalSeconds,
        ["message"] = result.Message,
        ["failures"] = result.Failures,
        ["thread_id"] = string.Create(CultureInfo.InvariantCulture, $"Thread-{result.Thread} (worker)"),
        ["adapter_response"] = new JinjaDict(result.Response is { } response ? new Dictionary<string, object?>(StringComparer.Ordinal) { ["_message"] = response.Message, ["rows_affected"] = response.RowsAffected } : []),
    });
}
