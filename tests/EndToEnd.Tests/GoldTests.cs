using LakeAspire.Testing;

namespace LakeAspire.EndToEnd.Tests;

public class GoldTests
{
    [Theory]
    [InlineData(TestStore.InFolder, 60_000)]
    [InlineData(TestStore.InS3, 20_000)]
    [InlineData(TestStore.InAzure, 10_000)]
    public async Task The_sample_month_becomes_gold_another_day_changes_it_and_a_restart_keeps_it(string kind, long events)
    {
        var store = await TestStore.CreateAsync(kind);
        using var folder = new TempFolder();
        var expected = new Customer360();
        foreach (var file in await Sample.WriteAsync(folder.Below("sample"), events))
        {
            expected.AddFile(file);
        }

        await using (var lake = await LakeInstallation.StartAsync(folder.Below("lake"), store, "--sample-events", $"{events}"))
        {
            await lake.WaitForGoldAsync(events);
            await AssertGoldAsync(expected, lake);

            var more = await Sample.WriteAsync(folder.Below("more"), 30_000, seed: 7);
            var day = folder.Below("20220430-late.json");
            File.Move(more[^1], day);
            expected.AddFile(day);
            await lake.PutFileAsync("watchlog", day);
            await lake.WaitForGoldAsync(expected.GoodLines + expected.BadLines);
            await AssertGoldAsync(expected, lake);
            await lake.StopAsync();
            Assert.Equal(0, lake.Host.ExitCode);
            store.AssertNothingElsewhere(lake);
        }

        await using var again = await LakeInstallation.StartAsync(folder.Below("lake"), store, "--sample-events", $"{events}");
        await AssertGoldAsync(expected, again);
        Assert.Equal(expected.GoodLines, await again.CountAsync("select count(*) from bronze.watchlog"));
    }

    [Fact]
    public async Task Foreign_files_become_gold_in_an_installation_without_sample_data()
    {
        using var folder = new TempFolder();
        await using var lake = await LakeInstallation.StartAsync(folder.Below("lake"), "--sample-events", "0");
        Assert.Empty(await lake.TablesAsync());

        var expected = new Customer360();
        foreach (var file in await Sample.WriteAsync(folder.Below("foreign"), 45_000, seed: 99))
        {
            expected.AddFile(file);
            await lake.PutFileAsync("watchlog", file);
        }

        await lake.WaitForGoldAsync(45_000);
        await AssertGoldAsync(expected, lake);
        var quarantine = await lake.QueryAsync("select count(*) as n, count(distinct position) as p, min(length(reason)) as r from bronze.watchlog__quarantine");
        Assert.Equal(expected.BadLines, quarantine[0].GetProperty("n").GetInt64());
        Assert.True(quarantine[0].GetProperty("r").GetInt64() > 0);
    }

    static async Task AssertGoldAsync(Customer360 expected, LakeInstallation lake)
    {
        Assert.Equal(expected.GoodLines, await lake.CountAsync("select count(*) from bronze.watchlog"));
        Assert.Equal(expected.BadLines, await lake.CountAsync("select count(*) from bronze.watchlog__quarantine"));
        var rows = await lake.QueryAsync("select * from gold.customer_360");
        Assert.Equal(
            "Contract,TVDuration,ChildDuration,MovieDuration,RelaxDuration,SportDuration,SumDuration,MostWatch,RFM,TypeOfCustomers,is_current,effective_time,end_time",
            string.Join(',', rows[0].EnumerateObject().Select(property => property.Name)));
        var actual = rows.ToDictionary(row => row.GetProperty("Contract").GetString()!, Customer360.RowOf, StringComparer.Ordinal);
        var wanted = expected.Rows();
        Assert.Equal(wanted.Count, actual.Count);
        Assert.All(wanted, pair => Assert.Equal(pair.Value, actual[pair.Key]));
    }
}
