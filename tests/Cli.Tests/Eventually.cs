namespace LakeAspire.Cli.Tests;

internal static class Eventually
{
    /// <summary>Waits for a condition, at most half a minute.</summary>
    public static async Task TrueAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, "the condition did not come true in half a minute");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
