using LakeAspire.Hosting.Running;

namespace LakeAspire.Hosting.Tests.Running;

public sealed class BackoffTests
{
    [Fact]
    public void Doubles_from_one_second_to_thirty()
    {
        var backoff = new Backoff();
        var delays = Enumerable.Range(0, 8).Select(_ => backoff.Next(TimeSpan.Zero).TotalSeconds);
        Assert.Equal([1, 2, 4, 8, 16, 30, 30, 30], delays);
    }

    [Fact]
    public void Starts_over_after_a_minute_without_a_crash()
    {
        var backoff = new Backoff();
        backoff.Next(TimeSpan.Zero);
        backoff.Next(TimeSpan.Zero);
        Assert.Equal(1, backoff.Next(TimeSpan.FromMinutes(1)).TotalSeconds);
        Assert.Equal(2, backoff.Next(TimeSpan.FromSeconds(59)).TotalSeconds);
    }

    [Fact]
    public void Never_overflows()
    {
        var backoff = new Backoff();
        for (var i = 0; i < 1000; i++)
        {
            Assert.InRange(backoff.Next(TimeSpan.Zero).TotalSeconds, 1, 30);
        }
    }
}
