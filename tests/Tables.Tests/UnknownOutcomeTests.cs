using LakeAspire.Testing.Postgres;

namespace Lakehouse.Tables.Tests;

/// <summary>Commits whose answer is lost.</summary>
public sealed class UnknownOutcomeTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(2, 2)]
    [InlineData(0, 5)]
    public async Task Whatever_is_lost_the_rows_are_there_once(int requests, int answers)
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a");
        var network = new LossyHandler { LoseRequests = requests, LoseAnswers = answers };
        await AppendAsync(lake, network);
        Assert.Equal(["a", "mine"], await lake.FilesAsync(TestLake.Events));
    }

    [Fact]
    public async Task A_lost_answer_is_found_also_when_others_have_written_since()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a");
        var network = new LossyHandler { LoseAnswers = 1, AfterLoss = () => lake.CreateAsync(TestLake.Events, "theirs") };
        var committed = await AppendAsync(lake, network);
        Assert.Equal(["a", "mine", "theirs"], await lake.FilesAsync(TestLake.Events));

        using var commits = System.Text.Json.JsonDocument.Parse(await lake.Server.User.GetStringAsync("api/commits"));
        var ids = commits.RootElement.GetProperty("commits").EnumerateArray().Select(c => c.GetProperty("id").GetInt64()).ToArray();
        Assert.Equal(ids[1], committed.CommitId);
    }

    [Fact]
    public async Task A_catalog_that_is_away_for_a_while_is_waited_for()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a");
        var network = new LossyHandler { LoseAnswers = 1 };
        network.AfterLoss = () =>
        {
            network.Away = 5;
            return Task.CompletedTask;
        };
        await AppendAsync(lake, network);
        Assert.Equal(["a", "mine"], await lake.FilesAsync(TestLake.Events));
    }

    [Fact]
    public async Task An_outcome_that_cannot_be_learned_is_unknown_and_no_file_goes()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a");
        var network = new LossyHandler();
        await using (var transaction = lake.Open(network, impatient: true).BeginTransaction("test", "append"))
        {
            var table = await transaction.OpenAsync(TestLake.Events);
            transaction.Append(table, await lake.WriteAsync(transaction, table, "mine"));
            network.LoseAnswers = 1;
            network.AfterLoss = () =>
            {
                network.Away = int.MaxValue;
                return Task.CompletedTask;
            };
            Assert.IsType<CommitResult.Unknown>(await transaction.CommitAsync());
        }

        // It had happened, and its files are whole.
        Assert.Equal(["a", "mine"], await lake.FilesAsync(TestLake.Events));
        Assert.Contains(await lake.ObjectsAsync(), location => location.EndsWith("/mine.parquet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cancelled_commit_deletes_nothing()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a");
        using var giveUp = new CancellationTokenSource();
        var network = new LossyHandler { LoseAnswers = 1, AfterLoss = giveUp.CancelAsync };
        await using (var transaction = lake.Open(network).BeginTransaction("test", "append"))
        {
            var table = await transaction.OpenAsync(TestLake.Events);
            transaction.Append(table, await lake.WriteAsync(transaction, table, "mine"));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transaction.CommitAsync(giveUp.Token));
        }

        Assert.Equal(["a", "mine"], await lake.FilesAsync(TestLake.Events));
        Assert.Contains(await lake.ObjectsAsync(), location => location.EndsWith("/mine.parquet", StringComparison.Ordinal));
    }

    static async Task<CommitResult.Committed> AppendAsync(TestLake lake, LossyHandler network)
    {
        await using var transaction = lake.Open(network).BeginTransaction("test", "append");
        var table = await transaction.OpenAsync(TestLake.Events);
        transaction.Append(table, await lake.WriteAsync(transaction, table, "mine"));
        return Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
    }
}
