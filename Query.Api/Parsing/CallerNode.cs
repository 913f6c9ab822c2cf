using System.Text.Json.Nodes;

namespace LakeAspire.Query.Parsing;

/// <summary>A place of a statement that asks who runs it: <c>current_user</c>, <c>session_user</c>, <c>is_member('group')</c>.</summary>
internal sealed class CallerNode
{
    const string IsMember = "is_member";
    readonly JsonObject node;
    readonly string? group;

    CallerNode(JsonObject node, string? group) => (this.node, this.group) = (node, group);

    /// <summary>Reads a node of DuckDB's tree; null when it asks for nothing of the kind.</summary>
    public static CallerNode? Of(JsonObject node)
    {
        switch (SqlTree.Text(node, "class"))
        {
            case "COLUMN_REF" when node["column_names"] is JsonArray { Count: 1 } names && IsUser(names[0]!.GetValue<string>()):
                return new CallerNode(node, group: null);
            case "FUNCTION" when SqlTree.Text(node, "function_name") is { } name && IsUser(name) && node["children"] is JsonArray { Count: 0 }:
                return new CallerNode(node, group: null);
            case "FUNCTION" when IsMember.Equals(SqlTree.Text(node, "function_name"), StringComparison.OrdinalIgnoreCase):
                return new CallerNode(node, Group(node) ?? throw SqlErrors.Syntax("is_member takes the name of a group in single quotes."));
            default:
                return null;
        }
    }

    /// <summary>Puts the caller in its place, as a literal.</summary>
    public void Become(QueryCaller caller)
    {
        var alias = SqlTree.Text(node, "alias") ?? "";
        var value = group is null
            ? Value("VARCHAR", JsonValue.Create(caller.Name))
            : Value("BOOLEAN", JsonValue.Create(caller.Groups.Contains(group, StringComparer.Ordinal)));
        node.Clear();
        node["class"] = "CONSTANT";
        node["type"] = "VALUE_CONSTANT";
        node["alias"] = alias;
        node["query_location"] = 0;
        node["value"] = value;
    }

    static bool IsUser(string name) => name.Equals("current_user", StringComparison.OrdinalIgnoreCase) || name.Equals("session_user", StringComparison.OrdinalIgnoreCase);

    static string? Group(JsonObject node) =>
        node["children"] is JsonArray { Count: 1 } arguments && arguments[0]?["value"] is JsonObject value && SqlTree.Text(value["type"] as JsonObject, "id") == "VARCHAR" ? SqlTree.Text(value, "value") : null;

    static JsonObject Value(string type, JsonValue value) => new() { ["type"] = new JsonObject { ["id"] = type, ["type_info"] = null }, ["is_null"] = false, ["value"] = value };
}
