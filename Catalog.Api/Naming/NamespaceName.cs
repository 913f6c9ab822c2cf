using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats;

namespace LakeAspire.Catalog.Naming;

/// <summary>Name of a namespace: one or more levels. Parsed once, at the edge.</summary>
internal readonly record struct NamespaceName
{
    /// <summary>The unit separator, between the levels in routes and in the database.</summary>
    public const char Separator = '\u001f';

    const int MaxLevels = 16;

    NamespaceName(string text) => Text = text;

    /// <summary>The levels joined by <see cref="Separator"/>.</summary>
    public string Text { get; }

    /// <summary>The levels.</summary>
    public string[] Levels => Text.Split(Separator);

    /// <summary>The levels joined by dots, as SQL and <c>/api</c> have them; one that holds a dot is quoted.</summary>
    public string Dotted => DottedName.Join(Levels);

    /// <summary>The namespace around this one, or null at the top.</summary>
    public NamespaceName? Parent => Text.LastIndexOf(Separator) is var end and >= 0 ? new NamespaceName(Text[..end]) : null;

    /// <summary>Reads a name given as levels.</summary>
    /// <exception cref="ApiException">400 when it is no valid name.</exception>
    public static NamespaceName Parse(IReadOnlyList<string>? levels)
    {
        if (levels is null or { Count: 0 })
        {
            throw Refused("a namespace needs at least one level");
        }

        if (levels.Count > MaxLevels)
        {
            throw Refused($"a namespace has at most {MaxLevels} levels");
        }

        foreach (var level in levels)
        {
            if (NameRules.Problem(level) is { } problem)
            {
                throw Refused($"the namespace level '{Shown(level)}' {problem}");
            }
        }

        return new NamespaceName(string.Join(Separator, levels));
    }

    /// <summary>Reads a name from a route or query of Iceberg REST, where the unit separator joins the levels.</summary>
    public static NamespaceName ParseRoute(string text) => Parse(text.Split(Separator));

    /// <summary>Reads a name from a route of <c>/api</c>, where dots join the levels, and one that holds a dot is quoted.</summary>
    public static NamespaceName ParseDotted(string text) =>
        Parse(DottedName.TrySplit(text, out var levels, Separator) ? levels : throw Refused($"the namespace '{Shown(text)}' has a quote that is not closed"));

    /// <summary>A name as the database has it.</summary>
    public static NamespaceName FromDatabase(string text) => new(text);

    /// <summary>A name as the database has it: the namespace around it, empty at the top, and the last level.</summary>
    public static NamespaceName Within(string around, string level) => new(around.Length == 0 ? level : around + Separator + level);

    /// <summary>The namespace as an entry of the one around it, which is empty at the top.</summary>
    public TableName AsEntry() => new(new NamespaceName(Parent?.Text ?? ""), Text[(Text.LastIndexOf(Separator) + 1)..]);

    /// <inheritdoc />
    public override string ToString() => Dotted;

    /// <summary>A refused name as an error may show it.</summary>
    public static string Shown(string? name) =>
        name is null ? "" : new string(name.Take(64).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c).ToArray());

    static ApiException Refused(string message) => new(400, message);
}
