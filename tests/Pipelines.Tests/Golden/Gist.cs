using System.Text.RegularExpressions;

namespace Lakehouse.Pipelines.Tests.Golden;

/// <summary>Compares messages by what they say: white space, headings and the order of lists are of no consequence.</summary>
public static partial class Gist
{
    /// <summary>What is different; null when both say the same.</summary>
    public static string? Difference(string errorClass, string expected, string actual)
    {
        var said = Normal(actual);
        return errorClass switch
        {
            // The parser of YAML has words of its own; the line is what helps.
            "YamlLoadError" => Line().Match(expected) is var line && said.Contains(line.Value, StringComparison.Ordinal) ? null : $"expected '{line.Value}', got: {actual}",

            // Any node of a circle may be named first.
            "RuntimeError" when expected.StartsWith("Found a cycle: ", StringComparison.Ordinal) =>
                said.StartsWith("Found a cycle: ", StringComparison.Ordinal) && Circle(expected).SetEquals(Circle(actual)) ? null : $"expected {expected}, got: {actual}",
            "YamlParseDictError" => said.Contains(Normal(expected[expected.LastIndexOf(" - at path", StringComparison.Ordinal)..]), StringComparison.Ordinal) ? null : $"expected {expected}, got: {actual}",
            _ => Missing(expected, actual) is { } missing ? $"expected '{missing}', got: {actual}" : null,
        };
    }

    static string? Missing(string expected, string actual)
    {
        var all = Normal(actual);
        return expected.Split('\n').Select(l => Normal(l.Trim().TrimStart('-'))).Where(l => l.Length > 0 && l[0] != '>' && !Heading().IsMatch(l))
            .FirstOrDefault(l => !all.Contains(l, StringComparison.Ordinal));
    }

    public static string Normal(string text) => White().Replace(Heading().Replace(text, ""), " ").Trim();

    static HashSet<string> Circle(string text) => [.. text["Found a cycle: ".Length..].Split(" --> ").Select(n => n.Trim())];

    [GeneratedRegex(@"Syntax error near line \d+", RegexOptions.None, 1000)]
    private static partial Regex Line();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex White();

    [GeneratedRegex(@"^(?:Compilation|Parsing|Runtime|Database|Validation) Error(?: in .*)?$|\[WARNING\](?:\[\w+\])?: |Deprecated functionality|Could not read selector file data: (?:Runtime Error)?", RegexOptions.Multiline, 1000)]
    private static partial Regex Heading();
}
