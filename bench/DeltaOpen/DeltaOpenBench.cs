using System.Diagnostics;
using System.Globalization;
using LakeAspire.Testing;
using Lakehouse.Engine.Delta;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Skipping;
using Lakehouse.Formats.Expressions;
using Lakehouse.Storage;

namespace LakeAspire.Bench;

/// <summary>
/// Opens a Delta table of very many files, from commits in JSON and from a checkpoint, and finds one file of it by statistics. <c>delta-open [--adds 300000] [--rounds 5]</c>. The operating system has the log in memory.
/// The peer is ClickHouse's own reader, where LAKEASPIRE_CHDB is set; it has no files to count, so that it counts those of one day that no file has.
/// </summary>
internal static class DeltaOpenBench
{
    public static async Task<int> RunAsync(string[] args, string folder)
    {
        int Option(string name, int otherwise) => Array.IndexOf(args, "--" + name) is var i and >= 0 ? int.Parse(args[i + 1], CultureInfo.InvariantCulture) : otherwise;
        var (adds, rounds) = (Option("adds", 300_000), Option("rounds", 5));
        await ManyAdds.WriteAsync(folder, adds);
        Console.WriteLine($"{adds:N0} adds, {rounds} rounds, {Environment.ProcessorCount} cores; milliseconds, of processors in brackets");
        Console.WriteLine("| what | first in a process | later, median | one file by statistics |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var log in new[] { "commits", "checkpoint" })
        {
            var start = new ProcessStartInfo("dotnet") { ArgumentList = { Environment.GetCommandLineArgs()[0], "delta-open-child", folder, log, rounds.ToString(CultureInfo.InvariantCulture) } };
            using var child = Process.Start(start)!;
            await child.WaitForExitAsync();
            if (child.ExitCode != 0)
            {
                return child.ExitCode;
            }
        }

        if (File.Exists(Environment.GetEnvironmentVariable("LAKEASPIRE_CHDB")))
        {
            foreach (var log in new[] { "commits", "checkpoint" })
            {
                using var clickHouse = new ClickHouse("/");
                var since = Stopwatch.GetTimestamp();
                clickHouse.Query($"SELECT count() AS n FROM deltaLakeLocal('{Path.Combine(folder, log)}') WHERE day = toDate('1999-01-01')");
                Console.WriteLine($"| ClickHouse, {log} | {Stopwatch.GetElapsedTime(since).TotalMilliseconds:F0} | | |");
            }
        }

        return 0;
    }

    public static async Task<int> ChildAsync(string folder, string log, int rounds)
    {
        var location = LocalPath.ToLocation(Path.Combine(folder, log));
        var store = ObjectStores.Open(location);
        var (opened, filtered) = (new List<(double Wall, double Cpu)>(), new List<(double Wall, double Cpu)>());
        for (var round = 0; round <= rounds; round++)
        {
            GC.Collect();
            DeltaSnapshot? snapshot = null;
            opened.Add(await MeasureAsync(async () =>
            {
                using var parquet = new DuckDbParquetReader(new LocalFiles(LocalPath.FromLocation));
                snapshot = await DeltaTable.OpenAsync(store, location, parquet);
            }));
            IReadOnlyList<DeltaFile> kept = [];
            filtered.Add(await MeasureAsync(() =>
            {
                kept = new DeltaFileFilter(snapshot!, new ColumnPredicate("id", PredicateOperator.Equal, new IntegerLiteral(123_456))).Select();
                return Task.CompletedTask;
            }));
            if (kept.Count != 1)
            {
                throw new InvalidOperationException($"{kept.Count} files kept");
            }
        }

        Console.WriteLine($"| {log} | {Text(opened[0])} | {Text(Median(opened))} | {Text(Median(filtered))} |");
        return 0;
    }

    static async Task<(double Wall, double Cpu)> MeasureAsync(Func<Task> work)
    {
        using var process = Process.GetCurrentProcess();
        var (since, cpu) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        await work();
        process.Refresh();
        return (Stopwatch.GetElapsedTime(since).TotalMilliseconds, (process.TotalProcessorTime - cpu).TotalMilliseconds);
    }

    static (double Wall, double Cpu) Median(List<(double Wall, double Cpu)> measured)
    {
        var later = measured.Skip(1).Order().ToList();
        return later[later.Count / 2];
    }

    static string Text((double Wall, double Cpu) time) => $"{time.Wall:F0} ({time.Cpu:F0})";
}
