namespace LakeAspire.Cli.Tests;

public sealed class LineageTests
{
    [Fact]
    public async Task A_table_is_a_tree_of_what_it_is_made_of()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("lineage", "gold.customer_360", "--upstream");
        Assert.Equal((0, ""), (ended.Code, ended.Error));
        Assert.Equal(
            """
            gold.customer_360
            is made of
            ├─ silver.rfm  (watchlog.gold.customer_360)
            │  └─ bronze.watchlog  (watchlog.silver.rfm)
            │     └─ kafka://broker.example.org:9092 watch-events  (load.watchlog)
            └─ silver.watch  (watchlog.gold.customer_360)
               └─ silver.watch_durations  (watchlog.silver.watch)
                  └─ bronze.watchlog  (watchlog.silver.watch_durations)  …

            """.ReplaceLineEndings("\n"),
            ended.Output);
    }

    [Fact]
    public async Task A_column_goes_its_own_way()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("lineage", "silver.watch", "--column", "MostWatch");
        Assert.Equal(
            ["silver.watch.MostWatch", "is made of", "└─ silver.watch_durations.Type  (aggregation)", "   └─ bronze.watchlog.AppName  (transformation)", "is in", "└─ gold.customer_360.MostWatch", "   └─ delta gold.customer_360.MostWatch"],
            ended.Lines);
        ended = await lake.RunAsync("lineage", "gold.customer_360", "--column", "TopThree", "--upstream");
        Assert.Equal(["gold.customer_360.TopThree", "is made of", "└─ not traced: columns of PIVOT and UNPIVOT are not traced"], ended.Lines);
    }

    [Fact]
    public async Task What_is_not_there_and_what_makes_no_sense_is_said()
    {
        await using var lake = await Lake.StartAsync();
        Assert.Contains("no lineage of gold.none", (await lake.RunAsync("lineage", "gold.none")).Complaint, StringComparison.Ordinal);
        Assert.Equal(2, (await lake.RunAsync("lineage", "none")).Code);
        Assert.Equal(2, (await lake.RunAsync("lineage", "gold.x", "--upstream", "--downstream")).Code);
    }
}
