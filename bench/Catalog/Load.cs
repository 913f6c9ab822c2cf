using System.Diagnostics;

namespace LakeAspire.Bench.Catalog;

/// <summary>How often something was done in a second, and how long it took, in milliseconds.</summary>
internal sealed record Load(double PerSecond, double Median, double P99)
{
    /// <summary>Several clients do something, each one after the other, for a while; each one's first times don't count.</summary>
    public static async Task<Load> RunAsync(int clients, TimeSpan duration, Func<int, int, Task> act)
    {
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => act(client, 0))));
        var all = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var own = new List<double>();
            for (var n = 1; all.Elapsed < duration; n++)
            {
                own.Add(await TimeAsync(() => act(client, n)));
            }

            return own;
        })));
        return Of(times.SelectMany(own => own), all.Elapsed);
    }

    /// <summary>The figures of some times; by default they came one after the other.</summary>
    public static Load Of(IEnumerable<double> milliseconds, TimeSpan? within = null)
    {
        var sorted = milliseconds.Order().ToList();
        return new Load(sorted.Count / (within?.TotalSeconds ?? (sorted.Sum() / 1000)), sorted[sorted.Count / 2], sorted[(int)((sorted.Count - 1) * 0.99)]);
    }

    public static async Task<double> TimeAsync(Func<Task> act)
    {
        var since = Stopwatch.GetTimestamp();
        await act();
        return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
    }
}
