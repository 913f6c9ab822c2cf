namespace LakeAspire.Catalog.Lineage.Sending;

/// <summary>Wakes the sender when this instance has taken an event in; what other instances took in it finds by looking.</summary>
internal sealed class OutboxSignal
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
