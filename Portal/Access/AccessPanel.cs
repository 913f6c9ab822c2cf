using LakeAspire.Portal.Display;
using LakeAspire.Portal.Lake;
using Microsoft.AspNetCore.Components;

namespace LakeAspire.Portal.Access;

/// <summary>A part of the page "Access": shows, and changes what the person at the browser may change.</summary>
public abstract class AccessPanel : LivePage
{
    [Inject]
    internal AccessApi Api { get; set; } = null!;

    /// <summary>Why the last change was refused; it stays until the next one.</summary>
    protected LakeException? Refusal { get; private set; }

    protected bool IsBusy { get; private set; }

    /// <summary>Makes a change, and shows what came of it.</summary>
    protected async Task ChangeAsync(Func<CancellationToken, Task> change)
    {
        IsBusy = true;
        Refusal = null;
        try
        {
            await change(Left);
            Wake();
        }
        catch (LakeException exception)
        {
            Refusal = exception;
        }
        catch (SessionEndedException)
        {
            Navigation.NavigateTo(Leaving.Address, forceLoad: true);
        }
        finally
        {
            IsBusy = false;
        }
    }

    protected static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
