using LakeAspire.Portal.Lake;

namespace LakeAspire.Portal.Pipelines;

/// <summary>A node of the pipeline's graph: a model, or a table that it reads from outside.</summary>
public sealed record PipelineNode(string Id, string Layer, string Name, Model? Model, RunNode? Run)
{
    /// <summary>The state in the shown run; <c>source</c> and <c>idle</c> for what no run touches.</summary>
    public string State => Model is null ? "source" : Run?.State ?? "idle";
}

/// <summary>A project and one of its runs, put together.</summary>
internal static class PipelineView
{
    public static IReadOnlyList<PipelineNode> NodesOf(Project project, Run? run)
    {
        var runs = (run?.Nodes ?? []).GroupBy(node => Bare(node.Model), StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
        var models = project.Models.Select(model => new PipelineNode(IdOf(model), model.Namespace, model.Name, model, runs.GetValueOrDefault(model.Name))).ToList();
        var known = models.Select(node => node.Id).ToHashSet(StringComparer.Ordinal);
        var outside = (project.Sources ?? []).Select(source => source.ToString())
            .Concat(EdgesOf(project).Select(edge => edge.From))
            .Distinct(StringComparer.Ordinal)
            .Where(id => !known.Contains(id))
            .Select(id => new PipelineNode(id, id.Contains('.', StringComparison.Ordinal) ? id[..id.IndexOf('.', StringComparison.Ordinal)] : "", Bare(id), null, null));
        return [.. outside, .. models];
    }

    public static IEnumerable<(string From, string To)> EdgesOf(Project project)
    {
        var byName = project.Models.GroupBy(model => model.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => IdOf(group.First()), StringComparer.Ordinal);
        return project.Models.SelectMany(model => (model.DependsOn ?? []).Select(needed =>
            (needed.Contains('.', StringComparison.Ordinal) ? needed : byName.GetValueOrDefault(needed, needed), IdOf(model))));
    }

    public static string IdOf(Model model) => TableName.Text(model.Namespace, model.Name);

    public static TimeSpan? DurationOf(RunNode? node, DateTimeOffset now) =>
        node?.StartedAt is { } start && (node.FinishedAt ?? (node.State == "running" ? now : null)) is { } end ? end - start : null;

    static string Bare(string name) => TableName.Parse(name)?.Name ?? name;
}
