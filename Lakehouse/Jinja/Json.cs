using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja;

/// <summary>JSON as Python's <c>json</c> module writes and reads it.</summary>
public static class Json
{
    /// <summary>A value as JSON: <c>", "</c> and <c>": "</c> between items, everything but ASCII escaped.</summary>
    /// <exception cref="JinjaException">The value has no JSON form.</exception>
    public static string Write(object? value, bool sortKeys = false, int? indent = null)
    {
        var result = new StringBuilder();
        Append(result, value, sortKeys, indent, 0);
        return result.ToString();
    }

    /// <summary>The filter <c>tojson</c>: keys sorted, and safe within HTML.</summary>
    internal static string ForHtml(object? value, int? indent) => Write(value, sortKeys: true, indent)
        .Replace("<", "\\u003c", StringComparison.Ordinal).Replace(">", "\\u003e", StringComparison.Ordinal)
        .Replace("&", "\\u0026", StringComparison.Ordinal).Replace("'", "\\u0027", StringComparison.Ordinal);

    /// <summary>Reads JSON.</summary>
    /// <exception cref="JsonException">It is not valid.</exception>
    public static object? Read(string text)
    {
        using var document = JsonDocument.Parse(text);
        return Of(document.RootElement);
    }

    static object? Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new JinjaDict(element.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, Of(p.Value)))),
        JsonValueKind.Array => new JinjaList(element.EnumerateArray().Select(Of)),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number when element.GetRawText().AsSpan().IndexOfAny(".eE") < 0 => Numbers.Normal(BigInteger.Parse(element.GetRawText(), CultureInfo.InvariantCulture)),
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    static void Append(StringBuilder result, object? value, bool sortKeys, int? indent, int depth)
    {
        switch (value)
        {
            case null: result.Append("null"); break;
            case bool flag: result.Append(flag ? "true" : "false"); break;
            case double number when double.IsNaN(number): result.Append("NaN"); break;
            case double number when double.IsInfinity(number): result.Append(number > 0 ? "Infinity" : "-Infinity"); break;
            case long or BigInteger or double: result.Append(Repr.Of(value)); break;
            case string text: AppendText(result, text); break;
            case JinjaDict dict:
                var entries = dict.Entries.Select(e => (Key: KeyText(e.Key), e.Value));
                if (sortKeys)
                {
                    entries = entries.OrderBy(e => e.Key, StringComparer.Ordinal);
                }

                AppendItems(result, '{', '}', [.. entries], indent, depth, entry =>
                {
                    AppendText(result, entry.Key);
                    result.Append(": ");
                    Append(result, entry.Value, sortKeys, indent, depth + 1);
                });
                break;
            case JinjaList or JinjaTuple:
                AppendItems(result, '[', ']', [.. Iteration.Of(value)], indent, depth, item => Append(result, item, sortKeys, indent, depth + 1));
                break;
            default:
                throw JinjaException.Type($"Object of type {TypeNames.Of(value)} is not JSON serializable");
        }
    }

    static string KeyText(object? key) => key switch
    {
        string text => text,
        null => "null",
        bool flag => flag ? "true" : "false",
        long or BigInteger or double => Repr.Of(key),
        _ => throw JinjaException.Type($"keys must be str, int, float, bool or None, not {TypeNames.Of(key)}"),
    };

    static void AppendItems<T>(StringBuilder result, char open, char close, IReadOnlyList<T> items, int? indent, int depth, Action<T> append)
    {
        if (depth > 100)
        {
            throw JinjaException.Value("Circular reference detected");
        }

        result.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            result.Append(i == 0 ? "" : indent is null ? ", " : ",");
            Line(depth + 1);
            append(items[i]);
        }

        if (items.Count > 0)
        {
            Line(depth);
        }

        result.Append(close);

        void Line(int level)
        {
            if (indent is { } width)
            {
                result.Append('\n').Append(' ', Math.Clamp(width, 0, 100) * level);
            }
        }
    }

    static void AppendText(StringBuilder result, string text)
    {
        result.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                '\b' => result.Append("\\b"),
                '\f' => result.Append("\\f"),
                < ' ' or > '~' => result.Append($"\\u{(int)c:x4}"),
                _ => result.Append(c),
            };
        }

        result.Append('"');
    }
}
