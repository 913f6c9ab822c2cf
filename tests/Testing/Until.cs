using System.Diagnostics;
using Xunit;

namespace LakeAspire.Testing;

/// <summary>Waits for conditions, with a deadline.</summary>
public static class Until
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the condition holds; fails the test after <paramref name="deadline"/> (a minute by default).</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? deadline = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed < (deadline ?? TimeSpan.FromMinutes(1)), $"it did not come to pass that {what}");
            await Task.Delay(Pause);
        }
    }
}
