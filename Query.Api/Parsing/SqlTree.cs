using System.Text.Json;
using System.Text.Json.Nodes;

namespace LakeAspire.Query.Parsing;

/// <summary>DuckDB's tree of a statement (json_serialize_sql).</summary>
internal static class SqlTree
{
    /// <summary>DuckDB itself takes expressions a thousand levels deep, two of JSON for each.</summary>
    const int MaxDepth = 2500;

    static readonly JsonSerializerOptions Writing = new() { MaxDepth = MaxDepth, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonObject Parse(string? text)
    {
        try
        {
            return (JsonObject)JsonNode.Parse(text ?? "{}", documentOptions: new JsonDocumentOptions { MaxDepth = MaxDepth })!;
        }
        catch (JsonException)
        {
            throw SqlErrors.Limit("The query is nested too deeply; a list (x IN (…)) takes the place of a long chain of ORs.");
        }
    }

    public static string Write(JsonNode tree) => tree.ToJsonString(Writing);

    public static string? Text(JsonObject? node, string name) => node?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
