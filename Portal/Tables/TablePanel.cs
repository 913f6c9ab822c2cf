using LakeAspire.Portal.Access;
using LakeAspire.Portal.Lake;
using Microsoft.AspNetCore.Components;

namespace LakeAspire.Portal.Tables;

/// <summary>A view of one table that is loaded when the table or its version becomes another.</summary>
public abstract class TablePanel : ComponentBase, IDisposable
{
    readonly CancellationTokenSource gone = new();
    (TableName Table, string? Version, string Key)? loaded;

    [Inject]
    NavigationManager Navigation { get; set; } = null!;

    [Parameter, EditorRequired]
    public TableName Table { get; set; } = null!;

    /// <summary>Null while it is not known.</summary>
    [Parameter, EditorRequired]
    public string? Version { get; set; }

    protected LakeException? Error { get; private set; }

    /// <summary>What else makes a reload necessary.</summary>
    protected virtual string LoadKey => "";

    protected virtual bool CanLoad => Version is not null;

    protected abstract Task LoadAsync(CancellationToken cancellationToken);

    protected override Task OnParametersSetAsync() => LoadIfChangedAsync();

    protected async Task LoadIfChangedAsync()
    {
        var wanted = (Table, Version, LoadKey);
        if (!CanLoad || loaded == wanted)
        {
            return;
        }

        loaded = wanted;
        try
        {
            await LoadAsync(gone.Token);
            Error = null;
        }
        catch (LakeException exception)
        {
            Error = exception;
        }
        catch (SessionEndedException)
        {
            Navigation.NavigateTo(SignInEndpoints.Path, forceLoad: true);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The panel was left.
        }
    }

    protected Task RetryAsync()
    {
        loaded = null;
        Error = null;
        return LoadIfChangedAsync();
    }

    public void Dispose()
    {
        gone.Cancel();
        GC.SuppressFinalize(this);
    }
}
