using System.Text.RegularExpressions;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>Reads <c>ref('name')</c> or <c>source('name', 'table')</c> as a text of YAML.</summary>
internal static partial class StaticCall
{
    /// <summary>A <see cref="NodeRef"/> or a <see cref="SourceRef"/>; null when the text is neither.</summary>
    public static object? Read(string text)
    {
        var match = Call().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var arguments = match.Groups["text"].Captures.Select(c => c.Value).ToArray();
        var version = match.Groups["version"] is { Success: true, Value: var given } ? YamlScalars.Plain(given.Trim('\'', '"')) : null;
        return (match.Groups["name"].Value, arguments) switch
        {
            ("ref", [var name]) => new NodeRef(name, null, version),
            ("ref", [var package, var name]) => new NodeRef(name, package, version),
            ("source", [var source, var table]) when version is null => new SourceRef(source, table),
            _ => null,
        };
    }

    [GeneratedRegex(
        """^\s*(?:\{\{)?\s*(?<name>ref|source)\s*\(\s*(?:'(?<text>[^']*)'|"(?<text>[^"]*)")(?:\s*,\s*(?:'(?<text>[^']*)'|"(?<text>[^"]*)"))?(?:\s*,\s*(?:v|version)\s*=\s*(?<version>[^)\s]+))?\s*\)\s*(?:\}\})?\s*$""",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Call();
}
