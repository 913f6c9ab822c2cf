using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Lineage.Events;

namespace LakeAspire.Catalog.Lineage.Ingest;

/// <summary>Kinds of edges.</summary>
internal static class EdgeKinds
{
    /// <summary>From a dataset to a dataset.</summary>
    public const short Dataset = 0;

    /// <summary>From a column to a column that is made of its values.</summary>
    public const short Direct = 1;

    /// <summary>From a column to a column, or to all columns, for which rows are chosen, joined, grouped or ordered by it.</summary>
    public const short Indirect = 2;
}

/// <summary>An edge into an output.</summary>
internal sealed record FlowEdge(DatasetKey Source, short Kind, string? SourceColumn, string? TargetColumn, string? Transformations);

/// <summary>How an output is made: its edges, and the columns of which that is not known.</summary>
internal sealed record EdgeSet(IReadOnlyList<FlowEdge> Edges, JsonObject Untraced)
{
    /// <summary>The datasets that facets refer to.</summary>
    public static IEnumerable<DatasetKey> Referred(DatasetMention output) => Fields(output).Select(f => f.Source).Distinct();

    /// <summary>
    /// The edges into one output. Each input leads to each output; where there are several outputs and the columns of this one are known, only inputs that these name do.
    /// </summary>
    public static EdgeSet Of(IReadOnlyList<DatasetMention> inputs, DatasetMention output, int outputs, int maxEdges)
    {
        var fields = Fields(output).ToList();
        var sources = fields.Select(f => f.Source).ToHashSet();
        if (outputs == 1 || sources.Count == 0)
        {
            sources.UnionWith(inputs.Select(i => i.Key));
        }

        var edges = sources.Select(source => new FlowEdge(source, EdgeKinds.Dataset, null, null, null)).Concat(fields)
            .DistinctBy(e => (e.Source, e.Kind, e.SourceColumn, e.TargetColumn))
            .OrderBy(e => e.Kind).ThenBy(e => e.Source.Namespace, StringComparer.Ordinal).ThenBy(e => e.Source.Name, StringComparer.Ordinal)
            .ThenBy(e => e.SourceColumn, StringComparer.Ordinal).ThenBy(e => e.TargetColumn, StringComparer.Ordinal)
            .ToList();
        return edges.Count <= maxEdges
            ? new EdgeSet(edges, UntracedOf(output))
            : throw new EventRefusedException($"the run has {edges.Count} edges into {output.Key.Namespace} {output.Key.Name}, and {maxEdges} are the most that is taken (Catalog:OpenLineage:MaxEdges)");
    }

    /// <summary>What tells two ways of making a dataset apart.</summary>
    public string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var edge in Edges)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{edge.Kind}\0{edge.Source.Namespace}\0{edge.Source.Name}\0{edge.SourceColumn}\0{edge.TargetColumn}\0{edge.Transformations}\u0001"));
        }

        hash.AppendData(Encoding.UTF8.GetBytes(Canonical.Digest(Untraced)));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static IEnumerable<FlowEdge> Fields(DatasetMention output)
    {
        if (output.Facets[FacetRules.ColumnLineage] is not JsonObject facet || FacetRules.IsDeleted(facet))
        {
            yield break;
        }

        foreach (var (target, field) in (JsonObject)facet["fields"]!)
        {
            foreach (var input in (JsonArray)field!["inputFields"]!)
            {
                var transformations = input!["transformations"] as JsonArray ?? Older((JsonObject)field);
                yield return Edge(input, target, IsDirect(transformations) ? EdgeKinds.Direct : EdgeKinds.Indirect, transformations);
            }
        }

        foreach (var input in facet["dataset"] as JsonArray ?? [])
        {
            yield return Edge(input!, target: null, EdgeKinds.Indirect, input!["transformations"] as JsonArray);
        }
    }

    static FlowEdge Edge(JsonNode input, string? target, short kind, JsonArray? transformations) => new(
        new DatasetKey(input["namespace"]!.GetValue<string>(), input["name"]!.GetValue<string>()), kind, input["field"]!.GetValue<string>(), target, transformations is { Count: > 0 } ? transformations.ToJsonString() : null);

    /// <summary>Without a word about it, a value comes from where it is said to come from.</summary>
    static bool IsDirect(JsonArray? transformations) => transformations is not { Count: > 0 } || transformations.Any(t => t!["type"]!.GetValue<string>().Equals("DIRECT", StringComparison.OrdinalIgnoreCase));

    /// <summary>The two members by which earlier versions of the facet say it.</summary>
    static JsonArray? Older(JsonObject field) => field["transformationType"]?.ToString() is not { Length: > 0 } type
        ? null
        : [new JsonObject
        {
            ["type"] = "DIRECT",
            ["subtype"] = type == "IDENTITY" ? "IDENTITY" : "TRANSFORMATION",
            ["masking"] = type == "MASKED",
            ["description"] = field["transformationDescription"]?.ToString() ?? "",
        },];

    static JsonObject UntracedOf(DatasetMention output)
    {
        var untraced = new JsonObject();
        foreach (var (target, field) in output.Facets[FacetRules.ColumnLineage]?["fields"] as JsonObject ?? [])
        {
            if (field?["untraced"] is JsonValue reason && reason.TryGetValue<string>(out var text))
            {
                untraced[target] = text;
            }
        }

        // What decides about the rows is no column's own: it stands under no name.
        if (output.Facets[FacetRules.ColumnLineage]?["untraced"] is JsonValue rows && rows.TryGetValue<string>(out var why))
        {
            untraced[""] = why;
        }

        return untraced;
    }
}
