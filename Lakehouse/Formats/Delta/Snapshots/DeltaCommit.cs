using Lakehouse.Formats.Delta.Actions;

namespace Lakehouse.Formats.Delta;

/// <summary>A commit of a table.</summary>
/// <param name="Version">The version that it made.</param>
/// <param name="Time">When.</param>
/// <param name="Info">What it says of itself; null when it says nothing.</param>
public sealed record DeltaCommit(long Version, DateTimeOffset Time, CommitInfo? Info);
