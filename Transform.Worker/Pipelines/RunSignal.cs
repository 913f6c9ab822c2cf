namespace LakeAspire.Transform.Pipelines;

/// <summary>Wakes the worker when it has itself asked for a run, instead of at its next look.</summary>
internal sealed class RunSignal(TimeProvider time)
{
    readonly SemaphoreSlim requested = new(0, 1);

    /// <summary>There is a run to take.</summary>
    public void Set()
    {
        if (requested.CurrentCount == 0)
        {
            try
            {
                requested.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another caller was first, with the same news.
            }
        }
    }

    /// <summary>Waits for a signal, or until the time is over.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await requested.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Time to look anyway.
        }
    }
}
