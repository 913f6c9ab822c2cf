using System.Text;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>Rows of CSV as mappings from columns to texts.</summary>
internal static class CsvRows
{
    public static List<JinjaDict> Read(string text, bool emptyIsNull = true)
    {
        var records = Records(text).ToArray();
        if (records.Length == 0)
        {
            return [];
        }

        return [.. records[1..].Select(record =>
        {
            var row = new JinjaDict();
            for (var i = 0; i < records[0].Count; i++)
            {
                var value = i < record.Count ? record[i] : null;
                row.Set(records[0][i], emptyIsNull && value is { Length: 0 } ? null : value);
            }

            return row;
        })];
    }

    static IEnumerable<List<string>> Records(string text)
    {
        var record = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        var any = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted)
            {
                if (c != '"')
                {
                    field.Append(c);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"' && field.Length == 0)
            {
                quoted = any = true;
            }
            else if (c == ',')
            {
                Next();
                any = true;
            }
            else if (c is '\n' or '\r')
            {
                if (any || field.Length > 0)
                {
                    Next();
                    yield return record;
                    record = [];
                    any = false;
                }
            }
            else
            {
                field.Append(c);
            }
        }

        if (any || field.Length > 0)
        {
            Next();
            yield return record;
        }

        void Next()
        {
            record.Add(field.ToString());
            field.Clear();
        }
    }
}
