using LakeAspire.Portal.Access;
using LakeAspire.Portal.Lake;
using LakeAspire.Portal.Layout;
using Microsoft.AspNetCore.Components;

namespace LakeAspire.Portal.Display;

/// <summary>A component that keeps itself current: it refreshes once the browser is connected, and again every two seconds while the tab is visible.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    readonly CancellationTokenSource gone = new();

    [Inject]
    BrowserTab Tab { get; set; } = null!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    [Inject]
    internal Leaving Leaving { get; set; } = null!;

    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Left => gone.Token;

    /// <summary>Why the last refresh failed, or null.</summary>
    protected LakeException? Error { get; set; }

    protected abstract Task RefreshAsync(CancellationToken cancellationToken);

    /// <summary>Refreshes now.</summary>
    protected void Wake() => Tab.Wake();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _ = InvokeAsync(StayCurrentAsync);
        }
    }

    async Task StayCurrentAsync()
    {
        try
        {
            while (!gone.IsCancellationRequested)
            {
                await RefreshOnceAsync();
                StateHasChanged();
                await Tab.PauseAsync(Pause, gone.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
        catch (ObjectDisposedException)
        {
            // The circuit is gone.
        }
    }

    async Task RefreshOnceAsync()
    {
        try
        {
            await RefreshAsync(gone.Token);
            Error = null;
        }
        catch (LakeException exception)
        {
            Error = exception;
        }
        catch (SessionEndedException)
        {
            Navigation.NavigateTo(Leaving.Address, forceLoad: true);
            await Task.Delay(Timeout.Infinite, gone.Token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException and not ObjectDisposedException)
        {
            await DispatchExceptionAsync(exception);
            await Task.Delay(Timeout.Infinite, gone.Token);
        }
    }

    public void Dispose()
    {
        gone.Cancel();
        OnLeft();
        GC.SuppressFinalize(this);
    }

    /// <summary>What is to be done when the page is left.</summary>
    protected virtual void OnLeft()
    {
    }
}
