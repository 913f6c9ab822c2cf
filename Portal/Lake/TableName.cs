using System.Text.Json.Serialization;

namespace LakeAspire.Portal.Lake;

/// <summary>A table's name: its namespace, as the catalog writes it (levels joined by dots, one that holds a dot quoted), and its own.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Name">The name.</param>
/// <param name="Branch">The branch or tag on which it is looked at; null = main.</param>
public sealed record TableName(string Namespace, string Name, [property: JsonIgnore] string? Branch = null)
{
    /// <summary>Both as one text; a name that holds a dot is quoted.</summary>
    public static string Text(string? ns, string name) => (string.IsNullOrEmpty(ns) ? "" : ns + ".")
        + (name.Contains('.', StringComparison.Ordinal) || name.StartsWith('"') ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name);

    /// <summary>Reads what <see cref="ToString"/> writes; null for what is no such name.</summary>
    public static TableName? Parse(string? text, string? branch = null)
    {
        var dot = -1;
        for (var i = 0; i < text?.Length; i++)
        {
            if (text[i] == '"' && i == dot + 1)
            {
                i = EndOfQuoted(text, i);
            }

            if (i < text.Length && text[i] == '.')
            {
                dot = i;
            }
        }

        if (dot <= 0 || dot == text!.Length - 1)
        {
            return null;
        }

        var name = text[(dot + 1)..];
        return new TableName(text[..dot], name is ['"', .., '"'] ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : name, branch);
    }

    /// <summary>Where the text goes on behind a quoted part.</summary>
    static int EndOfQuoted(string text, int start)
    {
        var i = start + 1;
        while (i < text.Length && (text[i] != '"' || (i + 1 < text.Length && text[i + 1] == '"')))
        {
            i += text[i] == '"' ? 2 : 1;
        }

        return i + 1;
    }

    public override string ToString() => Text(Namespace, Name);
}
