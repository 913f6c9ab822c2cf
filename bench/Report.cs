namespace LakeAspire.Bench;

/// <summary>Medians, and ratios to DuckDB's within the same run.</summary>
internal static class Report
{
    /// <summary>Prints the table; 1 when the contenders' rows differ.</summary>
    public static int Print(IReadOnlyCollection<(BenchTask Task, string Name, Measure Measure)> measures)
    {
        var differ = false;
        Console.WriteLine();
        Console.WriteLine("| task | | median s | min–max | × DuckDB | peak MB | rows |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var task in measures.GroupBy(m => m.Task))
        {
            var bare = Median(task.Where(m => m.Name == "duckdb").Select(m => m.Measure.Seconds));
            foreach (var contender in task.GroupBy(m => m.Name))
            {
                var seconds = contender.Select(m => m.Measure.Seconds).ToList();
                var rows = contender.Select(m => m.Measure.Rows).Distinct().ToList();
                Console.WriteLine(
                    $"| {task.Key.Title} | {contender.Key} | {Median(seconds):F2} | {seconds.Min():F2}–{seconds.Max():F2} | {Median(seconds) / bare:F2} | {contender.Max(m => m.Measure.PeakMb):F0} | {string.Join(", ", rows):N0} |");
            }

            differ |= task.Select(m => m.Measure.Rows).Distinct().Count() > 1;
        }

        if (differ)
        {
            Console.WriteLine("The contenders' rows differ: the times cannot be compared.");
        }

        return differ ? 1 : 0;
    }

    static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
