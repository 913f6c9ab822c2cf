using System.Text.Json;
using System.Text.Json.Nodes;

namespace LakeAspire.Conformance.Catalog;

/// <summary>Updates of a table as a client sends them. An id of -1 is that of what the same commit added last.</summary>
internal static class Updates
{
    public static JsonObject AddSchema(JsonElement schema) => new() { ["action"] = "add-schema", ["schema"] = JsonNode.Parse(schema.GetRawText()) };

    /// <summary>The schema with a column more.</summary>
    public static JsonObject AddColumn(ClientTable table, string name, string type = "string") => AddColumns(table, (name, type));

    /// <summary>The schema with columns more.</summary>
    public static JsonObject AddColumns(ClientTable table, params (string Name, string Type)[] columns)
    {
        var schema = JsonNode.Parse(table.Schema.GetRawText())!.AsObject();
        var id = table.LastColumnId;
        foreach (var (name, type) in columns)
        {
            schema["fields"]!.AsArray().Add(new JsonObject { ["id"] = ++id, ["name"] = name, ["required"] = false, ["type"] = type });
        }

        return new JsonObject { ["action"] = "add-schema", ["schema"] = schema, ["last-column-id"] = id };
    }

    /// <summary>The schema without some columns.</summary>
    public static JsonObject DropColumns(ClientTable table, params string[] names)
    {
        var schema = JsonNode.Parse(table.Schema.GetRawText())!.AsObject();
        schema["fields"]!.AsArray().RemoveAll(field => names.Contains((string)field!["name"]!));
        return new JsonObject { ["action"] = "add-schema", ["schema"] = schema, ["last-column-id"] = table.LastColumnId };
    }

    public static JsonObject SetSchema(int id = -1) => new() { ["action"] = "set-current-schema", ["schema-id"] = id };

    public static JsonObject AddSpec(JsonElement spec) => new() { ["action"] = "add-spec", ["spec"] = JsonNode.Parse(spec.GetRawText()) };

    /// <summary>A spec with fields, in the order of their ids.</summary>
    public static JsonObject AddSpec(params (int Source, int Id, string Name, string Transform)[] fields) => new()
    {
        ["action"] = "add-spec",
        ["spec"] = new JsonObject
        {
            ["fields"] = new JsonArray([.. fields.Select(f => new JsonObject { ["source-id"] = f.Source, ["field-id"] = f.Id, ["name"] = f.Name, ["transform"] = f.Transform })]),
        },
    };

    public static JsonObject SetSpec(int id = -1) => new() { ["action"] = "set-default-spec", ["spec-id"] = id };

    public static JsonObject AddSortOrder(JsonElement order) => new() { ["action"] = "add-sort-order", ["sort-order"] = JsonNode.Parse(order.GetRawText()) };

    public static JsonObject AddSortOrder(params (int Source, string Transform, string Direction)[] fields) => new()
    {
        ["action"] = "add-sort-order",
        ["sort-order"] = new JsonObject
        {
            ["order-id"] = fields.Length == 0 ? 0 : 1,
            ["fields"] = new JsonArray([.. fields.Select(f => new JsonObject
            {
                ["source-id"] = f.Source, ["transform"] = f.Transform, ["direction"] = f.Direction, ["null-order"] = f.Direction == "asc" ? "nulls-first" : "nulls-last",
            })]),
        },
    };

    public static JsonObject SetSortOrder(int id = -1) => new() { ["action"] = "set-default-sort-order", ["sort-order-id"] = id };

    public static JsonObject SetRef(string name, long snapshot, string type = "branch") =>
        new() { ["action"] = "set-snapshot-ref", ["ref-name"] = name, ["type"] = type, ["snapshot-id"] = snapshot };

    public static JsonObject RemoveRef(string name) => new() { ["action"] = "remove-snapshot-ref", ["ref-name"] = name };

    public static JsonObject RemoveSnapshots(params long[] ids) => new() { ["action"] = "remove-snapshots", ["snapshot-ids"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]) };

    public static JsonObject RemoveSpecs(params int[] ids) => new() { ["action"] = "remove-partition-specs", ["spec-ids"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]) };

    public static JsonObject RemoveSchemas(params int[] ids) => new() { ["action"] = "remove-schemas", ["schema-ids"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]) };

    public static JsonObject SetProperties(params (string Key, string Value)[] properties) =>
        new() { ["action"] = "set-properties", ["updates"] = new JsonObject(properties.Select(p => KeyValuePair.Create<string, JsonNode?>(p.Key, p.Value))) };

    public static JsonObject Upgrade(int version) => new() { ["action"] = "upgrade-format-version", ["format-version"] = version };

    public static JsonObject SetLocation(string location) => new() { ["action"] = "set-location", ["location"] = location };
}
