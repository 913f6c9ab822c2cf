using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>Errors of resources that share a name.</summary>
internal static class Duplicates
{
    public static PipelineException Node(GraphNode first, GraphNode second) => first switch
    {
        TestNode { IsGeneric: true } test => Resource(
            "data_tests", $"\"{test.Name}\" defined on column \"{test.ColumnName}\" in \"{test.FileKeyName}\"", "running tests", (first.UniqueId, first.OriginalFilePath), (second.UniqueId, second.OriginalFilePath)),
        SourceDefinition source => Resource(
            "sources", $"\"{source.SourceName}_{source.Name}\"", $"looking for source(\"{source.SourceName}\", \"{source.Name}\")", (first.UniqueId, first.OriginalFilePath), (second.UniqueId, second.OriginalFilePath)),
        ModelNode or SeedNode or SnapshotNode => Resource(
            Plural(first.ResourceType), $"\"{first.Name}\"", $"looking for ref(\"{first.Name}\")", (first.UniqueId, first.OriginalFilePath), (second.UniqueId, second.OriginalFilePath)),
        _ => Resource(Plural(first.ResourceType), first.Name, (first.UniqueId, first.OriginalFilePath), (second.UniqueId, second.OriginalFilePath)),
    };

    public static PipelineException Resource(string plural, string name, (string Id, string File) first, (string Id, string File) second) =>
        Resource(plural, $"\"{name}\"", $"running or looking for {plural}", first, second);

    static PipelineException Resource(string plural, string name, string action, (string Id, string File) first, (string Id, string File) second) => new(
        PipelineErrorKind.Duplicate,
        $"dbt found two {plural} with the name {name}.\n\nSince these resources have the same name, dbt will be unable to find the correct resource\nwhen {action}.\n\nTo fix this, change the name of one of these resources:\n- {first.Id} ({first.File})\n- {second.Id} ({second.File})",
        second.File);

    static string Plural(ResourceType type) => type switch { ResourceType.Analysis => "analyses", ResourceType.SavedQuery => "saved_queries", _ => type.Word() + "s" };
}
