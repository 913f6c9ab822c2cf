using System.Globalization;
using LakeAspire.Portal.Display;
using LakeAspire.Portal.Lake;

namespace LakeAspire.Portal.Sql;

/// <summary>Which chart shows a result, and the chart itself.</summary>
internal static class ResultCharts
{
    public const int MostPoints = 1000;

    public static IReadOnlyList<int> NumericColumns(QueryResult result) => [.. Indexes(result).Where(i => result.Columns[i].Kind == CellKind.Number)];

    /// <summary>The first time, else the first text, else the first column.</summary>
    public static int GuessX(QueryResult result) => Indexes(result).OrderBy(i => result.Columns[i].Kind switch
    {
        CellKind.Time => 0,
        CellKind.Text or CellKind.Boolean => 1,
        CellKind.Number => 2,
        _ => 3,
    }).First();

    /// <summary>The first numeric column besides x, and up to two more of its magnitude: others would be flat beside it, or make it so.</summary>
    public static IReadOnlyList<int> GuessY(QueryResult result, int x)
    {
        var numeric = NumericColumns(result).Where(i => i != x).ToList();
        return numeric is [] ? [] : [.. numeric.Where(i => AreComparable(Magnitude(result, numeric[0]), Magnitude(result, i))).Take(3)];
    }

    public static string GuessType(QueryResult result, int x) => result.Columns[x].Kind switch
    {
        CellKind.Time when result.Rows.Count > 60 => "line",
        CellKind.Number when result.Columns.Count > 1 => "scatter",
        _ => "bar",
    };

    public static ChartSpec Create(QueryResult result, string type, int x, IReadOnlyList<int> y)
    {
        IEnumerable<string?[]> rows = result.Rows.Take(MostPoints);
        if (result.Columns[x].Kind == CellKind.Time)
        {
            // ISO text sorts as time does.
            rows = rows.OrderBy(row => row[x], StringComparer.Ordinal);
        }

        var shown = rows.ToList();
        return new ChartSpec(
            type,
            [.. shown.Select(row => Label(row[x], result.Columns[x].Kind))],
            [.. y.Select(i => new ChartSeries(result.Columns[i].Name, [.. shown.Select(row => Value(row[i]))]))],
            result.Columns[x].Name);
    }

    static double Magnitude(QueryResult result, int column) => result.Rows.Take(MostPoints).Max(row => Math.Abs(Value(row[column]) ?? 0));

    static bool AreComparable(double a, double b) => Math.Max(a, b) <= 50 * Math.Min(a, b) || a == b;

    static IEnumerable<int> Indexes(QueryResult result) => Enumerable.Range(0, result.Columns.Count);

    static string Label(string? value, CellKind kind) => value switch
    {
        null => "null",
        _ when kind == CellKind.Time && value.EndsWith("T00:00:00", StringComparison.Ordinal) => value[..10],
        { Length: > 40 } => value[..40] + "…",
        _ => value,
    };

    static double? Value(string? text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;
}
