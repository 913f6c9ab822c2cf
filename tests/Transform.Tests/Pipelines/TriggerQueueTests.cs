using System.Diagnostics;
using LakeAspire.Transform.Pipelines;

namespace LakeAspire.Transform.Worker.Tests.Pipelines;

public sealed class TriggerQueueTests
{
    [Fact]
    public async Task Triggers_that_come_together_are_one_in_the_trace_of_the_first()
    {
        var queue = new TriggerQueue(TimeProvider.System);
        using var first = new Activity("first").SetIdFormat(ActivityIdFormat.W3C).Start();
        queue.Add("a");
        var expected = first.Id;
        first.Stop();
        for (var i = 0; i < 30; i++)
        {
            queue.Add("a");
        }

        queue.Add("b");
        var taken = new[] { await queue.TakeAsync(CancellationToken.None), await queue.TakeAsync(CancellationToken.None) };
        Assert.Equal([("a", expected), ("b", null)], taken.OrderBy(t => t.Item1));
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.TakeAsync(soon.Token));
    }

    [Fact]
    public async Task A_trigger_is_not_held_back_for_ever_while_others_keep_coming()
    {
        var queue = new TriggerQueue(TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var clock = Stopwatch.StartNew();
        var adding = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                queue.Add("a");
                await Task.Delay(50);
            }
        });
        await queue.TakeAsync(CancellationToken.None);
        await stop.CancelAsync();
        await adding;
        Assert.InRange(clock.Elapsed, TriggerQueue.Quiet, TriggerQueue.LongestWait + TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_taker_that_waits_hears_of_a_trigger()
    {
        var queue = new TriggerQueue(TimeProvider.System);
        var taking = queue.TakeAsync(CancellationToken.None);
        Assert.False(taking.IsCompleted);
        queue.Add("a");
        Assert.Equal("a", (await taking.WaitAsync(TimeSpan.FromSeconds(30))).Pipeline);
    }
}
