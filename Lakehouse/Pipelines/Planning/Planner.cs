using System.Text.RegularExpressions;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Planning;

/// <summary>Makes the plan of a run: a pure function of the project and its parsed models.</summary>
public static partial class Planner
{
    /// <summary>Config that would change what a run does, and has no meaning here.</summary>
    static readonly string[] RefusedConfig = ["pre_hook", "post_hook", "pre-hook", "post-hook", "database", "sql_header", "grants", "on_configuration_change"];

    /// <summary>Orders the models by their dependencies.</summary>
    /// <exception cref="PipelineException">A dependency is missing or circular, or a model asks for what is not supported.</exception>
    public static RunPlan Plan(PipelineProject project, IReadOnlyList<ParsedModel> models)
    {
        var byName = models.ToDictionary(m => m.Name, StringComparer.Ordinal);
        foreach (var model in models)
        {
            Check(project, model, byName);
        }

        var order = Order(models, byName);
        var steps = order.Where(m => MaterializationOf(m) == Materialization.Table).Select(model => Step(project, model, byName)).ToArray();
        foreach (var same in steps.GroupBy(s => s.FullName).Where(g => g.Count() > 1))
        {
            throw new PipelineException(
                PipelineErrorKind.InvalidProject, $"two models build the table {same.Key}: {string.Join(" and ", same.Select(s => s.Path))}", same.Last().Path);
        }

        var sources = steps.SelectMany(s => s.Sources).Distinct().OrderBy(s => s.FullName, StringComparer.Ordinal).ToArray();
        if (steps.FirstOrDefault(s => sources.Any(source => source.FullName == s.FullName)) is { } own)
        {
            throw new PipelineException(PipelineErrorKind.InvalidProject, $"the table {own.FullName} is both a source and a model", own.Path);
        }

        return new RunPlan(project.Name, project.Hash, sources, steps);
    }

    /// <summary>How a model is kept.</summary>
    /// <exception cref="PipelineException">Its materialization is not supported.</exception>
    public static Materialization MaterializationOf(ParsedModel model) => model.Materialized switch
    {
        "table" => Materialization.Table,
        "ephemeral" => Materialization.Ephemeral,
        var other => throw new PipelineException(
            PipelineErrorKind.Unsupported, $"the model '{model.Name}' is materialized as '{other}': only 'table' and 'ephemeral' are supported", model.File.Path),
    };

    static void Check(PipelineProject project, ParsedModel model, Dictionary<string, ParsedModel> byName)
    {
        _ = MaterializationOf(model);
        foreach (var key in RefusedConfig)
        {
            if (model.Config.TryGet(key, out var value) && Jinja.Values.Truth.Of(value))
            {
                throw new PipelineException(PipelineErrorKind.Unsupported, $"the model '{model.Name}' has the config '{key}', which is not supported", model.File.Path);
            }
        }

        foreach (var (what, name) in new[] { ("schema", model.Namespace), ("name", model.Alias) })
        {
            if (!TableName().IsMatch(name))
            {
                throw new PipelineException(PipelineErrorKind.InvalidProject, $"the model '{model.Name}' has the table {what} '{name}': letters, digits and underscores only", model.File.Path);
            }
        }

        CheckDependencies(project, model, byName);
    }

    internal static void CheckDependencies(PipelineProject project, ParsedModel model, IReadOnlyDictionary<string, ParsedModel> byName)
    {
        foreach (var reference in model.References)
        {
            if (!byName.ContainsKey(reference.Name) || (reference.Package is not null && reference.Package != project.Name))
            {
                var name = reference.Package is null ? reference.Name : $"{reference.Package}.{reference.Name}";
                throw new PipelineException(
                    PipelineErrorKind.MissingDependency, $"Model '{model.UniqueId}' ({model.File.Path}) depends on a node named '{name}' which was not found", reference.File, reference.Line);
            }
        }

        foreach (var source in model.Sources)
        {
            if (Find(project, source) is null)
            {
                throw new PipelineException(
                    PipelineErrorKind.MissingDependency, $"Model '{model.UniqueId}' ({model.File.Path}) depends on a source named '{source.SourceName}.{source.Name}' which was not found", source.File, source.Line);
            }
        }
    }

    static SourceTable? Find(PipelineProject project, SourceReference reference) =>
        project.Sources.FirstOrDefault(s => s.SourceName == reference.SourceName && s.Name == reference.Name);

    /// <summary>Depth first over paths in order, so that equal projects give equal plans.</summary>
    static List<ParsedModel> Order(IReadOnlyList<ParsedModel> models, Dictionary<string, ParsedModel> byName)
    {
        var done = new List<ParsedModel>();
        var path = new List<(ParsedModel Model, Reference? By)>();
        foreach (var model in models)
        {
            Visit(model, null);
        }

        return done;

        void Visit(ParsedModel model, Reference? by)
        {
            if (done.Contains(model))
            {
                return;
            }

            var at = path.FindIndex(p => p.Model == model);
            if (at >= 0)
            {
                var circle = path.Skip(at).Select(p => p.Model.Name).Append(model.Name);
                throw new PipelineException(PipelineErrorKind.Cycle, $"models depend on each other in a circle: {string.Join(" -> ", circle)}", by!.File, by.Line);
            }

            path.Add((model, by));
            foreach (var reference in model.References)
            {
                Visit(byName[reference.Name], reference);
            }

            path.RemoveAt(path.Count - 1);
            done.Add(model);
        }
    }

    static PlannedStep Step(PipelineProject project, ParsedModel model, Dictionary<string, ParsedModel> byName)
    {
        var dependsOn = new List<string>();
        var sources = new List<PlannedSource>();
        Collect(model);
        return new PlannedStep(model.Name, model.Namespace, model.Alias, dependsOn, sources, model.File.Path);

        void Collect(ParsedModel from)
        {
            foreach (var source in from.Sources.Select(s => Find(project, s)!).Select(s => new PlannedSource(s.Namespace, s.Identifier)).Where(s => !sources.Contains(s)))
            {
                sources.Add(source);
            }

            foreach (var other in from.References.Select(r => byName[r.Name]))
            {
                if (MaterializationOf(other) == Materialization.Ephemeral)
                {
                    Collect(other);
                }
                else if (!dependsOn.Contains(other.Name))
                {
                    dependsOn.Add(other.Name);
                }
            }
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_]{1,128}\z", RegexOptions.None, 1000)]
    private static partial Regex TableName();
}
