using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary>How the columns of a query differ from those of its contract, as dbt shows it.</summary>
internal static class ContractDifference
{
    public static string Describe(JinjaCall call)
    {
        var declared = Columns(call.Require(0, "yaml_columns"));
        var actual = Columns(call.Require(1, "sql_columns"));
        var rows = new List<(string Name, string Definition, string Contract, string Reason)>();
        foreach (var (name, type) in actual)
        {
            var same = declared.Find(d => d.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (same.Name is null)
            {
                rows.Add((name, type, "", "missing in contract"));
            }
            else if (!same.Type.Equals(type, StringComparison.OrdinalIgnoreCase))
            {
                rows.Add((name, type, same.Type, "data type mismatch"));
            }
        }

        rows.AddRange(declared.Where(d => !actual.Exists(a => a.Name.Equals(d.Name, StringComparison.OrdinalIgnoreCase))).Select(d => (d.Name, "", d.Type, "missing in definition")));
        rows.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return "This model has an enforced contract that failed.\nPlease ensure the name, data_type, and number of columns in your contract match the columns in your model's definition.\n\n" + Table(rows);
    }

    static List<(string Name, string Type)> Columns(object? columns) => [.. Iteration.Of(columns is JinjaDict dict ? new JinjaList(dict.Values) : columns).Select(c => c switch
    {
        Column column => (column.Name, column.DataType),
        JinjaDict entry => (Entry(entry, "name"), Entry(entry, "formatted") is { Length: > 0 } formatted ? formatted.Split(' ', 2)[^1] : Entry(entry, "data_type")),
        _ => (Text.Of(c), ""),
    })];

    static string Entry(JinjaDict dict, string key) => dict.TryGet(key, out var value) && value is not null ? Text.Of(value) : "";

    static string Table(List<(string Name, string Definition, string Contract, string Reason)> rows)
    {
        var header = ("column_name", "definition_type", "contract_type", "mismatch_reason");
        var all = rows.Prepend(header).ToArray();
        int[] widths = [all.Max(r => r.Item1.Length), all.Max(r => r.Item2.Length), all.Max(r => r.Item3.Length), all.Max(r => r.Item4.Length)];
        var lines = all.Select(r => $"| {r.Item1.PadRight(widths[0])} | {r.Item2.PadRight(widths[1])} | {r.Item3.PadRight(widths[2])} | {r.Item4.PadRight(widths[3])} |").ToList();
        lines.Insert(1, $"| {string.Join(" | ", widths.Select(w => new string('-', w)))} |");
        return string.Join('\n', lines);
    }
}
