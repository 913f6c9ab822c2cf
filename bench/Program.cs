using System.Diagnostics;
using System.Globalization;
using LakeAspire.Bench;
using LakeAspire.Samples.WatchLog;
using LakeAspire.Testing;

// dotnet build bench -c Release && dotnet bench/bin/Release/net10.0/LakeAspire.Bench.dll [--events 6000000] [--rounds 5] [--without clickhouse,polars]
// … plan [--files 100000] [--manifests 1000] [--rounds 5]: planning a scan of a table of very many files.
// Needs LAKEASPIRE_CHDB for ClickHouse, and "npm install --ignore-scripts --force" in bench/peers/polars for Polars; what is missing is left out and said.
if (args is ["scan"])
{
    await ScanBench.RunAsync();
    return 0;
}

if (args is ["catalog", ..])
{
    return await LakeAspire.Bench.Catalog.CatalogBench.RunAsync(args);
}

// parse [--models 1000]: parsing of a dbt project, cold and after one edit.
if (args is ["parse", ..])
{
    return await LakeAspire.Bench.Parsing.ParseBench.RunAsync(args);
}

if (args is ["parse-child", var parsedProject, var parseCache])
{
    return LakeAspire.Bench.Parsing.ParseBench.Child(parsedProject, parseCache);
}

if (args is ["commits", ..])
{
    return await CommitBench.RunAsync(args);
}

// "delta-open" as the first word measures opening a Delta table of very many files instead.
if (args is ["delta-open", ..])
{
    using var logs = new TempFolder();
    return await DeltaOpenBench.RunAsync(args, logs.Path);
}

if (args is ["delta-open-child", var logFolder, var logName, var logRounds])
{
    return await DeltaOpenBench.ChildAsync(logFolder, logName, int.Parse(logRounds, CultureInfo.InvariantCulture));
}

// The first argument picks another case: merge [--rows 10000000] [--keys 1000000] [--rounds 5].
if (args is ["merge", ..])
{
    using var scratch = new TempFolder();
    return await MergeBench.RunAsync(args, scratch.Path);
}

if (args is ["child", var contender, var work, var from, var to])
{
    var since = Stopwatch.StartNew();
    var (took, rows) = (contender, work) switch
    {
        ("duckdb", "bronze") => (default(TimeSpan?), await DuckDbPeer.BronzeAsync(from, to)),
        ("duckdb", "pipeline") => (null, await DuckDbPeer.PipelineAsync(from, to)),
        ("clickhouse", "bronze") => (null, ClickHousePeer.Bronze(from, to)),
        ("clickhouse", "pipeline") => (null, ClickHousePeer.Pipeline(from, to)),
        ("lake", "bronze") => await LakePeer.BronzeAsync(from, to),
        ("lake", "pipeline") => await LakePeer.PipelineAsync(to),
        _ => throw new InvalidOperationException($"no {work} of {contender}"),
    };
    Console.WriteLine(Contender.Report(took ?? since.Elapsed, rows, (contender, work) is ("lake", "pipeline") ? LakePeer.WorkerOf(to) : "self"));
    return 0;
}

if (args is ["plan-child", var table, var tableFiles, var repeats])
{
    return await PlanBench.ChildAsync(table, int.Parse(tableFiles, CultureInfo.InvariantCulture), int.Parse(repeats, CultureInfo.InvariantCulture));
}

if (args is ["plan", ..])
{
    using var planned = new TempFolder();
    return await PlanBench.RunAsync(args, planned.Below("table"));
}

string Option(string name, string otherwise) => Array.IndexOf(args, "--" + name) is var i and >= 0 ? args[i + 1] : otherwise;
var events = long.Parse(Option("events", "6000000"), CultureInfo.InvariantCulture);
var rounds = int.Parse(Option("rounds", "5"), CultureInfo.InvariantCulture);
var without = Option("without", "").Split(',').ToHashSet(StringComparer.Ordinal);
List<Contender> peers = [Contender.Own("duckdb")];
void Add(Contender peer, bool present, string need)
{
    if (present && !without.Contains(peer.Name))
    {
        peers.Add(peer);
    }
    else
    {
        Console.WriteLine($"{peer.Name}: left out{(present ? "" : ", needs " + need)}");
    }
}

Add(Contender.Own("clickhouse"), File.Exists(Environment.GetEnvironmentVariable("LAKEASPIRE_CHDB")), "LAKEASPIRE_CHDB");
Add(Contender.Polars, Directory.Exists(Repository.PathOf("bench", "peers", "polars", "node_modules")), "npm install in bench/peers/polars");

using var folder = new TempFolder();
var input = folder.Below("events");
Directory.CreateDirectory(input);
var generator = new WatchLogGenerator(new WatchLogSize(events));
foreach (var day in WatchLogGenerator.AllDays)
{
    await using var file = File.Create(Path.Combine(input, WatchLogGenerator.FileName(day)));
    await generator.WriteDayAsync(day, file, CancellationToken.None);
}

var bytes = Directory.EnumerateFiles(input).Sum(path => new FileInfo(path).Length);
Console.WriteLine($"{events:N0} events, {bytes / 1e9:F2} GB, 1 % faulty lines, {rounds} rounds, {Environment.ProcessorCount} cores");
var measures = new List<(BenchTask Task, string Name, Measure Measure)>();
for (var round = 1; round <= rounds; round++)
{
    foreach (var peer in peers)
    {
        var output = Directory.CreateDirectory(folder.Below(peer.Name + round)).FullName;
        var bronze = Path.Combine(output, "bronze.parquet");
        measures.Add((BenchTask.Bronze, peer.Name, await peer.RunAsync(BenchTask.Bronze, input, bronze)));
        measures.Add((BenchTask.Pipeline, peer.Name, await peer.RunAsync(BenchTask.Pipeline, bronze, output)));
        Directory.Delete(output, recursive: true);
    }

    await using (var installation = await Installation.StartAsync())
    {
        var lake = Contender.Own("lake");
        measures.Add((BenchTask.Bronze, lake.Name, await lake.RunAsync(BenchTask.Bronze, input, installation.Folder)));

        // The first run of a worker compiles its code and loads the engine; later ones are what a worker does all day.
        measures.Add((BenchTask.Pipeline, "lake, first run", await lake.RunAsync(BenchTask.Pipeline, input, installation.Folder)));
        measures.Add((BenchTask.Pipeline, lake.Name, await lake.RunAsync(BenchTask.Pipeline, input, installation.Folder)));
    }

    Console.WriteLine($"round {round}: " + string.Join(", ", measures.TakeLast(peers.Count * 2 + 3).Select(m => $"{m.Name} {m.Task.Name} {m.Measure.Seconds:F2} s")));
}

return Report.Print(measures);
