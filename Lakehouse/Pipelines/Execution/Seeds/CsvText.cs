using System.Text;

namespace Lakehouse.Pipelines.Execution.Seeds;

/// <summary>Rows of a CSV text (RFC 4180, any delimiter); a quote within an unquoted field is a character like any other.</summary>
internal static class CsvText
{
    /// <summary>The rows, blank lines left out. A field without text and without quotes is null.</summary>
    /// <exception cref="FormatException">A quoted field does not end.</exception>
    public static IEnumerable<string?[]> Rows(string text, char delimiter)
    {
        var (fields, field) = (new List<string?>(), new StringBuilder());
        var (wasQuoted, line) = (false, 1);
        for (var i = text.StartsWith('\uFEFF') ? 1 : 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"' && field.Length == 0 && !wasQuoted)
            {
                (i, line) = Quoted(text, i + 1, line, field);
                wasQuoted = true;
            }
            else if (c == delimiter)
            {
                fields.Add(Taken(field, ref wasQuoted));
            }
            else if (c is '\n' or '\r')
            {
                i += c == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 1 : 0;
                line++;
                if (fields.Count > 0 || field.Length > 0 || wasQuoted)
                {
                    fields.Add(Taken(field, ref wasQuoted));
                    yield return [.. fields];
                    fields.Clear();
                }
            }
            else
            {
                field.Append(c);
            }
        }

        if (fields.Count > 0 || field.Length > 0 || wasQuoted)
        {
            fields.Add(Taken(field, ref wasQuoted));
            yield return [.. fields];
        }
    }

    static (int End, int Line) Quoted(string text, int at, int line, StringBuilder field)
    {
        var begin = line;
        for (; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                line += text[at] == '\n' ? 1 : 0;
                field.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '"')
            {
                field.Append('"');
                at++;
            }
            else
            {
                return (at, line);
            }
        }

        throw new FormatException($"line {begin}: the quoted field that begins there does not end");
    }

    static string? Taken(StringBuilder field, ref bool wasQuoted)
    {
        var value = field.Length == 0 && !wasQuoted ? null : field.ToString();
        field.Clear();
        wasQuoted = false;
        return value;
    }
}
