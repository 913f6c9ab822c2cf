using System.Globalization;
using System.Text;
using System.Text.Json;
using LakeAspire.Portal.Display;

namespace LakeAspire.Portal.Upkeep;

/// <summary>The figures of an act in words: filesBefore 12, filesAfter 1 → 12 → 1 files.</summary>
internal static class UpkeepFigures
{
    const string Before = "Before";
    const string After = "After";

    public static string Text(IReadOnlyDictionary<string, JsonElement>? details)
    {
        if (details is null)
        {
            return "";
        }

        var parts = new List<string>();
        foreach (var (name, value) in details)
        {
            if (name.EndsWith(After, StringComparison.Ordinal) && details.ContainsKey(name[..^After.Length] + Before))
            {
                continue;
            }

            if (name.EndsWith(Before, StringComparison.Ordinal) && details.TryGetValue(name[..^Before.Length] + After, out var after))
            {
                var what = name[..^Before.Length];
                parts.Add(what.StartsWith("bytes", StringComparison.Ordinal) ? $"{Figure(what, value)} → {Figure(what, after)}" : $"{Figure(what, value)} → {Figure(what, after)} {Words(what)}");
            }
            else
            {
                parts.Add(name.StartsWith("bytes", StringComparison.Ordinal) ? $"{Figure(name, value)}" : $"{Figure(name, value)} {Words(name)}");
            }
        }

        return string.Join(", ", parts);
    }

    static string Figure(string name, JsonElement value) => value.TryGetInt64OrNull() is not { } number ? value.ToString() : name.StartsWith("bytes", StringComparison.Ordinal) ? Format.Bytes(number) : Format.Count(number);

    static long? TryGetInt64OrNull(this JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    /// <summary>deleteFiles → delete files.</summary>
    static string Words(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter))
            {
                text.Append(' ');
            }

            text.Append(char.ToLower(letter, CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
