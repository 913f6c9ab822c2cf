namespace LakeAspire.Testing;

/// <summary>The size of randomised tests: <c>LAKEASPIRE_SOAK</c>, a factor; a tenth by default, 1 is the full size.</summary>
public static class Soak
{
    /// <summary>The factor.</summary>
    public static double Factor { get; } = double.TryParse(Environment.GetEnvironmentVariable("LAKEASPIRE_SOAK"), out var factor) ? factor : 0.1;

    /// <summary>A full count scaled by the factor, at least 1.</summary>
    public static int Scale(int full) => Math.Max(1, (int)Math.Round(full * Factor));

    /// <summary>The seed of this run: <c>LAKEASPIRE_SEED</c>, or a random one. Print it with every randomised test.</summary>
    public static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("LAKEASPIRE_SEED"), out var seed) ? seed : Random.Shared.Next();
}
