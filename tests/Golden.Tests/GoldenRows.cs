using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LakeAspire.Golden.Tests;

/// <summary>Rows in their plain form, compared as multisets.</summary>
public static class GoldenRows
{
    public static IEnumerable<JsonElement> Read(string path)
    {
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0))
        {
            using var document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }

    /// <summary>What is no number in JSON, in the plain form.</summary>
    public static string Named(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    /// <summary>What differs, in words; null when the rows are the same.</summary>
    public static string? Difference(IEnumerable<JsonElement> expected, IEnumerable<JsonElement> actual, IReadOnlyCollection<string> leftOut)
    {
        var missing = Counted(expected.Select(row => Canonical(row, leftOut)));
        var total = missing.Values.Sum();
        var extra = new List<string>();
        var found = 0;
        foreach (var row in actual.Select(row => Canonical(row, leftOut)))
        {
            found++;
            if (missing.TryGetValue(row, out var count) && count > 0)
            {
                missing[row] = count - 1;
            }
            else
            {
                extra.Add(row);
            }
        }

        var absent = missing.Where(row => row.Value > 0).ToList();
        return absent.Count == 0 && extra.Count == 0
            ? null
            : $"{total} rows expected, {found} read; not read: {Some(absent.Select(row => row.Key))}; not expected: {Some(extra)}";
    }

    static string Some(IEnumerable<string> rows) => string.Join(" | ", rows.Take(2).Select(row => row.Length > 400 ? row[..400] + "…" : row)) is { Length: > 0 } text ? text : "none";

    static Dictionary<string, int> Counted(IEnumerable<string> rows)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            counts[row] = counts.GetValueOrDefault(row) + 1;
        }

        return counts;
    }

    static string Canonical(JsonElement row, IReadOnlyCollection<string> leftOut)
    {
        var text = new StringBuilder();
        foreach (var member in row.EnumerateObject().Where(member => !leftOut.Contains(member.Name)).OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            text.Append(member.Name).Append('=');
            Append(text, member.Value);
            text.Append(';');
        }

        return text.ToString();
    }

    static void Append(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                // 5 and 5.0 are one number; floats of 32 bits are told apart by their shortest form, which both sides write.
                text.Append(value.TryGetInt64(out var whole) ? whole.ToString(CultureInfo.InvariantCulture) : Number(value.GetDouble()));
                break;
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    text.Append(member.Name).Append(':');
                    Append(text, member.Value);
                    text.Append(',');
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                AppendList(text, value);
                break;
            case JsonValueKind.String when value.GetString() is ['{' or '[', ..] json && TryParse(json) is { } parsed:
                // A variant as JSON text: the order of its members is the writer's own.
                text.Append("json ");
                Append(text, parsed);
                break;
            default:
                text.Append(value.GetRawText() is ['"', ..] ? JsonSerializer.Serialize(value.GetString()) : value.GetRawText());
                break;
        }
    }

    // A map is a list of pairs in no order.
    static void AppendList(StringBuilder text, JsonElement list)
    {
        var items = list.EnumerateArray().Select(item =>
        {
            var part = new StringBuilder();
            Append(part, item);
            return part.ToString();
        }).ToList();
        if (items.Count > 1 && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 2))
        {
            items.Sort(StringComparer.Ordinal);
        }

        text.Append('[').AppendJoin(',', items).Append(']');
    }

    static string Number(double value) =>
        value == Math.Floor(value) && Math.Abs(value) < 1e15 ? ((long)value).ToString(CultureInfo.InvariantCulture) + (double.IsNegative(value) && value == 0 ? "-" : "") : value.ToString("R", CultureInfo.InvariantCulture);

    static JsonElement? TryParse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
