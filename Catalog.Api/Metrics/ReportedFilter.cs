using System.Text.Json;

namespace LakeAspire.Catalog.Metrics;

/// <summary>A filter of a report as people read it. Engines take the values out of it: what stands in their place is shown as it came.</summary>
internal static class ReportedFilter
{
    const int MaxDepth = 200;
    const int MaxLength = 2000;

    static readonly Dictionary<string, string> Signs = new(StringComparer.Ordinal)
    {
        ["eq"] = "=", ["not-eq"] = "<>", ["lt"] = "<", ["lt-eq"] = "<=", ["gt"] = ">", ["gt-eq"] = ">=", ["starts-with"] = "starts with", ["not-starts-with"] = "does not start with",
        ["in"] = "in", ["not-in"] = "not in",
    };

    static readonly Dictionary<string, string> Tests = new(StringComparer.Ordinal)
    {
        ["is-null"] = "is null", ["not-null"] = "is not null", ["is-nan"] = "is NaN", ["not-nan"] = "is not NaN",
    };

    public static string Text(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 });
        var text = Condition(document.RootElement, MaxDepth);
        return text.Length <= MaxLength ? text : string.Concat(text.AsSpan(0, MaxLength), "…");
    }

    static string Condition(JsonElement json, int depth)
    {
        if (json.ValueKind != JsonValueKind.Object || depth == 0)
        {
            return json.GetRawText();
        }

        var type = json.TryGetProperty("type", out var member) && member.ValueKind == JsonValueKind.String ? member.GetString()! : "";
        return type switch
        {
            "true" or "false" => type,
            "not" => $"not ({Condition(First(json, "child"), depth - 1)})",
            "and" or "or" => $"{Operand("left")} {type} {Operand("right")}",
            _ when Tests.TryGetValue(type, out var test) => $"{Term(First(json, "term", "child"))} {test}",
            _ when Signs.TryGetValue(type, out var sign) => $"{Term(First(json, "term", "left", "child"))} {sign} {Value(First(json, "value", "values", "right"))}",
            _ => json.GetRawText(),
        };

        string Operand(string name)
        {
            var operand = First(json, name);
            var isOther = operand.ValueKind == JsonValueKind.Object && operand.TryGetProperty("type", out var inner) && inner.ValueKind == JsonValueKind.String && inner.GetString() is "and" or "or" && inner.GetString() != type;
            return isOther ? $"({Condition(operand, depth - 1)})" : Condition(operand, depth - 1);
        }
    }

    static string Term(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString()!,
        JsonValueKind.Object when json.TryGetProperty("transform", out var transform) => $"{transform}({Term(First(json, "term"))})",
        JsonValueKind.Object when json.TryGetProperty("name", out var name) => Term(name),
        JsonValueKind.Object when json.TryGetProperty("term", out var term) => Term(term),
        _ => json.ValueKind == JsonValueKind.Undefined ? "?" : json.GetRawText(),
    };

    static string Value(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => $"({string.Join(", ", json.EnumerateArray().Select(Value))})",
        JsonValueKind.Object when json.TryGetProperty("value", out var value) => Value(value),
        JsonValueKind.String => json.GetString()!,
        _ => json.ValueKind == JsonValueKind.Undefined ? "?" : json.GetRawText(),
    };

    static JsonElement First(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (json.TryGetProperty(name, out var member))
            {
                return member;
            }
        }

        return default;
    }
}
