using System.Diagnostics;
using System.Text;
using LakeAspire.Query.Workers;
using LakeAspire.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.Query.Api.Tests;

/// <summary>Workers that misbehave, and what becomes of the next query.</summary>
public sealed class WorkerTests(WorkerTests.SmallService small) : IClassFixture<WorkerTests.SmallService>
{
    const string Endless = "SELECT count(*) FROM range(100000000000) t(i) WHERE hash(i) = 1";

    readonly QueryService service = small.Service;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AQueryEndsWhenItsTimeIsUp()
    {
        var watch = Stopwatch.StartNew();
        var error = await service.ErrorAsync(Endless, "application/json", ("Lake-Timeout-Seconds", "1"));
        Assert.Equal((408, "SqlTimeoutException"), (error.Status, error.Type));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.9, 20);
        await service.QueryAsync("SELECT 1");
    }

    [Fact]
    public async Task AWorkerThatDoesNotObeyIsKilled()
    {
        var asking = service.ErrorAsync(Endless, "application/json", ("Lake-Timeout-Seconds", "2"));
        await Until.TrueAsync(() => Task.FromResult(Running() > 0), "a query runs");
        var stopped = small.Workers();
        foreach (var id in stopped)
        {
            // A stopped process hears no frame.
            using var signal = Process.Start("kill", ["-STOP", id.ToString()]);
            await signal.WaitForExitAsync(Token);
        }

        Assert.Equal("SqlTimeoutException", (await asking).Type);
        Assert.Empty(stopped.Intersect(small.Workers()));
        await service.QueryAsync("SELECT 1");
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(7000)]
    public async Task ALongChainOfConditionsIsAnsweredOrRefusedInTime(int terms)
    {
        using var response = await service.SendAsync("SELECT count(*) FROM gold.numbers WHERE " + string.Join(" OR ", Enumerable.Range(0, terms).Select(i => $"i={i}")));
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True((int)response.StatusCode is 200 or 413, text);
        Assert.True(response.IsSuccessStatusCode ? text.Contains($"[[{terms}]]", StringComparison.Ordinal) : text.Contains("SqlLimitException", StringComparison.Ordinal), text);
    }

    [Fact]
    public async Task ACallerWhoGoesTakesTheQueryAlong()
    {
        using var gone = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sql") { Content = new StringContent(Endless, Encoding.UTF8, "text/plain") };
        var asking = service.Client.SendAsync(request, gone.Token);
        await Until.TrueAsync(() => Task.FromResult(Running() > 0), "a query runs");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await Until.TrueAsync(() => Task.FromResult(Running() == 0), "no query runs any more");
        await service.QueryAsync("SELECT 1");
    }

    [Fact]
    public async Task ASlowReaderStopsTheStream()
    {
        using var response = await service.SendAsync("SELECT i, repeat('x', 1000) AS s FROM gold.numbers", "application/x-ndjson");
        await using var body = await response.Content.ReadAsStreamAsync(Token);
        var buffer = new byte[1000];
        await body.ReadExactlyAsync(buffer, Token);
        Assert.Equal(1, Running());
        var rest = 0L;
        int read;
        while ((read = await body.ReadAsync(new byte[1 << 16], Token)) > 0)
        {
            rest += read;
        }

        Assert.InRange(rest, 100_000_000, 110_000_000);
    }

    [Theory]
    [InlineData("SELECT sum(length(repeat('x', 100000000 + (i % 7)::INTEGER))) FROM range(100000) t(i)")]
    [InlineData("SELECT length(string_agg(repeat(i::VARCHAR, 1000), ',')) FROM range(10000000) t(i)")]
    [InlineData("SELECT count(*) FROM (SELECT DISTINCT md5(i::VARCHAR) || repeat('x', 100) FROM range(100000000) t(i))")]
    public async Task AQueryThatTakesTooMuchMemoryEndsAlone(string sql)
    {
        var error = await service.ErrorAsync(sql, "application/json", ("Lake-Timeout-Seconds", "60"));
        Assert.True(error.Type is "SqlLimitException" , error.ToString());
        for (var i = 0; i < 3; i++)
        {
            await service.QueryAsync("SELECT count(DISTINCT s) FROM gold.numbers");
        }
    }

    [Fact]
    public async Task AWorkerThatDiesGivesACleanErrorAndTheNextQueryWorks()
    {
        var asking = service.ErrorAsync(Endless, "application/json", ("Lake-Timeout-Seconds", "60"));
        await Until.TrueAsync(() => Task.FromResult(KillRunning()), "a worker runs");
        var error = await asking;
        Assert.Equal((500, "InternalServerError"), (error.Status, error.Type));
        Assert.DoesNotContain("orker", error.Message, StringComparison.Ordinal);
        await service.QueryAsync("SELECT 1");
    }

    [Fact]
    public async Task WorkersAreReusedAndAFreshDatabaseIsMadeForEachQuery()
    {
        await service.QueryAsync("SELECT 1");
        var before = small.Workers();
        for (var i = 0; i < 3; i++)
        {
            await service.QueryAsync("SELECT count(*) FROM silver.mixed");
        }

        Assert.Subset(before, small.Workers());
    }

    [Fact]
    public async Task NothingOfOursStandsInAWorkersEnvironment()
    {
        await service.QueryAsync("SELECT 1");
        foreach (var id in small.Workers())
        {
            var environment = await File.ReadAllTextAsync($"/proc/{id}/environ", Token);
            Assert.DoesNotContain("key", environment, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("Lake__", environment, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("services__", environment, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task AWorkerEndsWithItsStandardInput()
    {
        var start = WorkerCommand.Create(192L << 20);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        await process.WaitForExitAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
    }

    int Running() => small.MaxConcurrent - service.Services.GetRequiredService<WorkerPool>().Free;

    bool KillRunning()
    {
        if (Running() == 0)
        {
            return false;
        }

        foreach (var id in small.Workers())
        {
            Process.GetProcessById(id).Kill();
        }

        return true;
    }

    /// <summary>A service with little memory, and one query at a time: the tests of this class run one after the other.</summary>
    public sealed class SmallService : IAsyncLifetime
    {
        public int MaxConcurrent => 1;

        public QueryService Service { get; } = new(new Dictionary<string, string>
        {
            ["Lake:Query:MaxConcurrent"] = "1",
            ["Lake:Query:MemoryLimit"] = (200L << 20).ToString(),
            ["Lake:Query:ProcessMemoryLimit"] = (600L << 20).ToString(),
            ["Lake:Query:MaxTempSize"] = (100L << 20).ToString(),
        });

        public ValueTask InitializeAsync() => Service.InitializeAsync();

        public ValueTask DisposeAsync() => Service.DisposeAsync();

        public HashSet<int> Workers() => [.. Service.Services.GetRequiredService<WorkerPool>().WorkerIds];
    }
}
