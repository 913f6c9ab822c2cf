using System.Text.Json;

namespace LakeAspire.Conformance.Catalog;

/// <summary>Checks JSON against a schema of an OpenAPI description: types, required and further members, alternatives, discriminators, enumerations, ranges.</summary>
public sealed class SchemaChecker(OpenApiDocument document)
{
    /// <summary>What is wrong, each with its path; nothing when the value is valid.</summary>
    public IReadOnlyList<string> Check(JsonElement value, object schema)
    {
        var errors = new List<string>();
        Check(value, schema, "$", [], errors);
        return errors;
    }

    void Check(JsonElement value, object reference, string path, HashSet<object> seen, List<string> errors)
    {
        var schema = document.Resolve(reference);
        if (!seen.Add(schema))
        {
            // Reached again through "allOf" of the alternative that its discriminator chose.
            return;
        }

        if (value.ValueKind == JsonValueKind.Null)
        {
            if (Text(schema, "nullable") != "true" && Text(schema, "type") is not null)
            {
                errors.Add($"{path} is null");
            }

            return;
        }

        if (OpenApiDocument.Member(schema, "discriminator") is { } discriminator && Chosen(value, discriminator, path, errors) is { } chosen)
        {
            Check(value, chosen, path, [.. seen], errors);
        }

        foreach (var part in List(schema, "allOf"))
        {
            Check(value, part, path, [.. seen], errors);
        }

        foreach (var alternatives in new[] { List(schema, "oneOf"), List(schema, "anyOf") }.Where(list => list.Count > 0))
        {
            CheckAlternatives(value, alternatives, path, seen, errors);
        }

        CheckValue(value, schema, path, errors);
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                CheckObject(value, schema, path, errors);
                break;
            case JsonValueKind.Array:
                CheckArray(value, schema, path, errors);
                break;
        }
    }

    void CheckAlternatives(JsonElement value, IReadOnlyList<object> alternatives, string path, HashSet<object> seen, List<string> errors)
    {
        var failures = new List<string>();
        foreach (var alternative in alternatives)
        {
            var here = new List<string>();
            Check(value, alternative, path, [.. seen], here);
            if (here.Count == 0)
            {
                return;
            }

            failures.AddRange(here);
        }

        errors.Add($"{path} is none of the alternatives: {string.Join("; ", failures.Take(8))}");
    }

    static object? Chosen(JsonElement value, object discriminator, string path, List<string> errors)
    {
        var property = Text(discriminator, "propertyName")!;
        var kind = value.ValueKind == JsonValueKind.Object && value.TryGetProperty(property, out var member) ? member.GetString() : null;
        if (OpenApiDocument.Member(discriminator, "mapping") is not { } mapping)
        {
            return null;
        }

        if (kind is not null && OpenApiDocument.Member(mapping, kind) is string target)
        {
            return new Dictionary<object, object> { ["$ref"] = target };
        }

        errors.Add($"{path}.{property} is '{kind}', which no alternative has");
        return null;
    }

    static void CheckValue(JsonElement value, object schema, string path, List<string> errors)
    {
        var fits = Text(schema, "type") switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            _ => true,
        };
        if (!fits)
        {
            errors.Add($"{path} is no {Text(schema, "type")}: {value.GetRawText()[..Math.Min(value.GetRawText().Length, 80)]}");
            return;
        }

        var text = value.ToString();
        if (Text(schema, "const") is { } constant && text != constant)
        {
            errors.Add($"{path} is '{text}', not '{constant}'");
        }

        if (List(schema, "enum") is { Count: > 0 } names && !names.Contains(text))
        {
            errors.Add($"{path} is '{text}', none of {string.Join(", ", names)}");
        }

        if (value.ValueKind == JsonValueKind.Number
            && ((Text(schema, "minimum") is { } low && value.GetDouble() < double.Parse(low)) || (Text(schema, "maximum") is { } high && value.GetDouble() > double.Parse(high))))
        {
            errors.Add($"{path} is out of range: {text}");
        }
    }

    void CheckObject(JsonElement value, object schema, string path, List<string> errors)
    {
        var properties = OpenApiDocument.Member(schema, "properties");
        foreach (string name in List(schema, "required"))
        {
            if (!value.TryGetProperty(name, out _))
            {
                errors.Add($"{path}.{name} is missing");
            }
        }

        var further = OpenApiDocument.Member(schema, "additionalProperties");
        foreach (var member in value.EnumerateObject())
        {
            if (OpenApiDocument.Member(properties, member.Name) is { } property)
            {
                Check(member.Value, property, $"{path}.{member.Name}", [], errors);
            }
            else if (further is "false")
            {
                errors.Add($"{path}.{member.Name} is not specified");
            }
            else if (further is IDictionary<object, object>)
            {
                Check(member.Value, further, $"{path}.{member.Name}", [], errors);
            }
        }
    }

    void CheckArray(JsonElement value, object schema, string path, List<string> errors)
    {
        if (OpenApiDocument.Member(schema, "items") is { } items)
        {
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                Check(item, items, $"{path}[{index++}]", [], errors);
            }
        }

        if (Text(schema, "uniqueItems") == "true" && value.EnumerateArray().Select(item => item.GetRawText()).GroupBy(raw => raw, StringComparer.Ordinal).Any(group => group.Count() > 1))
        {
            errors.Add($"{path} has an item twice");
        }
    }

    static string? Text(object schema, string name) => OpenApiDocument.Member(schema, name) as string;

    static IReadOnlyList<object> List(object schema, string name) => OpenApiDocument.Member(schema, name) is IList<object> list ? [.. list] : [];
}
