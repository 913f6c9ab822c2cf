using System.Text.RegularExpressions;
using Lakehouse.Rules.Quarantine;

namespace Lakehouse.Sources;

/// <summary>Name of a stream, which is also the name of its bronze table. Parsed once, at the edge.</summary>
public readonly partial record struct StreamName
{
    /// <summary>What names look like, for messages.</summary>
    public const string Rule = "a stream's name is a lower-case letter followed by up to 62 lower-case letters, digits and underscores, and does not end with " + QuarantineTable.Suffix;

    StreamName(string value) => Value = value;

    /// <summary>The name.</summary>
    public string Value { get; }

    /// <summary>Reads a name; false when it is none.</summary>
    public static bool TryParse(string? text, out StreamName name)
    {
        var isName = text is not null && Pattern().IsMatch(text) && !text.EndsWith(QuarantineTable.Suffix, StringComparison.Ordinal);
        name = isName ? new StreamName(text!) : default;
        return isName;
    }

    /// <inheritdoc />
    public override string ToString() => Value;

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
