namespace LakeAspire.Portal.Tests;

/// <summary>A clock that a test turns.</summary>
internal sealed class ManualTime : TimeProvider
{
    DateTimeOffset now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => now;

    public void Advance(TimeSpan by) => now += by;
}
