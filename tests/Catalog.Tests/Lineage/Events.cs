using System.Text.Json.Nodes;

namespace LakeAspire.Catalog.Api.Tests.Lineage;

/// <summary>OpenLineage events as clients send them.</summary>
internal static class Events
{
    public const string Producer = "https://example.org/producer";

    public static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static JsonObject Run(string job, string type, DateTimeOffset at, Guid run, JsonArray? inputs = null, JsonArray? outputs = null, JsonObject? runFacets = null) => new()
    {
        ["eventTime"] = at.ToString("O"),
        ["producer"] = Producer,
        ["schemaURL"] = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        ["eventType"] = type,
        ["run"] = new JsonObject { ["runId"] = run.ToString(), ["facets"] = runFacets ?? [] },
        ["job"] = new JsonObject { ["namespace"] = "jobs", ["name"] = job },
        ["inputs"] = inputs ?? [],
        ["outputs"] = outputs ?? [],
    };

    public static JsonObject Input(string name, string ns = "lake", long? rows = null, JsonObject? facets = null) => new()
    {
        ["namespace"] = ns,
        ["name"] = name,
        ["facets"] = facets ?? [],
        ["inputFacets"] = rows is null ? new JsonObject() : new JsonObject { ["inputStatistics"] = Facet(new JsonObject { ["rowCount"] = rows }) },
    };

    public static JsonObject Output(string name, string ns = "lake", long? rows = null, JsonObject? facets = null) => new()
    {
        ["namespace"] = ns,
        ["name"] = name,
        ["facets"] = facets ?? [],
        ["outputFacets"] = rows is null ? new JsonObject() : new JsonObject { ["outputStatistics"] = Facet(new JsonObject { ["rowCount"] = rows }) },
    };

    /// <summary>The columnLineage facet: target, source dataset, source column.</summary>
    public static JsonObject Columns(params (string Target, string Source, string Column)[] fields) => new()
    {
        ["columnLineage"] = Facet(new JsonObject
        {
            ["fields"] = new JsonObject(fields.GroupBy(f => f.Target).Select(g => KeyValuePair.Create<string, JsonNode?>(g.Key, new JsonObject
            {
                ["inputFields"] = new JsonArray([.. g.Select(f => new JsonObject
                {
                    ["namespace"] = "lake",
                    ["name"] = f.Source,
                    ["field"] = f.Column,
                    ["transformations"] = new JsonArray(new JsonObject { ["type"] = "DIRECT", ["subtype"] = "IDENTITY" }),
                })]),
            }))),
        }),
    };

    public static JsonObject Facet(JsonObject content) =>
        new([KeyValuePair.Create<string, JsonNode?>("_producer", Producer), KeyValuePair.Create<string, JsonNode?>("_schemaURL", "https://example.org/facet.json"), .. content.Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone()))]);

    public static JsonArray List(params JsonNode[] items) => new([.. items]);
}
