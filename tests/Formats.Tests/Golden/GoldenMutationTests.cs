using System.Diagnostics;
using LakeAspire.Testing;
using Lakehouse.Formats.Avro;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;
using Lakehouse.Formats.Puffin;

namespace Lakehouse.Formats.Tests.Golden;

/// <summary>Damaged files of other writers: a result or a <see cref="LakehouseException"/>, in bounded time and memory.</summary>
public sealed class GoldenMutationTests(ITestOutputHelper output)
{
    private const int LargestFile = 300_000;
    private const long MostAllocated = 700L * 1024 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);
    private static readonly string[] Folders = ["spark-iceberg", "spark-iceberg-v3", "flink-iceberg", "pyiceberg", "iceberg"];

    [Fact]
    public async Task Damaged_files_end_in_a_result_or_a_named_error()
    {
        var targets = await TargetsAsync();
        var byKind = targets.GroupBy(target => target.Kind).Select(group => group.ToList()).ToList();
        Assert.True(byKind.Count >= 6);
        var random = new Random(Soak.Seed);
        var refused = byKind.ToDictionary(group => group[0].Kind, _ => 0);
        var total = Soak.Scale(10_000);
        for (var i = 0; i < total; i++)
        {
            var group = byKind[i % byKind.Count];
            var target = group[random.Next(group.Count)];
            var bytes = Mutate(target.Bytes, random);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            try
            {
                await target.Read(bytes);
            }
            catch (LakehouseException error)
            {
                Assert.True(error.Kind is LakehouseErrorKind.InvalidData or LakehouseErrorKind.Unsupported, $"seed {Soak.Seed}, round {i}, {target.Name}: {error}");
                refused[target.Kind]++;
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {Soak.Seed}, round {i}, {target.Name}: {error}");
            }

            Assert.True(watch.Elapsed < Longest, $"seed {Soak.Seed}, round {i}, {target.Name}: {watch.Elapsed}");
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < MostAllocated, $"seed {Soak.Seed}, round {i}, {target.Name}: {GC.GetAllocatedBytesForCurrentThread() - allocated} bytes");
        }

        output.WriteLine($"seed {Soak.Seed}, {total} mutations of {targets.Count} files; refused: {string.Join(", ", refused.Select(pair => $"{pair.Key} {pair.Value}"))}");
        Assert.All(refused, pair => Assert.True(pair.Value > 0, $"no damaged {pair.Key} was refused"));
    }

    private static byte[] Mutate(byte[] whole, Random random)
    {
        var bytes = whole.ToArray();
        var at = random.Next(Math.Max(1, bytes.Length));
        switch (bytes.Length == 0 ? 4 : random.Next(6))
        {
            case 0:
                for (var flips = random.Next(1, 5); flips > 0; flips--)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                return bytes;
            case 1:
                return bytes[..at];
            case 2:
                // A number that claims a lot: nine bytes that all go on, and a last one.
                bytes.AsSpan(at, Math.Min(9, bytes.Length - at)).Fill(0xff);
                return bytes;
            case 3:
                bytes.AsSpan(at, Math.Min(random.Next(1, 64), bytes.Length - at)).Clear();
                return bytes;
            case 4:
                var inserted = new byte[random.Next(1, 20)];
                random.NextBytes(inserted);
                return [.. bytes[..Math.Min(at, bytes.Length)], .. inserted, .. bytes[Math.Min(at, bytes.Length)..]];
            default:
                var from = random.Next(bytes.Length);
                var length = Math.Min(random.Next(1, 200), bytes.Length - Math.Max(at, from));
                bytes.AsSpan(from, length).CopyTo(bytes.AsSpan(at));
                return bytes;
        }
    }

    private static async Task<List<Target>> TargetsAsync()
    {
        var targets = new List<Target>();
        foreach (var table in Folders.SelectMany(GoldenTable.All))
        {
            var file = table.MetadataFiles.MaxBy(file => TableLocations.VersionOf(file.Replace('\\', '/')))!;
            var metadata = TableMetadataJson.Parse(await File.ReadAllBytesAsync(file));
            Add(targets, "metadata", file, await File.ReadAllBytesAsync(file), bytes => TableMetadataJson.ParseAsync(new MemoryStream(bytes)));
            foreach (var snapshot in metadata.Snapshots.Where(snapshot => snapshot.ManifestList is { } list && table.Has(list)))
            {
                Add(targets, "manifest list", snapshot.ManifestList!, await ReadAsync(table, snapshot.ManifestList!), bytes => ManifestListReader.ReadAsync(new MemoryStream(bytes), "list"));
            }

            if (metadata.CurrentSnapshot is not { } current)
            {
                continue;
            }

            foreach (var manifest in await ManifestListReader.ReadAsync(table, current))
            {
                Add(targets, "manifest", manifest.ManifestPath, await ReadAsync(table, manifest.ManifestPath), async bytes => await ManifestReader.ReadAsync(new MemoryStream(bytes), manifest, metadata).CountAsync());
            }

            await foreach (var scan in ScanPlanner.PlanFilesAsync(table, metadata, current))
            {
                if (scan.File.FileFormat == "AVRO")
                {
                    Add(targets, "Avro data", scan.File.FilePath, await ReadAsync(table, scan.File.FilePath), bytes => RowsAsync(bytes, metadata));
                }

                foreach (var vector in scan.Deletes.Where(delete => delete.File.IsDeletionVector()))
                {
                    var puffin = await ReadAsync(table, vector.File.FilePath);
                    Add(targets, "Puffin", vector.File.FilePath, puffin, bytes => ReadPuffin(bytes));
                    var blob = puffin.AsSpan((int)vector.File.ContentOffset!.Value, (int)vector.File.ContentSizeInBytes!.Value).ToArray();
                    Add(targets, "deletion vector", vector.File.FilePath, blob, bytes => Task.FromResult(DeletionVectorBlob.Read(bytes, "vector")));

                    // Without length and checksum, so that damage reaches the bitmap.
                    Add(targets, "bitmap", vector.File.FilePath, blob[8..^4], bytes => Task.FromResult(PositionBitmap.Read(bytes).Take(1_000_000).LongCount()));
                }
            }
        }

        foreach (var file in Directory.GetFiles(Needs.Golden("puffin")))
        {
            Add(targets, "Puffin", file, await File.ReadAllBytesAsync(file), bytes => ReadPuffin(bytes));
        }

        return targets;
    }

    private static async Task RowsAsync(byte[] bytes, TableMetadata metadata)
    {
        var reader = await AvroDataReader.OpenAsync(new MemoryStream(bytes), "data", metadata.CurrentSchema, NameMapping.Of(metadata));
        while (await reader.NextAsync() is { } batch)
        {
            Assert.True(batch.RowCount > 0);
        }
    }

    private static async Task ReadPuffin(byte[] bytes)
    {
        var store = new Storage.MemoryStore { ["memory://lake/p"] = bytes };
        foreach (var blob in (await PuffinReader.ReadFooterAsync(store, "memory://lake/p")).Blobs)
        {
            await PuffinReader.ReadBlobAsync(store, "memory://lake/p", blob);
        }
    }

    private static async Task<byte[]> ReadAsync(GoldenTable table, string location)
    {
        await using var stream = await table.OpenReadAsync(location);
        using var buffer = new MemoryStream();
        await stream.CopyToAsync(buffer);
        return buffer.ToArray();
    }

    private static void Add(List<Target> targets, string kind, string name, byte[] bytes, Func<byte[], Task> read)
    {
        if (bytes.Length <= LargestFile)
        {
            targets.Add(new Target(kind, name, bytes, read));
        }
    }

    private sealed record Target(string Kind, string Name, byte[] Bytes, Func<byte[], Task> Read);
}
