using System.Diagnostics;
using LakeAspire.Testing;
using Lakehouse.Engine.Delta;
using Lakehouse.Formats;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Skipping;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Engine.Tests.Delta;

/// <summary>Logs, checkpoints and deletion vectors of golden tables, damaged: an error of ours or a table, in bounded time; a damaged deletion vector never deletes other rows.</summary>
public sealed class DeltaMutationTests(ITestOutputHelper output)
{
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_damaged_table_gives_an_error_or_a_table()
    {
        output.WriteLine($"seed {Soak.Seed}");
        var random = new Random(Soak.Seed);
        var tables = new[] { "spark-delta", "delta-rs", "delta" }.SelectMany(golden => Directory.EnumerateDirectories(Needs.Golden(golden))).Select(folder => Path.Combine(folder, "table"))
            .Where(folder => Directory.Exists(Path.Combine(folder, "_delta_log"))).Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(tables);
        using var temp = new TempFolder();
        var (errors, opened) = (0, 0);
        for (var i = 0; i < Soak.Scale(10_000); i++)
        {
            var store = new MutatedStore(tables[random.Next(tables.Length)], temp);
            var files = store.Metadata;
            var damaged = files[random.Next(files.Count)];
            store.Mutate(damaged, Damage(File.ReadAllBytes(damaged), random));
            var since = Stopwatch.GetTimestamp();
            try
            {
                await OpenAsync(store);
                opened++;
            }
            catch (LakehouseException)
            {
                errors++;
            }

            Assert.True(Stopwatch.GetElapsedTime(since) < Longest, damaged);
        }

        output.WriteLine($"{errors} errors, {opened} tables");
        Assert.True(errors > 0 && opened > 0);
    }

    [Fact]
    public async Task A_damaged_deletion_vector_is_noticed()
    {
        output.WriteLine($"seed {Soak.Seed}");
        var random = new Random(Soak.Seed);
        using var temp = new TempFolder();
        var folder = Path.Combine(Needs.Golden("spark-delta/dv-update"), "table");
        var intact = await VectorsAsync(new MutatedStore(folder, temp));
        Assert.NotEmpty(intact);
        for (var i = 0; i < Soak.Scale(2000); i++)
        {
            var store = new MutatedStore(folder, temp);
            var vectors = store.Metadata.Where(path => path.EndsWith(".bin", StringComparison.Ordinal)).ToArray();
            var damaged = vectors[random.Next(vectors.Length)];
            store.Mutate(damaged, Damage(File.ReadAllBytes(damaged), random));
            try
            {
                foreach (var (file, positions) in await VectorsAsync(store))
                {
                    Assert.True(positions.SetEquals(intact[file]), damaged);
                }
            }
            catch (LakehouseException)
            {
                // It was noticed.
            }
        }
    }

    static async Task OpenAsync(MutatedStore store)
    {
        using var parquet = new DuckDbParquetReader(store);
        var snapshot = await DeltaTable.OpenAsync(store, MutatedStore.Table, parquet);
        var filter = snapshot.Schema.Fields.Select(field => (Expression)new ColumnPredicate(field.Name, PredicateOperator.Greater, new IntegerLiteral(3)));
        _ = new DeltaFileFilter(snapshot, Expression.AnyOf(filter)).Select();
        foreach (var file in snapshot.Files)
        {
            if (file.DeletionVector is { } vector)
            {
                _ = await DeletionVectorReader.ReadAsync(store, MutatedStore.Table, vector);
            }
        }
    }

    static async Task<Dictionary<string, PositionBitmap>> VectorsAsync(MutatedStore store)
    {
        using var parquet = new DuckDbParquetReader(store);
        var vectors = new Dictionary<string, PositionBitmap>(StringComparer.Ordinal);
        foreach (var file in (await DeltaTable.OpenAsync(store, MutatedStore.Table, parquet)).Files)
        {
            if (file.DeletionVector is { } vector)
            {
                vectors[file.Path] = await DeletionVectorReader.ReadAsync(store, MutatedStore.Table, vector);
            }
        }

        return vectors;
    }

    static byte[] Damage(byte[] content, Random random)
    {
        if (content.Length == 0)
        {
            return [0xFF];
        }

        var at = random.Next(content.Length);
        switch (random.Next(5))
        {
            case 0:
                return content[..at];
            case 1:
                content[at] ^= (byte)(1 << random.Next(8));
                return content;
            case 2:
                random.NextBytes(content.AsSpan(at, Math.Min(content.Length - at, 1 + random.Next(16))));
                return content;
            case 3:
                return [.. content[..at], .. content[random.Next(at + 1)..]];
            default:
                content.AsSpan(at, Math.Min(content.Length - at, 1 + random.Next(8))).Fill((byte)"09{}[]\",\\u-"[random.Next(11)]);
                return content;
        }
    }
}
