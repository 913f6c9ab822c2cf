using LakeAspire.Testing;
using LakeAspire.Testing.Postgres;

namespace Lakehouse.Tables.Tests;

/// <summary>Many writers at once, on one table and on several.</summary>
public sealed class ConcurrencyTests(PostgresServer postgres)
{
    const int Writers = 8;

    [Fact]
    public async Task Appends_of_many_writers_to_one_table_are_all_kept()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        var rounds = Soak.Scale(30);
        await lake.CreateAsync(TestLake.Events);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => AppendAsync(lake, TestLake.Events, writer, rounds)));
        Assert.Equal(Expected(Enumerable.Range(0, Writers), rounds), await lake.FilesAsync(TestLake.Events));
        var snapshots = (await lake.Lake.LoadTableAsync(TestLake.Events)).Metadata.Snapshots;
        Assert.Equal(Writers * rounds, snapshots.Count);

        // What failed attempts wrote is gone: a manifest list for each snapshot, and no other.
        var lists = (await lake.ObjectsAsync()).Where(location => location.Contains("/metadata/snap-", StringComparison.Ordinal));
        Assert.Equal(snapshots.Select(s => s.ManifestList!).Order(StringComparer.Ordinal), lists.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Appends_to_different_tables_do_not_hinder_each_other()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        var rounds = Soak.Scale(30);
        var tables = Enumerable.Range(0, Writers).Select(i => new TableIdentifier("bronze", $"t{i}")).ToArray();
        foreach (var table in tables)
        {
            await lake.CreateAsync(table);
        }

        var handlers = tables.Select(_ => new LossyHandler()).ToArray();
        await Task.WhenAll(tables.Select((table, writer) => AppendAsync(lake, table, writer, rounds, handlers[writer])));
        foreach (var (table, writer) in tables.Select((table, writer) => (table, writer)))
        {
            Assert.Equal(Expected([writer], rounds), await lake.FilesAsync(table));
        }

        // Not one commit had to be sent twice.
        Assert.All(handlers, handler => Assert.Equal(rounds, handler.Commits));
    }

    [Fact]
    public async Task Of_many_writers_with_the_same_item_exactly_one_loads_it()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events);
        var rounds = Soak.Scale(20);
        for (var round = 0; round < rounds; round++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
            {
                await using var transaction = lake.Lake.BeginTransaction("test", "load");
                var table = await transaction.OpenAsync(TestLake.Events);
                transaction.Append(table, await lake.WriteAsync(transaction, table, $"r{round}w{writer}"));
                transaction.AddItem("landing/events", $"{round}", "f");
                return await transaction.CommitAsync();
            }));
            Assert.Single(results, result => result is CommitResult.Committed);
            Assert.Equal(Writers - 1, results.Count(result => result is CommitResult.Conflict { Kind: ConflictKind.Items }));
        }

        Assert.Equal(rounds, (await lake.FilesAsync(TestLake.Events)).Count);
        Assert.Equal(rounds, (await lake.ObjectsAsync()).Count(location => location.EndsWith(".parquet", StringComparison.Ordinal)));
    }

    static async Task AppendAsync(TestLake lake, TableIdentifier table, int writer, int rounds, LossyHandler? through = null)
    {
        var own = lake.Open(through);
        for (var round = 0; round < rounds; round++)
        {
            await using var transaction = own.BeginTransaction($"w{writer}", "append");
            var opened = await transaction.OpenAsync(table);
            transaction.Append(opened, await lake.WriteAsync(transaction, opened, Name(writer, round)));
            Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
        }
    }

    static string Name(int writer, int round) => $"w{writer}r{round:D4}";

    static IEnumerable<string> Expected(IEnumerable<int> writers, int rounds) =>
        writers.SelectMany(writer => Enumerable.Range(0, rounds).Select(round => Name(writer, round))).Order(StringComparer.Ordinal);
}
