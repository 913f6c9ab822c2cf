using System.Text.Json;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Execution;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Parsing;
using Lakehouse.Pipelines.Selection;

namespace Lakehouse.Pipelines.Tests.Golden;

/// <summary>dbt's own runs are the referee: the same nodes, in the same order, with the same status and the same failures.</summary>
public sealed class GoldenRunTests(ITestOutputHelper output)
{
    /// <summary>Steps in which nodes end otherwise, and why: the others of the project are compared all the same.</summary>
    static readonly Dictionary<string, string> Otherwise = new(StringComparer.Ordinal)
    {
        ["energy_grid: insert_overwrite_not_here"] = "insert_overwrite is a strategy of the lake",
        ["energy_grid: duplicate_source_keys_merge"] = "the engine's MERGE takes two source rows for one of the target, as the version of the golden data does not",
    };

    [Theory]
    [MemberData(nameof(GoldenCase.Names), MemberType = typeof(GoldenCase))]
    public async Task Nodes_run_as_in_dbt(string name)
    {
        var golden = GoldenCase.Load(name);
        using var workspace = new GoldenWorkspace(golden);
        using var adapter = await DuckDbAdapter.OpenAsync();
        var (differences, steps) = (new List<string>(), 0);
        foreach (var step in golden.Steps)
        {
            workspace.Prepare(step);
            foreach (var sql in step.Json.TryGetProperty("before", out var before) ? before.EnumerateArray().Select(s => s.GetString()!).ToArray() : [])
            {
                await adapter.ExecuteAsync(sql, fetch: false, null, TestContext.Current.CancellationToken);
            }

            if (step.Command.Verb == "deps")
            {
                GoldenParseTests.InstalledLocally(workspace.Project);
            }
            else if (step.Error is null && step.Command.Verb is "run" or "build" or "seed" or "snapshot" or "test")
            {
                var found = new List<string>();
                await CompareAsync(workspace, step, adapter, found);
                steps++;
                if (Otherwise.ContainsKey($"{name}: {step.Name}"))
                {
                    Assert.True(found.Count > 0, $"{step.Name} is now as in dbt: take it off the list");
                }
                else
                {
                    differences.AddRange(found);
                }
            }
        }

        output.WriteLine($"{steps} steps compared");
        differences.ForEach(output.WriteLine);
        Assert.Empty(differences);
    }

    static async Task CompareAsync(GoldenWorkspace workspace, GoldenStep step, DuckDbAdapter adapter, List<string> differences)
    {
        var parse = workspace.Options(step);
        var project = ProjectParser.Parse(parse);
        var selected = new NodeSelector(project.Manifest, null, workspace.Project).Select(GoldenParseTests.Selection(project, step)).Ids.ToHashSet(StringComparer.Ordinal);
        var run = new ProjectRun(
            new CompilerOptions
            {
                Manifest = project.Manifest,
                Projects = project.Packages.Prepend(project.Root).ToDictionary(p => p.Name, StringComparer.Ordinal),
                Target = project.Target,
                Describe = node => node is ManifestNode own ? NodeDescription.Of(own) : new(),
                Vars = parse.Vars,
                Environment = step.Environment,
                Command = step.Command.Verb,
                Flags = new Dictionary<string, object?>(StringComparer.Ordinal) { ["FULL_REFRESH"] = step.Command.Has("--full-refresh"), ["STORE_FAILURES"] = step.Command.Has("--store-failures") },
                Empty = step.Command.Has("--empty"),
                Selected = [.. selected],
                Adapter = adapter,
            },
            new RunOptions
            {
                Command = Enum.Parse<RunCommand>(step.Command.Verb, ignoreCase: true),
                Threads = 1,
                FailFast = step.Command.Has("--fail-fast"),
                WarningsAreErrors = step.Command.Has("--warn-error"),
                EventTimeStart = Time(step, "--event-time-start"),
                EventTimeEnd = Time(step, "--event-time-end"),
            });
        var results = await run.RunAsync(selected, TestContext.Current.CancellationToken);

        var expected = step.Json.GetProperty("status").EnumerateObject().ToDictionary(s => s.Name, s => s.Value.GetString()!, StringComparer.Ordinal);
        var found = results.ToDictionary(r => r.UniqueId, r => r, StringComparer.Ordinal);
        foreach (var (id, status) in expected)
        {
            var got = found.GetValueOrDefault(id);
            if (got?.Status.Word() != status)
            {
                differences.Add($"{step.Name}: {id} is {got?.Status.Word() ?? "missing"}, not {status}: {got?.Message}");
            }
        }

        differences.AddRange(found.Keys.Where(id => !expected.ContainsKey(id)).Select(id => $"{step.Name}: {id} is {found[id].Status.Word()}, and not there in dbt"));
        foreach (var failures in step.Json.GetProperty("failures").EnumerateObject().Where(f => found.TryGetValue(f.Name, out var test) && test.Failures is { } count && f.Value.ValueKind == JsonValueKind.Number && count != f.Value.GetInt64()))
        {
            differences.Add($"{step.Name}: {failures.Name} has {found[failures.Name].Failures} failures, not {failures.Value}");
        }

        var order = step.Json.TryGetProperty("order", out var given) ? given.EnumerateArray().Select(o => o.GetString()!).ToList() : null;
        var ours = results.Select(r => r.UniqueId).Where(id => !id.StartsWith("unit_test.", StringComparison.Ordinal) && order?.Contains(id) == true).ToList();
        if (order is not null && !order.SequenceEqual(ours))
        {
            differences.Add($"{step.Name}: the order is\n    {string.Join("\n    ", ours)}\n  and not\n    {string.Join("\n    ", order)}");
        }
    }

    static DateTimeOffset? Time(GoldenStep step, string option) => step.Command.One(option) is { } text ? DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal) : null;
}
