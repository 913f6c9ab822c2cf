namespace LakeAspire.EndToEnd.Tests;

/// <summary>Waits for a condition of another process.</summary>
public static class Eventually
{
    /// <summary>Asks every 100 ms until the condition holds; fails after <paramref name="limit"/>.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan limit, Func<string> otherwise)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var deadline = new CancellationTokenSource(limit);
        while (!await condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail(otherwise());
            }
        }
    }
}
