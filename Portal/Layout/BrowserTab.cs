using Microsoft.JSInterop;

namespace LakeAspire.Portal.Layout;

/// <summary>The browser tab of a circuit: whether somebody looks at it, so that nothing is polled for nobody.</summary>
internal sealed class BrowserTab(TimeProvider time)
{
    TaskCompletionSource shown = Completed();
    CancellationTokenSource nap = new();

    public bool IsVisible { get; private set; } = true;

    [JSInvokable]
    public void SetVisible(bool visible)
    {
        if (visible == IsVisible)
        {
            return;
        }

        IsVisible = visible;
        if (visible)
        {
            shown.TrySetResult();
            Wake();
        }
        else
        {
            shown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Ends the pause of everything that waits for the next look.</summary>
    public void Wake()
    {
        var old = Interlocked.Exchange(ref nap, new CancellationTokenSource());
        old.Cancel();
        old.Dispose();
    }

    /// <summary>Returns after a pause, sooner when woken, and not before the tab is visible.</summary>
    public async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, nap.Token))
        {
            try
            {
                await Task.Delay(pause, time, either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Woken.
            }
        }

        await shown.Task.WaitAsync(cancellationToken);
    }

    static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
