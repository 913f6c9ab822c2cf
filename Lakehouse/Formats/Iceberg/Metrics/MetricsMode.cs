using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Which metrics of a column go into manifests.</summary>
public enum MetricsModeKind
{
    /// <summary>None.</summary>
    None,

    /// <summary>Counts of values, nulls and NaNs.</summary>
    Counts,

    /// <summary>Counts, and bounds of limited length.</summary>
    Truncate,

    /// <summary>Counts, and whole bounds.</summary>
    Full,
}

/// <summary>The metrics mode of a column (table properties <c>write.metadata.metrics.*</c>).</summary>
/// <param name="Kind">Which metrics.</param>
/// <param name="Length">Longest bound, in code points of text or bytes of binary; 0 unless truncated.</param>
public readonly record struct MetricsMode(MetricsModeKind Kind, int Length = 0)
{
    /// <summary>The mode of columns that no property names: <c>truncate(16)</c>.</summary>
    public static MetricsMode Default { get; } = new(MetricsModeKind.Truncate, 16);

    /// <summary>Whether bounds are kept.</summary>
    public bool HasBounds => Kind is MetricsModeKind.Truncate or MetricsModeKind.Full;

    /// <summary>Reads <c>none</c>, <c>counts</c>, <c>truncate(N)</c> or <c>full</c>, or null.</summary>
    public static MetricsMode? TryParse(string text)
    {
        var name = text.Trim().ToLowerInvariant();
        return name switch
        {
            "none" => new MetricsMode(MetricsModeKind.None),
            "counts" => new MetricsMode(MetricsModeKind.Counts),
            "full" => new MetricsMode(MetricsModeKind.Full),
            _ when name.StartsWith("truncate(", StringComparison.Ordinal) && name.EndsWith(')')
                && int.TryParse(name.AsSpan(9..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length > 0 => new MetricsMode(MetricsModeKind.Truncate, length),
            _ => null,
        };
    }
}
