using System.Diagnostics;

namespace LakeAspire.Transform.Pipelines;

/// <summary>
/// Collects triggers until it has been quiet for a while: thirty files that come together make one run, not thirty. A pipeline never waits longer than
/// <see cref="LongestWait"/>. Thread-safe.
/// </summary>
internal sealed class TriggerQueue(TimeProvider time)
{
    /// <summary>How long it must have been quiet.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(400);

    /// <summary>The longest that a trigger is held back while others keep coming.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);

    readonly Lock gate = new();
    readonly Dictionary<string, Pending> pending = new(StringComparer.Ordinal);
    TaskCompletionSource changed = NewSignal();

    /// <summary>Adds a trigger, in the current trace.</summary>
    public void Add(string pipeline)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            pending[pipeline] = pending.TryGetValue(pipeline, out var known) ? known with { Last = now } : new Pending(now, now, Activity.Current?.Id);
            changed.TrySetResult();
        }
    }

    /// <summary>Waits for the next pipeline whose time has come, and takes it.</summary>
    public async Task<(string Pipeline, string? TraceParent)> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task signal;
            TimeSpan? wait = null;
            lock (gate)
            {
                foreach (var (pipeline, at) in pending)
                {
                    var left = Min(Quiet - time.GetElapsedTime(at.Last), LongestWait - time.GetElapsedTime(at.First));
                    if (left <= TimeSpan.Zero)
                    {
                        pending.Remove(pipeline);
                        return (pipeline, at.TraceParent);
                    }

                    wait = wait is { } known ? Min(known, left) : left;
                }

                changed = NewSignal();
                signal = changed.Task;
            }

            // A later trigger only postpones: while something is pending its own time decides when to look again.
            await (wait is { } due ? Task.Delay(due, time, cancellationToken) : signal.WaitAsync(cancellationToken));
        }
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    readonly record struct Pending(long First, long Last, string? TraceParent);
}
