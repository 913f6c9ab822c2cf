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
    string? plan;
    string ran = "";
    LakePoint ranAt = LakePoint.Now;
    string? branch;
    string? asOf;
    IReadOnlyList<BranchChoice> branches = [];
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

    /// <summary>The branch or tag that the page begins with; main when it is empty.</summary>
    [SupplyParameterFromQuery(Name = "branch")]
    public string? Branch { get; set; }

    /// <summary>The commit or time that the page begins with; now when it is empty.</summary>
    [SupplyParameterFromQuery(Name = "asOf")]
    public string? AsOf { get; set; }

    IEnumerable<string> Samples => (Feed.Tables ?? [])
        .Where(table => !Layers.IsQuarantine(table.Name))
        .OrderByDescending(table => Layers.Rank(table.Namespace))
        .Take(3)
        .Select(table => $"select *\nfrom {QueryRequests.Pretty(table.FullName)}\nlimit 100");

    protected override void OnInitialized() => (branch, asOf) = (Branch, AsOf);

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

    Task RunAsync() => AskAsync(async (sql, point, cancellationToken) =>
    {
        result = await Api.QueryAsync(sql, Options.Value.MaxResultRows, cancellationToken, point);
        total = Time.GetElapsedTime(startedAt);
    });

    Task PlanAsync() => AskAsync(async (sql, point, cancellationToken) => plan = await Api.PlanAsync(sql, point, cancellationToken));

    async Task AskAsync(Func<string, LakePoint, CancellationToken, Task> ask)
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
        (result, plan, error, cancelled, ran, ranAt) = (null, null, null, false, sql, new LakePoint(branch, asOf));
        StateHasChanged();
        var ticking = TickAsync(source.Token);
        try
        {
            await editor.InvokeVoidAsync("remember", gone.Token, sql);
            await ask(sql, ranAt, source.Token);
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

    /// <summary>What there is to choose is a help and no more: without it names can be written.</summary>
    async Task LoadBranchesAsync()
    {
        try
        {
            branches = (await Api.BranchChoicesAsync(gone.Token)).Branches;
        }
        catch (Exception exception) when (exception is LakeException or SessionEndedException or OperationCanceledException)
        {
            branches = [];
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
        "NoSuchBranchException" or "NoSuchCommitException" => "There is no such state of the lake",
        "ForbiddenException" => "Not yours to read",
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
