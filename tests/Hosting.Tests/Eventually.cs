using System.Diagnostics;

namespace LakeAspire.Hosting.Tests;

/// <summary>Waits for a condition, with a deadline.</summary>
internal static class Eventually
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static async Task IsTrueAsync(Func<bool> condition, string what, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < (limit ?? Limit), $"not within {limit ?? Limit}: {what}");
            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }
}
