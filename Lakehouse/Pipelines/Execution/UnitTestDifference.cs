using System.Globalization;
using System.Text;
using Lakehouse.Pipelines.Compilation;

namespace Lakehouse.Pipelines.Execution;

/// <summary>What a unit test found, laid out: rows that came though nobody expected them (<c>+++</c>), and rows that were expected and did not come (<c>---</c>).</summary>
internal static class UnitTestDifference
{
    const int Most = 100;

    public static string Of(UnitTestOutcome outcome)
    {
        var rows = outcome.Unexpected.Select(row => (Mark: "+++", Cells: Cells(row))).Concat(outcome.Missing.Select(row => (Mark: "---", Cells: Cells(row)))).ToList();
        var shown = rows.Take(Most).Prepend((Mark: "@@", Cells: [.. outcome.Columns])).ToList();
        var widths = Enumerable.Range(0, outcome.Columns.Count).Select(column => shown.Max(row => row.Cells[column].Length)).ToList();
        var text = new StringBuilder();
        foreach (var (mark, cells) in shown)
        {
            text.Append(mark.PadRight(3)).Append(',').AppendJoin(',', cells.Select((cell, column) => cell.PadRight(widths[column]))).Append('\n');
        }

        return rows.Count > Most ? string.Create(CultureInfo.InvariantCulture, $"{text}... and {rows.Count - Most} more rows") : text.ToString();
    }

    static string[] Cells(IReadOnlyList<object?> row) => [.. row.Select(value => value switch
    {
        null => "",
        bool flag => flag ? "True" : "False",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    })];
}
