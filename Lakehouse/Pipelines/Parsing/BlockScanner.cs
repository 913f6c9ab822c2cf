using System.Text.RegularExpressions;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>A block at the top of a file: <c>{% macro name(…) %}…{% endmacro %}</c>.</summary>
/// <param name="Type">Its tag.</param>
/// <param name="Name">Its name.</param>
/// <param name="Contents">What stands between its tags.</param>
/// <param name="Full">The block with its tags.</param>
/// <param name="Line">Line of its first tag.</param>
internal sealed record TopLevelBlock(string Type, string Name, string Contents, string Full, int Line);

/// <summary>Finds blocks of given kinds in a file; what stands in comments and <c>raw</c> is left alone.</summary>
internal static partial class BlockScanner
{
    /// <exception cref="PipelineException">A block has no end.</exception>
    public static IReadOnlyList<TopLevelBlock> Scan(string path, string text, params string[] types)
    {
        var blocks = new List<TopLevelBlock>();
        Match? open = null;
        var end = "";
        for (var match = Tag().Match(text); match.Success; match = match.NextMatch())
        {
            var name = match.Groups["tag"].Value;
            if (name.Length == 0)
            {
                continue;
            }

            if (open is null && name == "raw")
            {
                var close = EndRaw().Match(text, match.Index + match.Length);
                match = close.Success ? Tag().Match(text, close.Index) : match;
                continue;
            }

            if (open is null && types.Contains(name))
            {
                open = match;
                end = "end" + (name == "data_test" ? "(?:data_)?test" : name);
            }
            else if (open is not null && Regex.IsMatch(name, $"^{end}$", RegexOptions.None, TimeSpan.FromSeconds(1)))
            {
                var start = open.Index + open.Length;
                blocks.Add(new TopLevelBlock(
                    open.Groups["tag"].Value, open.Groups["name"].Value, text[start..match.Index], text[open.Index..(match.Index + match.Length)], LineOf(text, open.Index)));
                open = null;
            }
        }

        return open is null ? blocks : throw new PipelineException(
            PipelineErrorKind.Template, $"Reached EOF without finding a close tag for {open.Groups["tag"].Value}", path, LineOf(text, open.Index), open.Value.Trim());
    }

    public static int LineOf(string text, int index) => 1 + text.AsSpan(0, index).Count('\n');

    // A tag, or a comment as a whole; within a tag, texts in quotes may hold its end.
    [GeneratedRegex("""\{\#.*?\#\}|\{%[-+]?\s*(?<tag>\w+)(?:\s+(?<name>\w+))?(?:[^%'"]|%(?!\})|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")*?[-+]?%\}""", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\{%[-+]?\s*endraw\s*[-+]?%\}", RegexOptions.None, 10_000)]
    private static partial Regex EndRaw();
}
