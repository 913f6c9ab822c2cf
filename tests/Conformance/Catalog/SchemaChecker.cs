using System.Text.Json;
using static LakeAspire.Conformance.Catalog.OpenApiDocument;

namespace LakeAspire.Conformance.Catalog;

/// <summary>
/// Checks JSON against a schema of an OpenAPI description: types, null, required and further members, references with what stands beside them,
/// all of, one of, any of, not, discriminators, constants, enumerations, patterns, formats, lengths and ranges.
/// </summary>
/// <param name="document">The description.</param>
/// <param name="isClosed">
/// Whether members are wrong that no schema names, even where the description would let them pass: so that a misspelt member of an answer is noticed.
/// </param>
public sealed class SchemaChecker(OpenApiDocument document, bool isClosed = false)
{
    const int MaxShown = 8;

    // Alternatives of the specification that overlap by themselves, so that "exactly one" can't be held against anybody: an int is a long, a date is a string.
    static readonly string[] Overlapping = ["PrimitiveTypeValue", "Type", "Predicate", "ValueExpression", "Literal", "Term", "FunctionDataType"];

    // What a schema can say of an object's members elsewhere than in its own list of them.
    static readonly string[] Parts = ["$ref", "allOf", "oneOf", "anyOf", "required"];

    readonly HashSet<object> overlapping = [.. Overlapping.Select(name => Find(document, name)).OfType<object>()];

    /// <summary>What is wrong, each with its path; nothing when the value is valid.</summary>
    public IReadOnlyList<string> Check(JsonElement value, object schema)
    {
        var result = new Result();
        Check(value, schema, "$", [], result);
        return result.Errors;
    }

    void Check(JsonElement value, object schema, string path, HashSet<object> seen, Result outer)
    {
        var result = new Result();
        CheckHere(value, schema, path, seen, result);
        if (isClosed && value.ValueKind == JsonValueKind.Object && result.Errors.Count == 0)
        {
            result.Errors.AddRange(value.EnumerateObject().Where(member => !result.Named.Contains(member.Name)).Select(member => $"{path}.{member.Name} is not specified"));
        }

        outer.Errors.AddRange(result.Errors);
    }

    /// <summary>Checks without closing: the members that a schema names count for the whole that it is a part of.</summary>
    void CheckHere(JsonElement value, object schema, string path, HashSet<object> seen, Result result)
    {
        if (!seen.Add(schema))
        {
            // Reached again through "allOf" of the alternative that its discriminator chose.
            return;
        }

        if (value.ValueKind == JsonValueKind.Null && (Text(schema, "nullable") == "true" || SchemaValues.Types(schema).Contains("null")))
        {
            return;
        }

        if (Text(schema, "$ref") is { } reference)
        {
            CheckHere(value, document.Follow(schema, reference), path, seen, result);
        }

        result.Errors.AddRange(SchemaValues.Check(value, schema, path));
        CheckParts(value, schema, path, seen, result);
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                CheckObject(value, schema, path, result);
                break;
            case JsonValueKind.Array:
                CheckArray(value, schema, path, result);
                break;
        }
    }

    void CheckParts(JsonElement value, object schema, string path, HashSet<object> seen, Result result)
    {
        var chosen = Member(schema, "discriminator") is { } discriminator ? Chosen(value, schema, discriminator, path, result) : null;
        if (chosen is not null)
        {
            CheckHere(value, chosen, path, [.. seen], result);
        }

        foreach (var part in List(schema, "allOf"))
        {
            CheckHere(value, part, path, [.. seen], result);
        }

        if (chosen is null && List(schema, "oneOf") is { Count: > 0 } one)
        {
            CheckAlternatives(value, one, path, seen, result, isExclusive: !overlapping.Contains(schema));
        }

        if (chosen is null && List(schema, "anyOf") is { Count: > 0 } any)
        {
            CheckAlternatives(value, any, path, seen, result, isExclusive: false);
        }

        if (Member(schema, "not") is { } not)
        {
            var refused = new Result();
            CheckHere(value, not, path, [.. seen], refused);
            if (refused.Errors.Count == 0)
            {
                result.Errors.Add($"{path} is what it must not be");
            }
        }
    }

    void CheckAlternatives(JsonElement value, IReadOnlyList<object> alternatives, string path, HashSet<object> seen, Result result, bool isExclusive)
    {
        var tried = alternatives.Select(alternative =>
        {
            var here = new Result();
            CheckHere(value, alternative, path, [.. seen], here);
            return here;
        }).ToList();
        var fitting = tried.Where(t => t.Errors.Count == 0).ToList();
        if (fitting.Count == 0)
        {
            result.Errors.Add($"{path} is none of the alternatives: {string.Join("; ", tried.SelectMany(t => t.Errors).Take(MaxShown))}");
        }
        else if (isExclusive && fitting.Count > 1)
        {
            result.Errors.Add($"{path} is {fitting.Count} of the alternatives at once");
        }

        result.Named.UnionWith(fitting.SelectMany(t => t.Named));
    }

    /// <summary>The alternative that the discriminator names; an error when it names none.</summary>
    object? Chosen(JsonElement value, object schema, object discriminator, string path, Result result)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var property = Text(discriminator, "propertyName")!;
        var kind = value.TryGetProperty(property, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString()! : null;
        var target = kind is null ? null : Text(Member(discriminator, "mapping"), kind) ?? (Member(discriminator, "mapping") is null && Find(document, kind) is not null ? $"#/components/schemas/{kind}" : null);
        if (target is not null)
        {
            return document.Follow(schema, target);
        }

        result.Errors.Add($"{path}.{property} is '{kind}', which no alternative has");
        return null;
    }

    void CheckObject(JsonElement value, object schema, string path, Result result)
    {
        foreach (string name in List(schema, "required"))
        {
            if (!value.TryGetProperty(name, out _))
            {
                result.Errors.Add($"{path}.{name} is missing");
            }
        }

        var properties = Member(schema, "properties");
        var further = Member(schema, "additionalProperties");
        var isFree = properties is null && further is null && Parts.All(name => Member(schema, name) is null);
        foreach (var member in value.EnumerateObject())
        {
            if (Member(properties, member.Name) is { } property)
            {
                result.Named.Add(member.Name);
                Check(member.Value, property, $"{path}.{member.Name}", [], result);
            }
            else if (further is "false")
            {
                result.Errors.Add($"{path}.{member.Name} is not specified");
            }
            else if (further is not null)
            {
                result.Named.Add(member.Name);
                Check(member.Value, further, $"{path}.{member.Name}", [], result);
            }
            else if (isFree)
            {
                result.Named.Add(member.Name);
            }
        }
    }

    void CheckArray(JsonElement value, object schema, string path, Result result)
    {
        if (Member(schema, "items") is { } items)
        {
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                Check(item, items, $"{path}[{index++}]", [], result);
            }
        }
    }

    static object? Find(OpenApiDocument document, string name)
    {
        try
        {
            return document.Schema(name);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    sealed class Result
    {
        public List<string> Errors { get; } = [];

        /// <summary>Members of the value that some schema which it fits names.</summary>
        public HashSet<string> Named { get; } = new(StringComparer.Ordinal);
    }
}
