namespace LakeAspire.Catalog.Lineage;

/// <summary>Wakes who waits for work of this instance; what other instances left to do it finds by looking.</summary>
internal abstract class WorkSignal
{
    readonly SemaphoreSlim waiting = new(0, 1);

    public void Set()
    {
        if (waiting.CurrentCount == 0)
        {
            try
            {
                waiting.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another was first, with the same news.
            }
        }
    }

    /// <summary>Waits for a signal, or until the time is over.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await waiting.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Time to look anyway.
        }
    }
}
