using System.Diagnostics.CodeAnalysis;
using LakeAspire.Portal.Access;
using LakeAspire.Portal.Lake;
using LakeAspire.Portal.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace LakeAspire.Portal.Sql;

/// <summary>The SQL page: an editor in the browser, the query run from here.</summary>
[SuppressMessage("Design", "CA1001", Justification = "DisposeAsync cancels what runs, and the running query disposes of its source.")]
public sealed partial class SqlPage
{
    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    readonly CancellationTokenSource gone = new();
    ElementReference host;
    ElementReference historyMenu;
    IJSObjectReference? editor;
    DotNetObjectReference<SqlPage>? self;
    CancellationTokenSource? running;
    long startedAt;
    TimeSpan total;
    QueryResult? result;
    LakeException? error;
    string ran = "";
    bool asChart;
    bool cancelled;
    HistoryEntry[]? history;
    Completions? completions;

    internal sealed record HistoryEntry(string Sql, long At);

    [Inject]
    LakeApi Api { get; set; } = null!;

    [Inject]
    LakeFeed Feed { get; set; } = null!;

    [Inject]
    IJSRuntime JS { get; set; } = null!;

    [Inject]
    TimeProvider Time { get; set; } = null!;

    [Inject]
    NavigationManager Navigation { get; set; } = null!;

    [Inject]
    IOptions<PortalOptions> Options { get; set; } = null!;

    /// <summary>What the editor starts with; without it, what was in it last.</summary>
    [SupplyParameterFromQuery(Name = "q")]
    public string? Query { get; set; }

    IEnumerable<string> Samples => (Feed.Tables ?? [])
        .Where(table => !Layers.IsQuarantine(table.Name))
        .OrderByDescending(table => Layers.Rank(table.Namespace))
        .Take(3)
        .Select(table => $"select *\nfrom {QueryRequests.Pretty(table.FullName)}\nlimit 100");

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        self = DotNetObjectReference.Create(this);
        var module = await JS.InvokeAsync<IJSObjectReference>("import", gone.Token, "./" + Assets["lib/editor.js"]);
        editor = await module.InvokeAsync<IJSObjectReference>("create", gone.Token, host, Query, self);
        completions = new Completions(Api, editor);
        Feed.Changed += OnFeedChanged;
        OnFeedChanged();
        StateHasChanged();
    }

    void OnFeedChanged() => _ = InvokeAsync(async () =>
    {
        if (completions is null || Feed.Tables is not { } tables || gone.IsCancellationRequested)
        {
            return;
        }

        StateHasChanged();
        try
        {
            await completions.UpdateAsync(tables, gone.Token);
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
    });

    [JSInvokable]
    public Task RunFromEditorAsync() => InvokeAsync(async () =>
    {
        await RunAsync();
        StateHasChanged();
    });

    async Task RunAsync()
    {
        if (editor is null || running is not null)
        {
            return;
        }

        var sql = await editor.InvokeAsync<string>("textToRun", gone.Token);
        if (string.IsNullOrWhiteSpace(sql))
        {
            return;
        }

        using var source = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
        running = source;
        startedAt = Time.GetTimestamp();
        (result, error, cancelled, ran) = (null, null, false, sql);
        StateHasChanged();
        var ticking = TickAsync(source.Token);
        try
        {
            await editor.InvokeVoidAsync("remember", gone.Token, sql);
            result = await Api.QueryAsync(sql, Options.Value.MaxResultRows, source.Token);
            total = Time.GetElapsedTime(startedAt);
        }
        catch (LakeException exception)
        {
            error = exception;
        }
        catch (SessionEndedException)
        {
            Navigation.NavigateTo(SignInEndpoints.Path, forceLoad: true);
        }
        catch (OperationCanceledException)
        {
            cancelled = true;
        }
        finally
        {
            running = null;
            await source.CancelAsync();
            await ticking;
        }
    }

    void Cancel() => running?.Cancel();

    async Task TickAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Tick, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                StateHasChanged();
            }
        }
        catch (OperationCanceledException)
        {
            // The query has ended.
        }
    }

    async Task LoadHistoryAsync()
    {
        if (editor is not null)
        {
            history = await editor.InvokeAsync<HistoryEntry[]>("history", gone.Token);
        }
    }

    async Task UseAsync(string sql)
    {
        if (editor is not null)
        {
            await editor.InvokeVoidAsync("use", gone.Token, sql, historyMenu);
        }
    }

    static string ErrorTitle(LakeException error) => error.Type switch
    {
        "SqlSyntaxException" => "This is not valid SQL",
        "SqlBindException" or "NoSuchTableException" => "A name is not known",
        "SqlNotAllowedException" => "Not allowed",
        "SqlTimeoutException" => "The query took too long",
        "SqlLimitException" => "The query needs too much",
        _ when error.Kind == LakeErrorKind.NotReachable => "No answer",
        _ => "The query failed",
    };

    public async ValueTask DisposeAsync()
    {
        Feed.Changed -= OnFeedChanged;
        await gone.CancelAsync();
        self?.Dispose();
        if (editor is not null)
        {
            try
            {
                await editor.InvokeVoidAsync("destroy", CancellationToken.None);
                await editor.DisposeAsync();
            }
            catch (JSDisconnectedException)
            {
                // The tab is closed.
            }
        }
    }
}
