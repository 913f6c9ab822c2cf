using System.Text.Json;
using System.Text.Json.Nodes;
using static LakeAspire.Catalog.Lineage.Events.EventReader;

namespace LakeAspire.Catalog.Lineage.Events;

/// <summary>The facets that are understood: what they must be, and what they say.</summary>
internal static class FacetRules
{
    public const string ColumnLineage = "columnLineage";
    public const string Symlinks = "symlinks";
    public const string Version = "version";
    public const string Schema = "schema";
    public const string Lifecycle = "lifecycleStateChange";
    public const string OutputStatistics = "outputStatistics";
    public const string InputStatistics = "inputStatistics";

    /// <summary>Our own facet of runs: branch, commit, run and attempt.</summary>
    public const string LakeRun = "lakeaspire_run";

    /// <summary>Checks the facets of a dataset.</summary>
    public static DatasetMention Checked(DatasetMention mention, string path)
    {
        if (mention.Facets[ColumnLineage] is JsonObject columns && !IsDeleted(columns))
        {
            CheckColumns(columns, $"{path}.facets.{ColumnLineage}");
        }

        if (mention.Facets[Version] is JsonObject version && !IsDeleted(version))
        {
            Text(version, "datasetVersion", $"{path}.facets.{Version}");
        }

        if (mention.Facets[Symlinks] is JsonObject { } symlinks && !IsDeleted(symlinks))
        {
            foreach (var (item, i) in Items(symlinks["identifiers"], $"{path}.facets.{Symlinks}.identifiers"))
            {
                foreach (var member in (string[])["namespace", "name", "type"])
                {
                    Text(Object(item, $"{path}.facets.{Symlinks}.identifiers[{i}]"), member, $"{path}.facets.{Symlinks}.identifiers[{i}]");
                }
            }
        }

        CheckCounts(mention.Own[OutputStatistics], $"{path}.outputFacets.{OutputStatistics}");
        CheckCounts(mention.Own[InputStatistics], $"{path}.inputFacets.{InputStatistics}");
        return mention;
    }

    /// <summary>Checks the facets of a run.</summary>
    public static void CheckRun(JsonObject facets, string path)
    {
        if (facets["parent"] is JsonObject parent)
        {
            var run = Text(Object(parent["run"], $"{path}.parent.run"), "runId", $"{path}.parent.run");
            if (!Guid.TryParseExact(run, "D", out _))
            {
                throw Refused($"{path}.parent.run.runId", "is no UUID");
            }

            Text(Object(parent["job"], $"{path}.parent.job"), "name", $"{path}.parent.job");
        }

        if (facets["errorMessage"] is JsonObject error)
        {
            Text(error, "message", $"{path}.errorMessage");
        }

        if (facets[LakeRun] is JsonObject own)
        {
            CheckCount(own["commitId"], $"{path}.{LakeRun}.commitId");
            CheckCount(own["runId"], $"{path}.{LakeRun}.runId");
        }
    }

    /// <summary>How many edges between columns a dataset's facets bring.</summary>
    public static long EdgeCount(JsonObject facets) => facets[ColumnLineage] is JsonObject columns && !IsDeleted(columns)
        ? (columns["fields"] as JsonObject ?? []).Sum(field => (long)((field.Value?["inputFields"] as JsonArray)?.Count ?? 0)) + ((columns["dataset"] as JsonArray)?.Count ?? 0)
        : 0;

    public static bool IsDeleted(JsonObject facet) => facet["_deleted"]?.GetValueKind() == JsonValueKind.True;

    /// <summary>A count of a statistics facet.</summary>
    public static long? Count(JsonNode? facet, string member) => facet?[member] is JsonValue value && value.TryGetValue<long>(out var count) ? count : null;

    static void CheckColumns(JsonObject facet, string path)
    {
        foreach (var (name, field) in Object(facet["fields"], $"{path}.fields"))
        {
            CheckFields(Object(field, $"{path}.fields.{name}")["inputFields"], $"{path}.fields.{name}.inputFields");
        }

        if (facet["dataset"] is { } dataset)
        {
            CheckFields(dataset, $"{path}.dataset");
        }
    }

    static void CheckFields(JsonNode? node, string path)
    {
        foreach (var (item, i) in Items(node, path))
        {
            var field = Object(item, $"{path}[{i}]");
            foreach (var member in (string[])["namespace", "name", "field"])
            {
                Text(field, member, $"{path}[{i}]");
            }

            if (field["transformations"] is { } transformations)
            {
                foreach (var (transformation, j) in Items(transformations, $"{path}[{i}].transformations"))
                {
                    Text(Object(transformation, $"{path}[{i}].transformations[{j}]"), "type", $"{path}[{i}].transformations[{j}]");
                }
            }
        }
    }

    static IEnumerable<(JsonNode? Item, int Index)> Items(JsonNode? node, string path) =>
        (node as JsonArray ?? throw Refused(path, node is null ? "is missing" : "is no array")).Select((item, i) => (item, i));

    static void CheckCounts(JsonNode? facet, string path)
    {
        foreach (var member in (string[])["rowCount", "size", "fileCount"])
        {
            CheckCount(facet?[member], $"{path}.{member}");
        }
    }

    static void CheckCount(JsonNode? node, string path)
    {
        if (node is not null && (node is not JsonValue value || !value.TryGetValue<long>(out var count) || count < 0))
        {
            throw Refused(path, "is no whole number of 0 or more");
        }
    }
}
