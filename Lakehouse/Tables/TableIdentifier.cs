using Lakehouse.Formats;

namespace Lakehouse.Tables;

/// <summary>Name of a table: its namespace, of one or more levels joined by dots (<see cref="DottedName"/>: one that holds a dot is quoted), and its own name. Parsed once, at the edge.</summary>
public readonly record struct TableIdentifier
{
    /// <summary>Puts a name together.</summary>
    /// <param name="ns">Namespace; dots separate its levels, and a level that holds a dot is quoted.</param>
    /// <param name="name">Name of the table within it, as it is.</param>
    /// <exception cref="LakehouseException">InvalidData: a part is refused by <see cref="NameRules"/>.</exception>
    public TableIdentifier(string ns, string name)
    {
        ArgumentNullException.ThrowIfNull(ns);
        ArgumentNullException.ThrowIfNull(name);
        foreach (var level in DottedName.Split(ns))
        {
            Check(level, "namespace");
        }

        Check(name, "table");
        Namespace = ns;
        Name = name;
    }

    /// <summary>The namespace, for instance <c>gold</c> or <c>finance.tax</c>.</summary>
    public string Namespace { get; }

    /// <summary>The name within the namespace.</summary>
    public string Name { get; }

    /// <summary>The levels of the namespace.</summary>
    public IReadOnlyList<string> Levels => DottedName.Split(Namespace);

    /// <summary>Reads <c>namespace.table</c>; the last dot that is not quoted separates the two.</summary>
    /// <exception cref="LakehouseException">InvalidData: it is no such name.</exception>
    public static TableIdentifier Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return DottedName.Split(text) is [.. { Length: > 0 } levels, var name]
            ? new TableIdentifier(DottedName.Join(levels), name)
            : throw LakehouseException.InvalidData($"'{text}' is not a table name: it needs a namespace, as in 'gold.{text}'");
    }

    /// <inheritdoc />
    public override string ToString() => DottedName.Within(Namespace, Name);

    static void Check(string part, string what)
    {
        if (NameRules.Problem(part) is { } problem)
        {
            throw LakehouseException.InvalidData($"a name of a {what} {problem}");
        }
    }
}
