namespace Lakehouse.Tables;

/// <summary>How commits are retried.</summary>
public sealed record CommitRetryOptions
{
    /// <summary>Greatest number of attempts. Default 60.</summary>
    public int MaxAttempts { get; init; } = 60;

    /// <summary>Time after which no further attempt begins. Default 2 minutes.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Pause after the first attempt, before jitter; it doubles up to <see cref="MaxPause"/>. Default 20 ms.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Longest pause. Default 2 seconds.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromSeconds(2);
}
