using LakeAspire.Testing;
using LakeAspire.Testing.Postgres;
using LakeAspire.Transform.Landing;
using Lakehouse.Formats;
using Lakehouse.Sources.Landing;
using Lakehouse.Tables;

namespace LakeAspire.Transform.Worker.Tests.Landing;

public sealed class ExactlyOnceTests(PostgresServer postgres)
{
    const int LinesInFile = 500;

    [Fact]
    public async Task Loaders_that_race_for_the_same_files_load_each_once()
    {
        await using var bench = await LandingBench.StartAsync(postgres);
        var files = Soak.Scale(100);
        for (var i = 0; i < files; i++)
        {
            await PutAsync(bench, i);
        }

        await Task.WhenAll(Enumerable.Range(0, 3).Select(n => Task.Run(async () =>
        {
            var loader = bench.Loader();
            while (await bench.PendingAsync("s") is { Count: > 0 } pending)
            {
                // Each takes another part of what waits, so that batches overlap partly.
                await loader.LoadAsync(LandingBench.Stream("s"), [.. pending.Skip(n).Take(3 + n).DefaultIfEmpty(pending[0])], checkFirst: n == 1, CancellationToken.None);
            }
        })));

        await EachLineOnceAsync(bench, files);
        await OnlyTablesFilesAreLeftAsync(bench);
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_counts_once()
    {
        var network = new FaultyNetwork();
        await using var bench = await LandingBench.StartAsync(postgres, network);
        await PutAsync(bench, 0);
        network.LoseAnswers = 1;

        await UntilLoadedAsync(bench);

        Assert.Equal(0, network.LoseAnswers);
        await EachLineOnceAsync(bench, files: 1);
    }

    [Fact]
    public async Task While_the_catalog_is_away_files_wait_and_nothing_is_left_of_the_attempts()
    {
        var network = new FaultyNetwork();
        await using var bench = await LandingBench.StartAsync(postgres, network);
        await PutAsync(bench, 0);
        await UntilLoadedAsync(bench);
        await PutAsync(bench, 1);

        network.IsAway = true;
        await Assert.ThrowsAnyAsync<LakehouseException>(bench.Attempt("s"));
        network.IsAway = false;
        await OnlyTablesFilesAreLeftAsync(bench);
        Assert.Single(await bench.PendingAsync("s"));

        await UntilLoadedAsync(bench);
        await EachLineOnceAsync(bench, files: 2);
    }

    [Fact]
    public async Task Files_that_are_in_the_table_already_are_dropped_from_their_batch()
    {
        await using var bench = await LandingBench.StartAsync(postgres);
        var first = await PutAsync(bench, 0);
        await bench.LoadAllAsync("s");

        // As a worker that died between its commit and the removal leaves it; once found out by asking first, once by the conflict.
        foreach (var checkFirst in new[] { true, false })
        {
            await bench.Zone.Store.PutAsync(bench.Zone.DataLocation(first), new MemoryStream(Content(0)));
            await bench.Zone.Store.PutAsync($"{bench.Zone.Store.Root}/s/pending/{first.Id}.json", new MemoryStream(first.ToJson()));
            await PutAsync(bench, checkFirst ? 1 : 2);
            while (await bench.PendingAsync("s") is { Count: > 0 } pending)
            {
                Assert.IsType<LoadOutcome.Done>(await bench.Loader().LoadAsync(LandingBench.Stream("s"), pending, checkFirst, CancellationToken.None));
            }
        }

        await EachLineOnceAsync(bench, files: 3);
        await OnlyTablesFilesAreLeftAsync(bench);
        Assert.Equal(0, await bench.ObjectsInLandingAsync("s/data/"));
    }

    [Fact]
    public async Task Other_content_under_a_known_id_is_not_lost()
    {
        await using var bench = await LandingBench.StartAsync(postgres);
        var first = await PutAsync(bench, 0);
        await bench.LoadAllAsync("s");
        var bytes = Content(1);
        var other = first with { Sha256 = "another", Size = bytes.Length };
        await bench.Zone.Store.PutAsync(bench.Zone.DataLocation(other), new MemoryStream(bytes));
        await bench.Zone.Store.PutAsync($"{bench.Zone.Store.Root}/s/pending/{other.Id}.json", new MemoryStream(other.ToJson()));

        await UntilLoadedAsync(bench);

        await EachLineOnceAsync(bench, files: 2);
    }

    [Fact]
    public async Task A_stream_whose_declaration_is_wrong_waits()
    {
        await using var bench = await LandingBench.StartAsync(postgres);
        bench.Declare("s", "stream: s\ncolumns:\n  - {name: a, type: lung}\n");
        await PutAsync(bench, 0);

        Assert.IsType<LoadOutcome.TryAgain>(await bench.Attempt("s")());
        Assert.Single(await bench.PendingAsync("s"));
        Assert.Null(await bench.Lake.FindTableAsync(TableIdentifier.Parse("bronze.s")));
    }

    static byte[] Content(int file) =>
        [.. Enumerable.Range(1, LinesInFile).SelectMany(line => System.Text.Encoding.UTF8.GetBytes(line % 10 == 0 ? $"{file}-{line}\n" : $"{{\"f\":{file},\"l\":{line}}}\n"))];

    internal static Task<LandingManifest> PutAsync(LandingBench bench, int file) => bench.PutAsync("s", $"{file}.ndjson", Content(file));

    static async Task UntilLoadedAsync(LandingBench bench) => await Until.TrueAsync(
        async () =>
        {
            await bench.Attempt("s")();
            return (await bench.PendingAsync("s")).Count == 0;
        },
        "all files are loaded");

    internal static async Task EachLineOnceAsync(LandingBench bench, int files)
    {
        Assert.Equal([$"{files * LinesInFile * 9 / 10}|{files * LinesInFile * 9 / 10}"], await bench.RowsAsync("bronze.s", "SELECT count(*), count(DISTINCT event) FROM t"));
        Assert.Equal([$"{files * LinesInFile / 10}|{files * LinesInFile / 10}"], await bench.RowsAsync("bronze.s__quarantine", "SELECT count(*), count(DISTINCT raw) FROM t"));
    }

    /// <summary>No data file lies in the warehouse that no table names.</summary>
    static async Task OnlyTablesFilesAreLeftAsync(LandingBench bench)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var table in await bench.Lake.Catalog.ListTablesAsync("bronze"))
        {
            await foreach (var file in (await bench.Lake.LoadTableAsync(table)).PlanFilesAsync())
            {
                named.Add(file.File.FilePath);
            }
        }

        var found = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var item in bench.Lake.Store.ListAsync(bench.Lake.Store.Root))
        {
            if (item.Location.EndsWith(".parquet", StringComparison.Ordinal))
            {
                found.Add(item.Location);
            }
        }

        Assert.Equal(named.Order(), found.Order());
    }

    /// <summary>A network that loses answers to commits, or everything.</summary>
    sealed class FaultyNetwork : DelegatingHandler
    {
        public int LoseAnswers { get; set; }

        public bool IsAway { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (IsAway)
            {
                throw new HttpRequestException("the catalog is away");
            }

            var response = await base.SendAsync(request, cancellationToken);
            if (LoseAnswers > 0 && request.RequestUri!.AbsolutePath.EndsWith("transactions/commit", StringComparison.Ordinal))
            {
                LoseAnswers--;
                response.Dispose();
                throw new HttpRequestException("the answer got lost");
            }

            return response;
        }
    }
}
