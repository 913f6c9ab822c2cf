namespace Lakehouse.Formats.Delta;

/// <summary>Which version of a table to open: the newest, one by its number, or the newest at a time.</summary>
/// <param name="Version">Number; null unless chosen by number.</param>
/// <param name="AsOf">Time; null unless chosen by time.</param>
public readonly record struct DeltaVersionSelector(long? Version, DateTimeOffset? AsOf)
{
    /// <summary>The newest version.</summary>
    public static DeltaVersionSelector Latest => default;

    /// <summary>The version of that number.</summary>
    public static DeltaVersionSelector At(long version) => new(version, null);

    /// <summary>The newest version that was committed at that time or before.</summary>
    public static DeltaVersionSelector At(DateTimeOffset time) => new(null, time);
}
