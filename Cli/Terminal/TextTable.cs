using Spectre.Console;

namespace LakeAspire.Cli.Terminal;

internal sealed record TextColumn(string Name, bool Numeric = false);

/// <summary>
/// Rows below a header, as wide as the terminal: long cells are cut first, then columns are left out from the right, and that is said. For reading; what is to be processed comes as JSON or CSV.
/// </summary>
internal static class TextTable
{
    const int Gap = 2;
    const int LeastWidth = 8;
    const int MostWidth = 60;
    static readonly Style Head = new(decoration: Decoration.Bold);
    static readonly Style Faint = new(decoration: Decoration.Dim);

    /// <summary>How many columns were shown.</summary>
    public static int Write(IAnsiConsole console, IReadOnlyList<TextColumn> columns, IReadOnlyList<string?[]> rows)
    {
        var widths = Fit(Natural(columns, rows), console.Profile.Width);
        for (var i = 0; i < widths.Length; i++)
        {
            console.Write(new Text(Cell(columns[i].Name, widths[i], columns[i].Numeric, last: i == widths.Length - 1), Head));
        }

        console.WriteLine();
        console.Write(new Text(string.Concat(widths.Select((width, i) => new string('─', width) + (i == widths.Length - 1 ? "" : new string(' ', Gap)))), Faint));
        console.WriteLine();
        foreach (var row in rows)
        {
            for (var i = 0; i < widths.Length; i++)
            {
                console.Write(new Text(Cell(row[i] ?? "null", widths[i], columns[i].Numeric, last: i == widths.Length - 1), row[i] is null ? Faint : Style.Plain));
            }

            console.WriteLine();
        }

        return widths.Length;
    }

    static int[] Natural(IReadOnlyList<TextColumn> columns, IReadOnlyList<string?[]> rows) =>
        [.. columns.Select((column, i) => Math.Min(MostWidth, Math.Max(column.Name.Length, rows.Select(row => row[i]?.Length ?? 4).DefaultIfEmpty(0).Max())))];

    internal static int[] Fit(int[] widths, int edge)
    {
        static int Total(int[] all) => all.Sum() + (Gap * Math.Max(0, all.Length - 1));
        var fitted = widths.ToArray();
        while (Total(fitted) > edge && fitted.Max() > LeastWidth)
        {
            var widest = Array.IndexOf(fitted, fitted.Max());
            fitted[widest]--;
        }

        while (fitted.Length > 1 && Total(fitted) > edge)
        {
            fitted = fitted[..^1];
        }

        return fitted;
    }

    static string Cell(string text, int width, bool numeric, bool last)
    {
        var harmless = Texts.Harmless(text);
        var cut = harmless.Length <= width ? harmless : harmless[..(width - 1)] + "…";
        return numeric ? cut.PadLeft(width) + (last ? "" : new string(' ', Gap)) : last ? cut : cut.PadRight(width + Gap);
    }
}
