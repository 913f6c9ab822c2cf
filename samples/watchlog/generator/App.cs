using System.Text;

namespace LakeAspire.Samples.WatchLog;

/// <summary>An app of the set-top box, and how long people watch it.</summary>
internal sealed class App(string name, double weight, double typicalSeconds)
{
    public static readonly App[] All =
    [
        new("CHANNEL", 46, 9_000), new("KPLUS", 9, 1_400), new("VOD", 14, 2_600), new("FIMS", 8, 3_100), new("BHD", 4, 3_400),
        new("SPORT", 5, 2_200), new("CHILD", 7, 1_700), new("RELAX", 6, 900), new("GAME", 0.6, 500), new("APP", 0.4, 60),
    ];

    static readonly double TotalWeight = All.Sum(app => app.weight);

    readonly double weight = weight;

    public byte[] Name { get; } = Encoding.UTF8.GetBytes(name);

    public byte[] LowerName { get; } = Encoding.UTF8.GetBytes(name.ToLowerInvariant());

    public static App Draw(double unit)
    {
        var at = unit * TotalWeight;
        foreach (var app in All)
        {
            at -= app.weight;
            if (at < 0)
            {
                return app;
            }
        }

        return All[0];
    }

    /// <summary>Long-tailed seconds; now and then 0 (switched on and off) and, rarely, below (a clock that jumped).</summary>
    public long DrawSeconds(ref SplitMix random)
    {
        var kind = random.Unit();
        if (kind < 0.006)
        {
            return kind < 0.0005 ? -(long)(random.Unit() * 600) : 0;
        }

        // A sum of three uniform numbers is near enough to a normal one. Only operations that IEEE 754 rounds exactly, so that all machines agree.
        var spread = (random.Unit() + random.Unit() + random.Unit() - 1.5) * 1.6;
        var factor = spread < 0 ? 1 / ((1 - spread) * (1 - spread)) : (1 + spread) * (1 + spread);
        return Math.Clamp((long)(typicalSeconds * factor), 1, 86_400);
    }
}
