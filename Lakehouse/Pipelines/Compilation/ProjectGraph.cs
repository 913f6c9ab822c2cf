using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Compilation;

/// <summary>What templates see as <c>graph</c>: all models and sources by id.</summary>
internal static class ProjectGraph
{
    public static JinjaDict Of(PipelineProject project, IEnumerable<ParsedModel> models)
    {
        var nodes = models.Select(m => KeyValuePair.Create(
            m.UniqueId, (object?)ModelState.Describe(project, m.File, m.Config, m.Namespace, m.Alias, m.Description, m.Columns)));
        var sources = project.Sources.Select(s => KeyValuePair.Create($"source.{project.Name}.{s.SourceName}.{s.Name}", (object?)new JinjaDict(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["source_name"] = s.SourceName,
            ["name"] = s.Name,
            ["schema"] = s.Namespace,
            ["identifier"] = s.Identifier,
            ["database"] = PipelineTarget.Database,
            ["resource_type"] = "source",
            ["description"] = s.Description,
        })));
        return new JinjaDict(new Dictionary<string, object?>(StringComparer.Ordinal) { ["nodes"] = new JinjaDict(nodes), ["sources"] = new JinjaDict(sources) });
    }
}
