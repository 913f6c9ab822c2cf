namespace LakeAspire.Transform.Landing;

/// <summary>Waits that double with each failure in a row, up to a limit, with jitter.</summary>
internal sealed class BackOff(TimeSpan longest, TimeProvider time)
{
    static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    int failures;
    long failedAt;
    TimeSpan wait;

    /// <summary>Whether the last attempt was a success; false before the first.</summary>
    public bool HasSucceeded { get; private set; }

    public bool IsWaiting => failures > 0 && time.GetElapsedTime(failedAt) < wait;

    public void Succeeded()
    {
        failures = 0;
        HasSucceeded = true;
    }

    /// <summary>Takes note of a failure, and says how long to wait.</summary>
    public TimeSpan Failed()
    {
        HasSucceeded = false;
        failedAt = time.GetTimestamp();
        var doubled = First * Math.Pow(2, Math.Min(failures++, 20)) * (0.75 + (Random.Shared.NextDouble() / 2));
        wait = doubled < longest ? doubled : longest;
        return wait;
    }

    public Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(wait, time, cancellationToken);
}
