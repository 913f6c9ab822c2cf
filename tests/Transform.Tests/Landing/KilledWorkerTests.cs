using LakeAspire.Testing;
using LakeAspire.Testing.Postgres;

namespace LakeAspire.Transform.Worker.Tests.Landing;

public sealed class KilledWorkerTests(PostgresServer postgres, ITestOutputHelper output)
{
    const int FilesInRound = 6;

    [Fact]
    public async Task A_worker_killed_again_and_again_loads_every_line_once()
    {
        output.WriteLine($"seed {Soak.Seed}");
        var random = new Random(Soak.Seed);
        await using var bench = await LandingBench.StartAsync(postgres);
        var (files, interrupted) = (0, 0);
        for (var round = 0; round < Soak.Scale(60); round++)
        {
            for (var i = 0; i < FilesInRound; i++)
            {
                await ExactlyOnceTests.PutAsync(bench, files++);
            }

            using var worker = Start(bench);
            await worker.ReadyAsync();

            // Somewhere between before the first commit and after the last.
            await Task.Delay(random.Next(900));
            await worker.KillAsync();
            interrupted += (await bench.PendingAsync("s")).Count > 0 ? 1 : 0;
        }

        using (var last = Start(bench))
        {
            await last.UntilAsync(async () => (await bench.PendingAsync("s")).Count == 0, "all files are loaded");
        }

        output.WriteLine($"{files} files, {interrupted} kills left files behind");
        Assert.True(interrupted > 0, "no kill came in the middle");
        await ExactlyOnceTests.EachLineOnceAsync(bench, files);
    }

    /// <summary>Small commits, so that there is much to be in the middle of.</summary>
    static WorkerProcess Start(LandingBench bench) => WorkerProcess.Start(bench, ("Lake__Loading__MaxFiles", "2"), ("Logging__LogLevel__LakeAspire", "Information"));
}
