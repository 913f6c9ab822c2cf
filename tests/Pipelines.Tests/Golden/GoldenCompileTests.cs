using System.Text.RegularExpressions;
using Lakehouse.Engine;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Parsing;
using Lakehouse.Pipelines.Selection;

namespace Lakehouse.Pipelines.Tests.Golden;

/// <summary>dbt's own compiled SQL is the referee: the same text but for white space. Nodes are built on a DuckDB as the steps say, since what a model compiles to may depend on what is there.</summary>
public sealed partial class GoldenCompileTests(ITestOutputHelper output)
{
    [Theory]
    [MemberData(nameof(GoldenCase.Names), MemberType = typeof(GoldenCase))]
    public async Task Nodes_compile_as_in_dbt(string name)
    {
        var golden = GoldenCase.Load(name);
        using var workspace = new GoldenWorkspace(golden);
        using var adapter = await DuckDbAdapter.OpenAsync();
        var differences = new List<string>();
        var compared = 0;
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
            else if (step.Error is null && step.Command.Verb is "run" or "build" or "seed" or "snapshot" or "test" or "compile")
            {
                compared += await Task.Run(() => CompareAsync(golden, workspace, step, adapter, differences));
            }
        }

        output.WriteLine($"{compared} nodes compared");
        differences.ForEach(output.WriteLine);
        Assert.Empty(differences);
    }

    static async Task<int> CompareAsync(GoldenCase golden, GoldenWorkspace workspace, GoldenStep step, DuckDbAdapter adapter, List<string> differences)
    {
        var project = ProjectParser.Parse(workspace.Options(step));
        var folder = Path.Combine(golden.Folder, "compiled", step.Name);
        var selected = new NodeSelector(project.Manifest, null, workspace.Project).Select(GoldenParseTests.Selection(project, step)).Ids.ToHashSet(StringComparer.Ordinal);
        var compiler = new ManifestCompiler(new CompilerOptions
        {
            Manifest = project.Manifest,
            Projects = project.Packages.Prepend(project.Root).ToDictionary(p => p.Name, StringComparer.Ordinal),
            Target = project.Target,
            Describe = node => node is ManifestNode own ? NodeDescription.Of(own) : new(),
            Vars = workspace.Options(step).Vars,
            Environment = step.Environment,
            Command = step.Command.Verb,
            Flags = new Dictionary<string, object?>(StringComparer.Ordinal) { ["FULL_REFRESH"] = step.Command.Has("--full-refresh"), ["STORE_FAILURES"] = step.Command.Has("--store-failures") },
            Empty = step.Command.Has("--empty"),
            Selected = [.. selected],
            Adapter = adapter,
        });
        var count = 0;
        foreach (var id in project.Manifest.Graph.ExecutionOrder().Where(selected.Contains))
        {
            if (!project.Manifest.Nodes.TryGetValue(id, out var node) || node.Config.Text("incremental_strategy") == "microbatch")
            {
                continue;
            }

            try
            {
                await BuildAsync(workspace, compiler, node, adapter, step.Command.Verb, Compare);
            }
            catch (PipelineException)
            {
                // A node that fails in dbt fails here too; what it compiled to was compared before.
            }
        }

        foreach (var test in project.Manifest.UnitTests.Values.Where(t => selected.Contains(t.UniqueId)))
        {
            try
            {
                var compiled = compiler.CompileUnitTest(test);
                CompareWith(test.UniqueId, Path.Combine(folder, test.PackageName, test.OriginalFilePath, "models", $"{test.Name}.sql"), compiled.Code);
                if (step.Command.Verb == "test" && step.Json.GetProperty("status").TryGetProperty(test.UniqueId, out var status) && status.GetString() is "pass" or "fail")
                {
                    var outcome = compiler.RunUnitTest(test, compiled);
                    if (outcome.Passed != (status.GetString() == "pass"))
                    {
                        differences.Add($"{step.Name} {test.UniqueId} is {(outcome.Passed ? "pass" : "fail")}, not {status}: {outcome.Missing.Count} missing, {outcome.Unexpected.Count} unexpected");
                    }
                }
            }
            catch (PipelineException) when (!step.Success)
            {
                // A test that is wrong on purpose.
            }
        }

        return count;

        void Compare(ManifestNode node, string compiled) => CompareWith(
            node.UniqueId, Path.Combine(folder, node.PackageName, node.OriginalFilePath, node is TestNode { IsGeneric: true } ? Path.GetFileName(node.Path) : ""), compiled);

        void CompareWith(string id, string path, string compiled)
        {
            var file = path.TrimEnd('/');
            if (File.Exists(file))
            {
                count++;
                if (Plain(compiled) != Plain(File.ReadAllText(file)))
                {
                    differences.Add($"{step.Name} {id}\n    expected {Plain(File.ReadAllText(file))}\n    got      {Plain(compiled)}");
                }
            }
        }
    }

    static async Task BuildAsync(GoldenWorkspace workspace, ManifestCompiler compiler, ManifestNode node, DuckDbAdapter adapter, string verb, Action<ManifestNode, string> compare)
    {
        if (node is SeedNode seed)
        {
            await adapter.CreateSchemaAsync(node.Database!, node.Schema!, CancellationToken.None);
            var path = Path.Combine(seed.RootPath, seed.OriginalFilePath);
            var columns = await adapter.DescribeQueryAsync($"select * from read_csv({SqlText.Literal(path)})", CancellationToken.None);
            var names = string.Join(", ", columns.Select(c => c.Type == "BIGINT" ? $"\"{c.Name}\"::integer as \"{c.Name}\"" : $"\"{c.Name}\""));
            await adapter.ExecuteAsync(
                $"create or replace table {new RelationName(node.Database!, node.Schema!, node.Alias)} as select {names} from read_csv({SqlText.Literal(path)})", fetch: false, null, CancellationToken.None);
            return;
        }

        var compiled = compiler.Compile(node);
        if (node is not SnapshotNode)
        {
            compare(node, compiled.Code);
        }

        if (verb != "compile" && node is ModelNode or SnapshotNode && node.Config.Materialized != "ephemeral")
        {
            await adapter.CreateSchemaAsync(node.Database!, node.Schema!, CancellationToken.None);
            compiler.Materialize(node, compiled);
        }
    }

    static string Plain(string sql) => White().Replace(sql, "").TrimEnd(';');

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex White();
}
