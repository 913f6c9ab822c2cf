using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using static LakeAspire.Conformance.Catalog.OpenApiDocument;

namespace LakeAspire.Conformance.Catalog;

/// <summary>What a schema says of a value by itself, without looking into it.</summary>
internal static class SchemaValues
{
    const int MaxShown = 80;

    /// <summary>The types that a value may have; none means any.</summary>
    public static IReadOnlyList<string> Types(object schema) => Member(schema, "type") switch
    {
        string one => [one],
        IList<object> several => several.Cast<string>().ToList(),
        _ => [],
    };

    /// <summary>What is wrong.</summary>
    public static IEnumerable<string> Check(JsonElement value, object schema, string path)
    {
        if (Types(schema) is { Count: > 0 } types && !types.Any(type => Is(value, type)))
        {
            return [$"{path} is no {string.Join(" or ", types)}: {Shown(value)}"];
        }

        return Choices(value, schema, path).Concat(value.ValueKind switch
        {
            JsonValueKind.String => Texts(value.GetString()!, schema, path),
            JsonValueKind.Number => Numbers(value, schema, path),
            JsonValueKind.Array => Arrays(value, schema, path),
            JsonValueKind.Object => Counts(value.EnumerateObject().Count(), schema, "Properties", path),
            _ => [],
        });
    }

    static bool Is(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && (value.TryGetInt64(out _) || (value.TryGetDecimal(out var number) && decimal.IsInteger(number))),
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => throw new InvalidOperationException($"Unknown type {type}."),
    };

    static IEnumerable<string> Choices(JsonElement value, object schema, string path)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        if (Text(schema, "const") is { } constant && text != constant)
        {
            yield return $"{path} is {Shown(value)}, not '{constant}'";
        }

        if (List(schema, "enum") is { Count: > 0 } names && !names.Contains(text))
        {
            yield return $"{path} is {Shown(value)}, none of {string.Join(", ", names)}";
        }
    }

    static IEnumerable<string> Texts(string text, object schema, string path)
    {
        if (Text(schema, "pattern") is { } pattern && !Regex.IsMatch(text, pattern, RegexOptions.ECMAScript, TimeSpan.FromSeconds(1)))
        {
            yield return $"{path} is '{text}', which does not match {pattern}";
        }

        if (Text(schema, "format") is { } format && !IsOf(text, format))
        {
            yield return $"{path} is no {format}: '{text}'";
        }

        foreach (var error in Counts(text.EnumerateRunes().Count(), schema, "Length", path))
        {
            yield return error;
        }
    }

    static bool IsOf(string text, string format) => format switch
    {
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date-time" => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) && text.Contains('T', StringComparison.Ordinal),
        "duration" => IsDuration(text),
        "byte" => Convert.TryFromBase64String(text, new byte[text.Length], out _),
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),

        // The formats of numbers say nothing about text.
        _ => true,
    };

    static bool IsDuration(string text)
    {
        try
        {
            return XmlConvert.ToTimeSpan(text) >= TimeSpan.Zero;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    static IEnumerable<string> Numbers(JsonElement value, object schema, string path)
    {
        var number = value.GetDouble();
        if ((Bound(schema, "minimum") is { } low && number < low) || (Bound(schema, "maximum") is { } high && number > high)
            || (Bound(schema, "exclusiveMinimum") is { } above && number <= above) || (Bound(schema, "exclusiveMaximum") is { } below && number >= below))
        {
            yield return $"{path} is out of range: {Shown(value)}";
        }

        var fits = Text(schema, "format") switch
        {
            "int32" => value.TryGetInt32(out _),
            "int64" => value.TryGetInt64(out _),
            "float" => float.IsFinite((float)number),
            _ => true,
        };
        if (!fits)
        {
            yield return $"{path} is no {Text(schema, "format")}: {Shown(value)}";
        }
    }

    static IEnumerable<string> Arrays(JsonElement value, object schema, string path)
    {
        if (Text(schema, "uniqueItems") == "true")
        {
            var items = value.EnumerateArray().ToList();
            if (items.Where((item, i) => items.Take(i).Any(other => JsonElement.DeepEquals(item, other))).Any())
            {
                yield return $"{path} has an item twice";
            }
        }

        foreach (var error in Counts(value.GetArrayLength(), schema, "Items", path))
        {
            yield return error;
        }
    }

    static IEnumerable<string> Counts(int count, object schema, string what, string path)
    {
        if ((Bound(schema, "min" + what) is { } low && count < low) || (Bound(schema, "max" + what) is { } high && count > high))
        {
            yield return $"{path} is too short or too long: {count}";
        }
    }

    static double? Bound(object schema, string name) => Text(schema, name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;

    static string Shown(JsonElement value) => value.GetRawText() is { Length: > MaxShown } text ? text[..MaxShown] + "…" : value.GetRawText();
}
