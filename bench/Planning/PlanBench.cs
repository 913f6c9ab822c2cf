using System.Diagnostics;
using System.Globalization;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;

namespace LakeAspire.Bench;

/// <summary>
/// Plans scans of a table with very many files by filters that only file statistics can answer. <c>plan [--files 100000] [--manifests 1000] [--rounds 5]</c>. Each line names what was empty before it:
/// a process that did nothing yet, or the cache of manifests. The operating system has the files in memory.
/// </summary>
internal static class PlanBench
{
    public static async Task<int> RunAsync(string[] args, string folder)
    {
        int Option(string name, int otherwise) => Array.IndexOf(args, "--" + name) is var i and >= 0 ? int.Parse(args[i + 1], CultureInfo.InvariantCulture) : otherwise;
        var (files, manifests, rounds) = (Option("files", 100_000), Option("manifests", 1000), Option("rounds", 5));
        Directory.CreateDirectory(folder);
        var location = LocalPath.ToLocation(folder);
        var metadata = await ManyFiles.WriteAsync(ObjectStores.Open(location), location, files, manifests);
        await File.WriteAllBytesAsync(Path.Combine(folder, "table.json"), TableMetadataJson.Write(metadata));
        var bytes = Directory.EnumerateFiles(Path.Combine(folder, "metadata")).Sum(path => new FileInfo(path).Length);
        Console.WriteLine($"{files:N0} files in {manifests:N0} manifests of {bytes / 1e6:F0} MB together, {rounds} rounds, {Environment.ProcessorCount} cores");
        var start = new ProcessStartInfo("dotnet") { ArgumentList = { Environment.GetCommandLineArgs()[0], "plan-child", folder, files.ToString(CultureInfo.InvariantCulture), rounds.ToString(CultureInfo.InvariantCulture) } };
        using var child = Process.Start(start)!;
        await child.WaitForExitAsync();
        return child.ExitCode;
    }

    public static async Task<int> ChildAsync(string folder, int files, int rounds)
    {
        var store = ObjectStores.Open(LocalPath.ToLocation(folder));
        var metadata = TableMetadataJson.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "table.json")));
        var random = new Random(1);
        Expression ById() => new ColumnPredicate("event_id", PredicateOperator.Equal, new IntegerLiteral(ManyFiles.IdOf(random.Next(files))));
        Console.WriteLine("| what | ms | files kept |");
        Console.WriteLine("|---|---|---|");
        await MeasureAsync("first plan of a process", 1, store, metadata, ById, () => NewCache());
        await MeasureAsync("cold: empty cache", rounds, store, metadata, ById, () => NewCache());
        await MeasureAsync("no cache", rounds, store, metadata, ById, () => null);
        var cache = NewCache();
        await PlanAsync(store, metadata, ById(), cache);
        Console.WriteLine($"| (cache holds {cache.Size / 1e6:F0} MB) | | |");
        await MeasureAsync("warm", rounds, store, metadata, ById, () => cache);
        await MeasureAsync("warm, first filter on another column", 1, store, metadata, () => new ColumnPredicate("user_id", PredicateOperator.Less, new IntegerLiteral(0)), () => cache);
        await MeasureAsync("warm, three columns", rounds, store, metadata, () => Expression.AllOf([ById(), new ColumnPredicate("city", PredicateOperator.Greater, new StringLiteral("B")), new ColumnPredicate("score", PredicateOperator.Greater, new DoubleLiteral(2))]), () => cache);
        await MeasureAsync("warm, one day of 365", rounds, store, metadata, () => new ColumnPredicate("ts", PredicateOperator.Equal, new TimestampLiteral(1_710_000_000_000_000, false, false)), () => cache);
        await MeasureAsync("warm, all files", rounds, store, metadata, () => null, () => cache);
        return 0;
    }

    static ManifestCache NewCache() => new(1L << 30);

    static async Task MeasureAsync(string what, int rounds, IObjectStore store, TableMetadata metadata, Func<Expression?> filter, Func<ManifestCache?> cache)
    {
        var (times, kept) = (new List<double>(), 0);
        for (var round = 0; round < rounds; round++)
        {
            var (mine, held) = (filter(), cache());
            GC.Collect();
            var since = Stopwatch.GetTimestamp();
            kept = await PlanAsync(store, metadata, mine, held);
            times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }

        times.Sort();
        Console.WriteLine($"| {what} | {times[times.Count / 2]:F0}{(rounds > 1 ? $" ({times[0]:F0}–{times[^1]:F0})" : "")} | {kept:N0} |");
    }

    static async Task<int> PlanAsync(IObjectStore store, TableMetadata metadata, Expression? filter, ManifestCache? cache) =>
        await ScanPlanner.PlanFilesAsync(store, metadata, metadata.CurrentSnapshot!, filter, new ScanPlanOptions { Cache = cache }).CountAsync();
}
