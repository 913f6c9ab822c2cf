using Lakehouse.Formats;

namespace Lakehouse.Tables;

/// <summary>Name of a table: its namespace, of one or more levels joined by dots, and its own name. Parsed once, at the edge.</summary>
public readonly record struct TableIdentifier
{
    const int MaxLength = 255;

    /// <summary>Puts a name together.</summary>
    /// <param name="ns">Namespace; dots separate its levels.</param>
    /// <param name="name">Name of the table within it.</param>
    /// <exception cref="LakehouseException">InvalidData: a part is empty, too long, begins with a dot, or has a slash, backslash or control character.</exception>
    public TableIdentifier(string ns, string name)
    {
        ArgumentNullException.ThrowIfNull(ns);
        ArgumentNullException.ThrowIfNull(name);
        foreach (var level in ns.Split('.'))
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
    public IReadOnlyList<string> Levels => Namespace.Split('.');

    /// <summary>Reads <c>namespace.table</c>; the last dot separates the two.</summary>
    /// <exception cref="LakehouseException">InvalidData: it is no such name.</exception>
    public static TableIdentifier Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var dot = text.LastIndexOf('.');
        return dot < 0
            ? throw LakehouseException.InvalidData($"'{text}' is not a table name: it needs a namespace, as in 'gold.{text}'")
            : new TableIdentifier(text[..dot], text[(dot + 1)..]);
    }

    /// <inheritdoc />
    public override string ToString() => $"{Namespace}.{Name}";

    static void Check(string part, string what)
    {
        var problem = part.Length switch
        {
            0 => "is empty",
            > MaxLength => $"is longer than {MaxLength} characters",
            _ when part[0] == '.' => "begins with a dot",
            _ when part.Any(c => c is '/' or '\\' || char.IsControl(c)) => "has a slash, a backslash or a control character",
            _ => null,
        };
        if (problem is not null)
        {
            throw LakehouseException.InvalidData($"a name of a {what} {problem}");
        }
    }
}
