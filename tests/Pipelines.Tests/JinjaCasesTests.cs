using System.Text.Json;
using LakeAspire.Testing;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Planning;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Tests;

/// <summary>dbt's own compilation of models is the referee: the same text, the same dependencies, and an error in the same phase with the same gist.</summary>
public sealed class JinjaCasesTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Models_compile_as_dbt_compiles_them()
    {
        var folder = Needs.Golden("dbt/jinja");
        var project = ProjectLoader.Load(Path.Combine(folder, "project"));
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")));
        using var adapter = await DuckDbAdapter.OpenAsync();
        var failures = new List<string>();
        var passed = 0;
        foreach (var item in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            var name = item.GetProperty("name").GetString()!;
            if (Difference(project, adapter, name, item) is { } difference)
            {
                failures.Add(name);
                output.WriteLine($"{name}: {difference}");
            }
            else
            {
                passed++;
            }
        }

        output.WriteLine($"{passed} cases as in dbt, {failures.Count} not");
        Assert.Empty(failures);
        Assert.Equal(235, passed);
    }

    static string? Difference(PipelineProject project, DuckDbAdapter adapter, string name, JsonElement item)
    {
        var sql = item.GetProperty("sql").GetString()!.Replace("\r\n", "\n").Replace('\r', '\n').Trim();
        var model = new ModelFile(name, $"models/cases/{name}.sql", ["cases"], sql);
        var target = new PipelineTarget { Name = "dev", Command = "compile", Environment = new Dictionary<string, string> { ["LAB_SET"] = "from env" } };
        var phase = "parse";
        try
        {
            var compiler = new ProjectCompiler(project with { Models = [.. project.Models, model] }, target, adapter: adapter);
            var parsed = compiler.Parse().ToDictionary(m => m.Name);
            Planner.CheckDependencies(project, parsed[name], parsed);
            phase = "compile";
            var compiled = compiler.Compile(parsed[name]);
            if (!item.TryGetProperty("out", out var expected))
            {
                return $"expected an error, got {compiled}";
            }

            var references = parsed[name].References.Select(r => $"model.{project.Name}.{r.Name}").Concat(parsed[name].Sources.Select(s => $"source.{project.Name}.{s.SourceName}.{s.Name}"));
            var expectedReferences = item.GetProperty("refs").EnumerateArray().Select(r => r.GetString()!);
            return compiled != expected.GetString() ? $"\n    expected {Shown(expected.GetString()!)}\n    got      {Shown(compiled)}"
                : !references.Order().SequenceEqual(expectedReferences.Order()) ? $"depends on {string.Join(", ", references)}"
                : null;
        }
        catch (PipelineException error)
        {
            if (!item.TryGetProperty("error", out var expected))
            {
                return $"unexpected error: {error.Message}";
            }

            var message = string.Join(' ', expected.GetProperty("message").GetString()!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            var gist = string.Join(' ', error.Reason.Split('\n')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            return phase != expected.GetProperty("phase").GetString() ? $"error in phase {phase}: {error.Message}"
                : !message.Contains(gist, StringComparison.Ordinal) ? $"\n    expected {message}\n    got      {gist}"
                : null;
        }
    }

    static string Shown(string text) => text.Replace("\n", "\\n");
}
