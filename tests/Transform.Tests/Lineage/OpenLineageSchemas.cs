using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LakeAspire.Transform.Worker.Tests.Lineage;

/// <summary>OpenLineage's own JSON schemas: what they use of JSON Schema, checked over events and the facets that they have.</summary>
internal sealed class OpenLineageSchemas
{
    readonly Dictionary<string, JsonNode> documents = new(StringComparer.Ordinal);
    readonly Dictionary<string, JsonNode> facets = new(StringComparer.Ordinal);

    public OpenLineageSchemas(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.json"))
        {
            var schema = JsonNode.Parse(File.ReadAllText(path))!;
            documents[schema["$id"]!.GetValue<string>()] = schema;
            foreach (var (name, facet) in schema["properties"] as JsonObject ?? [])
            {
                facets[name] = facet!;
            }
        }
    }

    /// <summary>Facets that were met and have a schema.</summary>
    public HashSet<string> Checked { get; } = new(StringComparer.Ordinal);

    /// <summary>What is wrong with an event.</summary>
    public List<string> Problems(JsonNode happened)
    {
        var problems = new List<string>();
        var main = documents.Single(d => d.Key.EndsWith("/OpenLineage.json", StringComparison.Ordinal));
        Check(happened, main.Value["$defs"]!["RunEvent"]!, main.Value, "$", problems);
        FacetsOf(happened, "$", problems);
        return problems;
    }

    void FacetsOf(JsonNode? node, string path, List<string> problems)
    {
        foreach (var (name, value) in node as JsonObject ?? [])
        {
            if (value is JsonObject facet && facet.ContainsKey("_schemaURL") && facets.TryGetValue(name, out var schema))
            {
                Checked.Add(name);
                Check(facet, schema, documents.Values.First(d => ReferenceEquals(d["properties"]?[name], schema)), $"{path}.{name}", problems);
            }

            FacetsOf(value, $"{path}.{name}", problems);
        }

        foreach (var (i, item) in (node as JsonArray ?? []).Index())
        {
            FacetsOf(item, $"{path}[{i}]", problems);
        }
    }

    void Check(JsonNode? value, JsonNode schema, JsonNode document, string path, List<string> problems)
    {
        if (schema["$ref"]?.GetValue<string>() is { } reference)
        {
            var hash = reference.IndexOf('#', StringComparison.Ordinal);
            var target = hash == 0 ? document : documents[reference[..hash]];
            Check(value, reference[(hash + 2)..].Split('/').Aggregate(target, (node, part) => node[part]!), target, path, problems);
        }

        foreach (var part in schema["allOf"] as JsonArray ?? [])
        {
            Check(value, part!, document, path, problems);
        }

        if (schema["anyOf"] is JsonArray any && !any.Any(part => Passes(value, part!, document)))
        {
            problems.Add($"{path} is none of what it may be");
        }

        if (schema["not"] is { } not && Passes(value, not, document))
        {
            problems.Add($"{path} is what it must not be");
        }

        if (schema["type"]?.GetValue<string>() is { } type && !IsOf(value, type))
        {
            problems.Add($"{path} is no {type}");
            return;
        }

        if (schema["enum"] is JsonArray values && !values.Any(v => JsonNode.DeepEquals(v, value)))
        {
            problems.Add($"{path} is none of {values.ToJsonString()}");
        }

        if (schema["format"]?.GetValue<string>() is { } format && !IsFormatted(value!.GetValue<string>(), format))
        {
            problems.Add($"{path} is no {format}");
        }

        foreach (var name in (schema["required"] as JsonArray ?? []).Select(r => r!.GetValue<string>()).Where(r => value is JsonObject o && !o.ContainsKey(r)))
        {
            problems.Add($"{path}.{name} is missing");
        }

        var known = schema["properties"] as JsonObject ?? [];
        foreach (var (name, member) in value as JsonObject ?? [])
        {
            if ((known[name] ?? schema["additionalProperties"]) is JsonObject of)
            {
                Check(member, of, document, $"{path}.{name}", problems);
            }
        }

        foreach (var (i, item) in (value as JsonArray ?? []).Index())
        {
            if (schema["items"] is { } items)
            {
                Check(item, items, document, $"{path}[{i}]", problems);
            }
        }
    }

    bool Passes(JsonNode? value, JsonNode schema, JsonNode document)
    {
        var problems = new List<string>();
        Check(value, schema, document, "", problems);
        return problems.Count == 0;
    }

    static bool IsOf(JsonNode? value, string type) => (type, value?.GetValueKind()) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("boolean", JsonValueKind.True or JsonValueKind.False) or ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => long.TryParse(value!.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        _ => false,
    };

    static bool IsFormatted(string text, string format) => format switch
    {
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "date-time" => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _) && text.Contains('T', StringComparison.Ordinal),
        _ => true,
    };
}
