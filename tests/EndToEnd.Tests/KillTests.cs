using System.Diagnostics;
using LakeAspire.Testing;

namespace LakeAspire.EndToEnd.Tests;

public class KillTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(TestStore.InFolder, 300_000, 10)]
    [InlineData(TestStore.InS3, 60_000, 5)]
    public async Task A_worker_killed_many_times_loads_every_event_exactly_once(string kind, long events, int times)
    {
        var store = await TestStore.CreateAsync(kind);
        using var folder = new TempFolder();
        var random = new Random(Soak.Seed);
        output.WriteLine($"seed {Soak.Seed}");
        var files = await Sample.WriteAsync(folder.Below("files"), events, seed: 5);
        var expected = new Customer360();
        foreach (var file in files)
        {
            expected.AddFile(file, keepIds: true);
        }

        await using var lake = await LakeInstallation.StartAsync(folder.Below("lake"), store, "--sample-events", "0", "--no-dashboard");
        var kills = 0;
        foreach (var file in files)
        {
            await lake.PutFileAsync("watchlog", file);
            if (kills < times && random.Next(3) == 0)
            {
                await KillWorkerAsync(lake, random);
                kills++;
            }
        }

        for (; kills < times; kills++)
        {
            await KillWorkerAsync(lake, random);
        }

        await lake.WaitForGoldAsync(expected.GoodLines + expected.BadLines);
        var ids = await lake.QueryAsync("select Id from bronze.watchlog");
        Assert.Equal(expected.Ids.Count, ids.Count);
        Assert.True(expected.Ids.SetEquals(ids.Select(row => row.GetProperty("Id").GetString()!)));
        Assert.Equal(expected.BadLines, await lake.CountAsync("select count(*) from bronze.watchlog__quarantine"));
    }

    [Fact]
    public async Task Nothing_is_left_of_an_AppHost_that_was_killed()
    {
        using var folder = new TempFolder();
        await using var lake = await LakeInstallation.StartAsync(folder.Below("lake"), "--sample-events", "1000");
        var children = ProcessTree.DescendantsOf(lake.Host.Id).Select(process => process.Id).ToHashSet();
        Assert.True(children.Count >= 7, $"only {children.Count} processes");
        lake.Host.Kill(entireProcessTree: false);
        await Eventually.TrueAsync(
            () => Task.FromResult(!ProcessTree.All().Any(process => children.Contains(process.Id))),
            TimeSpan.FromSeconds(40),
            () => "still there: " + string.Join("; ", ProcessTree.All().Where(process => children.Contains(process.Id)).Select(process => process.CommandLine)));
    }

    /// <summary>Kills at a random point of the next second, once the worker lives.</summary>
    static async Task KillWorkerAsync(LakeInstallation lake, Random random)
    {
        var worker = 0;
        await Eventually.TrueAsync(() => Task.FromResult((worker = FindWorker(lake)) != 0), TimeSpan.FromMinutes(1), () => $"the worker did not come back\n{lake.Output}");
        using var moment = new PeriodicTimer(TimeSpan.FromMilliseconds(1 + random.Next(2500)));
        await moment.WaitForNextTickAsync();
        using var kill = Process.Start("kill", ["-KILL", $"{worker}"]);
        await kill.WaitForExitAsync();
    }

    static int FindWorker(LakeInstallation lake) => ProcessTree.DescendantsOf(lake.Host.Id)
        .FirstOrDefault(process => process.CommandLine.Contains("LakeAspire.Transform.Worker.dll", StringComparison.Ordinal))?.Id ?? 0;
}
