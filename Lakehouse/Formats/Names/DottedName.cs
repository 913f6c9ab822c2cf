using System.Diagnostics.CodeAnalysis;

namespace Lakehouse.Formats;

/// <summary>
/// Names of several parts as one text: parts are joined by dots, and one that holds a dot is quoted as in SQL: <c>finance.tax.items</c>, <c>"v1.2".items</c>. A quote within a quoted part is doubled.
/// </summary>
public static class DottedName
{
    /// <summary>The parts as one text, from which <see cref="Split"/> gives them back.</summary>
    public static string Join(IEnumerable<string> parts) => string.Join('.', parts.Select(Quote));

    /// <summary>A name within a namespace, which is given as text already, or is empty at the top.</summary>
    public static string Within(string ns, string name)
    {
        ArgumentNullException.ThrowIfNull(ns);
        return ns.Length == 0 ? Quote(name) : $"{ns}.{Quote(name)}";
    }

    /// <summary>A part as it stands in a text: quoted when it would be read as something else.</summary>
    public static string Quote(string part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return part.Contains('.', StringComparison.Ordinal) || part.StartsWith('"') ? $"\"{part.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : part;
    }

    /// <summary>The parts of a text. Whether each is a valid name is not looked at.</summary>
    /// <exception cref="LakehouseException">InvalidData: a quote is not closed, or something follows it before the next dot.</exception>
    public static string[] Split(string text) =>
        TrySplit(text, out var parts) ? parts : throw LakehouseException.InvalidData($"'{text}' is no name: a part that begins with a quote ends with one, as in \"v1.2\".items");

    /// <summary>The parts of a text; false when a quote is not closed, or something follows it before the next dot.</summary>
    /// <param name="text">The text.</param>
    /// <param name="parts">Its parts.</param>
    /// <param name="separator">Another character that separates parts as a dot does.</param>
    public static bool TrySplit(string text, [NotNullWhen(true)] out string[]? parts, char separator = '.')
    {
        ArgumentNullException.ThrowIfNull(text);
        var found = new List<string>();
        var start = 0;
        while (true)
        {
            var end = start;
            if (start < text.Length && text[start] == '"')
            {
                end = EndOfQuoted(text, start);
                if (end < 0 || (end < text.Length && text[end] != '.' && text[end] != separator))
                {
                    parts = null;
                    return false;
                }

                found.Add(text[(start + 1)..(end - 1)].Replace("\"\"", "\"", StringComparison.Ordinal));
            }
            else
            {
                end = text.AsSpan(start).IndexOfAny('.', separator) is var length and >= 0 ? start + length : text.Length;
                found.Add(text[start..end]);
            }

            if (end == text.Length)
            {
                parts = [.. found];
                return true;
            }

            start = end + 1;
        }
    }

    /// <summary>Reads a name within a namespace; false when it is not at least two parts.</summary>
    /// <param name="text">For instance <c>gold.items</c>.</param>
    /// <param name="ns">The namespace, as text.</param>
    /// <param name="name">The name itself.</param>
    public static bool TrySplit(string text, [NotNullWhen(true)] out string? ns, [NotNullWhen(true)] out string? name)
    {
        (ns, name) = TrySplit(text, out var parts) && parts.Length > 1 && parts.All(part => part.Length > 0) ? (Join(parts[..^1]), parts[^1]) : (null, null);
        return ns is not null && name is not null;
    }

    /// <summary>Where the text goes on behind a quoted part; negative when it never ends.</summary>
    static int EndOfQuoted(string text, int start)
    {
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                if (i + 1 == text.Length || text[i + 1] != '"')
                {
                    return i + 1;
                }

                i++;
            }
        }

        return -1;
    }
}
