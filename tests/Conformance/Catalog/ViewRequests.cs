using System.Text.Json;
using System.Text.Json.Nodes;

namespace LakeAspire.Conformance.Catalog;

/// <summary>Bodies of the view routes, as clients send them.</summary>
static class ViewRequests
{
    public const string Query = "select * from ns.tbl";

    public static JsonObject Schema => new()
    {
        ["type"] = "struct",
        ["schema-id"] = 5,
        ["fields"] = new JsonArray(
            new JsonObject { ["id"] = 3, ["name"] = "id", ["required"] = true, ["type"] = "int", ["doc"] = "unique ID" },
            new JsonObject { ["id"] = 4, ["name"] = "data", ["required"] = true, ["type"] = "string" }),
    };

    public static JsonObject OtherSchema => new()
    {
        ["type"] = "struct",
        ["schema-id"] = 7,
        ["fields"] = new JsonArray(new JsonObject { ["id"] = 1, ["name"] = "some_id", ["required"] = true, ["type"] = "int" }),
    };

    public static JsonObject Version(string ns, int id, int schemaId, params (string Dialect, string Sql)[] queries) => new()
    {
        ["version-id"] = id,
        ["schema-id"] = schemaId,
        ["timestamp-ms"] = 1_700_000_000_000 + id,
        ["summary"] = new JsonObject { ["engine-name"] = "kit", ["engine-version"] = "1" },
        ["default-namespace"] = new JsonArray(ns),
        ["representations"] = new JsonArray([.. queries.Select(query => new JsonObject { ["type"] = "sql", ["sql"] = query.Sql, ["dialect"] = query.Dialect })]),
    };

    public static JsonObject Create(string ns, string name, params (string Dialect, string Sql)[] queries) => new()
    {
        ["name"] = name,
        ["schema"] = Schema,
        ["view-version"] = Version(ns, 1, 5, queries.Length == 0 ? [("spark", Query)] : queries),
        ["properties"] = new JsonObject(),
    };

    /// <summary>A commit as clients send it: to the view that they loaded, if they name one.</summary>
    public static string Commit(JsonElement? loaded, params JsonObject[] updates) => new JsonObject
    {
        ["requirements"] = loaded is { } view ? new JsonArray(new JsonObject { ["type"] = "assert-view-uuid", ["uuid"] = view.GetProperty("metadata").GetProperty("view-uuid").GetString() }) : new JsonArray(),
        ["updates"] = new JsonArray([.. updates]),
    }.ToJsonString();

    /// <summary>The updates of a new version, which becomes the current one.</summary>
    public static JsonObject[] Replace(JsonObject schema, JsonObject version)
    {
        version["schema-id"] = -1;
        return
        [
            new() { ["action"] = "add-schema", ["schema"] = schema },
            new() { ["action"] = "add-view-version", ["view-version"] = version },
            new() { ["action"] = "set-current-view-version", ["view-version-id"] = -1 },
        ];
    }

    public static JsonObject SetProperties(params (string Key, string Value)[] properties) =>
        new() { ["action"] = "set-properties", ["updates"] = new JsonObject(properties.Select(property => KeyValuePair.Create(property.Key, (JsonNode?)property.Value))) };

    public static JsonObject RemoveProperties(params string[] names) => new() { ["action"] = "remove-properties", ["removals"] = new JsonArray([.. names.Select(name => (JsonNode)name)]) };

    public static JsonObject SetLocation(string location) => new() { ["action"] = "set-location", ["location"] = location };
}
