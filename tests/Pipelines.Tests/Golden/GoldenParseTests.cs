using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Parsing;
using Lakehouse.Pipelines.Selection;

namespace Lakehouse.Pipelines.Tests.Golden;

/// <summary>dbt itself is the referee: the same projects parse, the others fail with the same gist, and <c>ls</c> lists the same.</summary>
public sealed class GoldenParseTests(ITestOutputHelper output)
{
    /// <summary>Errors that dbt finds before anything runs, whatever the command.</summary>
    static readonly HashSet<string> ParseErrors =
    [
        "TargetNotFoundError", "DuplicateResourceNameError", "AmbiguousAliasError", "DuplicateMacroInPackageError", "DuplicatePatchPathError", "YamlLoadError", "ParsingError", "DocTargetNotFoundError",
        "YamlParseDictError", "SchemaConfigError", "EnvVarMissingError", "ValidationError", "DbtSelectorsError", "DbtProfileError", "DbtReferenceError", "DbtValidationError", "InvalidSelectorError",
        "RuntimeError", "UninstalledPackagesFoundError", "CompilationError",
    ];

    [Theory]
    [MemberData(nameof(GoldenCase.Names), MemberType = typeof(GoldenCase))]
    public void Projects_parse_and_list_as_in_dbt(string name)
    {
        var golden = GoldenCase.Load(name);
        using var workspace = new GoldenWorkspace(golden);
        var failures = new List<string>();
        foreach (var step in golden.Steps)
        {
            workspace.Prepare(step);
            if (step.Command.Verb == "deps")
            {
                InstalledLocally(workspace.Project);
            }
            else if (Difference(workspace, step) is { } difference)
            {
                failures.Add($"{step.Name} ({step.Json.GetProperty("do").GetString()}): {difference}");
            }
        }

        failures.ForEach(output.WriteLine);
        Assert.Empty(failures);
    }

    static string? Difference(GoldenWorkspace workspace, GoldenStep step)
    {
        if (step.Error is { Class: "DbtUsageException" })
        {
            // The command line's own matter.
            return null;
        }

        var expected = step.Error is { } error && ParseErrors.Contains(error.Class) ? error : ((string Class, string Message)?)null;
        try
        {
            var project = ProjectParser.Parse(workspace.Options(step));
            var lists = step.Command.Verb == "ls";
            IReadOnlyList<ProjectWarning> warnings = project.Manifest.Warnings;
            IReadOnlyList<string> lines = [];
            if (step.Command.Verb is "ls" or "run" or "build" or "test" or "seed" or "snapshot" or "compile")
            {
                var selected = new NodeSelector(project.Manifest, null, workspace.Project).Select(Selection(project, step));
                warnings = [.. warnings, .. selected.Warnings];
                var only = step.Command.Has("--models") || step.Command.Has("-m") ? ["model"] : step.Command.Of("--resource-type", "--resource-types");
                lines = lists
                    ? NodeList.Lines(project.Manifest, selected.Ids, NodeList.Types(only, step.Command.Of("--exclude-resource-type", "--exclude-resource-types")), Output(step), Keys(step))
                    : [];
            }

            if (step.Error is { Class: "EventCompilationError" } promoted)
            {
                // Which warnings stop a command is the command's choice; that they are there is ours.
                return warnings.Any(w => Gist.Difference("", promoted.Message, w.Message) is null) ? null : $"expected the warning {promoted.Message}";
            }

            return expected is { } wanted ? $"expected the error {wanted.Message}"
                : lists && step.List is { } list && !list.SequenceEqual(lines) ? $"\n    expected {string.Join(' ', list)}\n    got      {string.Join(' ', lines)}"
                : Missing(step, warnings);
        }
        catch (PipelineException failure)
        {
            return expected is not { } wanted
                ? step.Error is { } other && Gist.Difference(other.Class, other.Message, failure.Reason) is null ? null : $"unexpected error: {failure.Message}"
                : Gist.Difference(wanted.Class, wanted.Message, failure.Reason);
        }
    }

    internal static SelectionSpec Selection(ParsedProject project, GoldenStep step)
    {
        var indirect = step.Command.One("--indirect-selection") is { } word ? SelectionSpec.ParseIndirect(word) : IndirectSelection.Eager;
        return step.Command.One("--selector") is { } selector
            ? SelectorDefinitions.Get(project.Manifest.Selectors, selector, indirect)
            : SelectionParser.Parse(step.Command.Of("--select", "-s", "--models", "-m"), step.Command.Of("--exclude"), indirect);
    }

    static ListOutput Output(GoldenStep step) => step.Command.One("--output") switch
    {
        "name" => ListOutput.Name,
        "path" => ListOutput.Path,
        "json" => ListOutput.Json,
        _ => ListOutput.Selector,
    };

    static IReadOnlyList<string>? Keys(GoldenStep step) => step.Command.Of("--output-keys") is { Count: > 0 } keys ? keys : null;

    /// <summary>Warnings of parsing and selecting that dbt has and we have not, or the other way round.</summary>
    static string? Missing(GoldenStep step, IReadOnlyList<ProjectWarning> warnings)
    {
        // What the command itself says is not a matter of parsing.
        var expected = step.Warnings.Where(w => w.Event is not ("NothingToDo" or "NoNodesSelected" or "DeprecationsSummary" or "ModelParamUsageDeprecation")).ToArray();
        var said = warnings.Select(w => (w.Event, Text: Gist.Normal(w.Message))).ToArray();
        foreach (var (name, text) in expected)
        {
            // Long texts are cut in the recording.
            if (!said.Any(s => s.Event == name && s.Text.StartsWith(Gist.Normal(text), StringComparison.Ordinal)))
            {
                return $"expected the warning {name}: {text}; got {string.Join("; ", said)}";
            }
        }

        return said.FirstOrDefault(s => !expected.Any(e => e.Event == s.Event)) is { Event: not null } extra ? $"unexpected warning {extra.Event}: {extra.Text}" : null;
    }

    /// <summary>What installing packages of the own disk comes to.</summary>
    internal static void InstalledLocally(string project)
    {
        foreach (var package in Directory.GetDirectories(Path.Combine(project, "packages")))
        {
            foreach (var file in Directory.EnumerateFiles(package, "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(project, "dbt_packages", Path.GetFileName(package), Path.GetRelativePath(package, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target, overwrite: true);
            }
        }
    }
}
