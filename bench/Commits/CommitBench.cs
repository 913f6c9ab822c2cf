using System.Diagnostics;
using System.Globalization;
using LakeAspire.Testing;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;
using Lakehouse.Tables.Maintenance;

namespace LakeAspire.Bench;

/// <summary>
/// Many small appends, one after the other: whether the last ones take longer than the first. <c>commits [--commits 1000]</c>. The catalog is in memory: a commit is what a client does (the
/// table's metadata read as JSON, manifest and manifest list written) and what the catalog does (metadata read, changed, written as a new file), over a local folder; no database and no HTTP.
/// </summary>
internal static class CommitBench
{
    const int Edge = 10;
    const int ExpireEvery = 50;

    public static async Task<int> RunAsync(string[] args)
    {
        var count = Array.IndexOf(args, "--commits") is var i and >= 0 ? int.Parse(args[i + 1], CultureInfo.InvariantCulture) : 1000;
        Console.WriteLine($"{count:N0} appends of one file each, {Environment.ProcessorCount} cores");
        Console.WriteLine("| history | first ten, ms | last ten, ms | ratio | all, s | snapshots at the end |");
        Console.WriteLine("|---|---|---|---|---|---|");
        await MeasureAsync("warm-up", Math.Min(count, 100), keep: null, print: false);
        await MeasureAsync("all snapshots kept", count, keep: null, print: true);
        await MeasureAsync($"upkeep: every {ExpireEvery} commits all but {ExpireEvery} expire", count, keep: ExpireEvery, print: true);
        return 0;
    }

    static async Task MeasureAsync(string what, int count, int? keep, bool print)
    {
        using var folder = new TempFolder();
        var location = LocalPath.ToLocation(folder.Below("table"));
        var store = ObjectStores.Open(location);
        var schema = new Schema(0, [new NestedField(1, "id", true, IcebergType.Long), new NestedField(2, "text", false, IcebergType.String)]);
        var current = await StoreAsync(store, TableMetadata.Create(location, schema, null, null, null, Guid.NewGuid(), TimeProvider.System.GetUtcNow()), 0);
        var times = new double[count];
        var all = Stopwatch.StartNew();
        for (var n = 0; n < count; n++)
        {
            var since = Stopwatch.GetTimestamp();
            current = await CommitAsync(store, current, n);
            times[n] = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
            if (keep is { } snapshots && (n + 1) % ExpireEvery == 0)
            {
                current = await ExpireAsync(store, current, snapshots, n);
            }
        }

        if (print)
        {
            var (first, last) = (Median(times[..Edge]), Median(times[^Edge..]));
            var end = await LoadAsync(store, current);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {first:F1} | {last:F1} | {last / first:F2} | {all.Elapsed.TotalSeconds:F1} | {end.Snapshots.Count} |"));
        }
    }

    static async Task<string> CommitAsync(IObjectStore store, string current, int n)
    {
        var seen = await LoadAsync(store, current);
        var file = new DataFile
        {
            FilePath = $"{seen.Location}/data/{Guid.CreateVersion7()}.parquet",
            RecordCount = 1000,
            FileSizeInBytes = 20_000,
            ValueCounts = new Dictionary<int, long> { [1] = 1000, [2] = 1000 },
            NullValueCounts = new Dictionary<int, long> { [1] = 0, [2] = 0 },
            LowerBounds = new Dictionary<int, byte[]> { [1] = BitConverter.GetBytes(n * 1000L), [2] = "aaaaaaaaaaaaaaaa"u8.ToArray() },
            UpperBounds = new Dictionary<int, byte[]> { [1] = BitConverter.GetBytes((n * 1000L) + 999), [2] = "zzzzzzzzzzzzzzzz"u8.ToArray() },
        };
        var prepared = await SnapshotBuilder.AppendAsync(store, seen, [file], new Dictionary<string, string>(), SnapshotContext.Random(TimeProvider.System));
        var stored = await LoadAsync(store, current);
        var result = (TableCommitResult.Applied)TableCommit.Apply(stored, prepared.Requirements, prepared.Updates, new TableCommitContext(TimeProvider.System.GetUtcNow(), current));
        return await StoreAsync(store, result.Metadata, n + 1);
    }

    static async Task<string> ExpireAsync(IObjectStore store, string current, int keep, int n)
    {
        var metadata = await LoadAsync(store, current);
        var plan = SnapshotExpiryPlan.Of(metadata, new SnapshotExpiryOptions { MaxSnapshotAge = TimeSpan.Zero, MinSnapshotsToKeep = keep }, TimeProvider.System.GetUtcNow().AddSeconds(1));
        var change = plan.ToChange(metadata);
        var result = (TableCommitResult.Applied)TableCommit.Apply(metadata, change.Requirements, change.Updates, new TableCommitContext(TimeProvider.System.GetUtcNow(), current));
        return await StoreAsync(store, result.Metadata, n + 1);
    }

    static async Task<TableMetadata> LoadAsync(IObjectStore store, string location)
    {
        await using var stream = await store.OpenReadAsync(location);
        using var buffer = new MemoryStream();
        await stream.CopyToAsync(buffer);
        return TableMetadataJson.Parse(buffer.ToArray());
    }

    static async Task<string> StoreAsync(IObjectStore store, TableMetadata metadata, int version)
    {
        var location = TableLocations.MetadataFile(metadata, version, Guid.NewGuid());
        using var content = new MemoryStream(TableMetadataJson.Write(metadata));
        await store.PutIfAbsentAsync(location, content);
        return location;
    }

    static double Median(double[] times) => times.Order().ElementAt(times.Length / 2);
}
