using System.Diagnostics;
using LakeAspire.Query.Expansion;
using LakeAspire.Query.Explain;
using LakeAspire.Query.Parsing;
using LakeAspire.Query.Policies;
using LakeAspire.Query.Tables;
using LakeAspire.Query.Worker.Protocol;
using LakeAspire.Query.Workers;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.Extensions.Options;

namespace LakeAspire.Query.Sql;

/// <summary><c>POST /sql</c>: the text of one SELECT in, its result out.</summary>
internal sealed class SqlEndpoint(SqlParser parser, TableResolver tables, QueryRunner runner, QueryFolders folders, IOptions<QueryOptions> options, TimeProvider time, ILogger<SqlEndpoint> logger)
{
    static readonly ActivitySource Activities = new("LakeAspire.Query");
    const string ValuesWithheld = "The query failed over a value; what DuckDB says of it can quote values behind a view, and so is not shown. Casts that may fail can be written as TRY_CAST.";

    public static void Map(WebApplication app) =>
        app.MapPost("/sql", (HttpContext context, SqlEndpoint endpoint) => endpoint.HandleAsync(context)).ForPrincipals();

    async Task HandleAsync(HttpContext context)
    {
        var request = SqlRequest.From(context.Request, options.Value);
        using var deadline = new CancellationTokenSource(request.Limit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.RequestAborted);
        try
        {
            await AnswerAsync(context, request, stop.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw SqlErrors.Timeout(request.Limit);
        }
    }

    async Task AnswerAsync(HttpContext context, SqlRequest request, CancellationToken stop)
    {
        var begun = time.GetTimestamp();
        using var activity = Activities.StartActivity("query");
        var statement = await SqlStatement.ReadAsync(context.Request, options.Value, stop);
        _ = statement.Explain ? default : request.RowFormat;
        var query = await parser.ParseAsync(statement.Sql, stop);
        using var files = tables.OpenFiles();
        var scope = new QueryScope(context.User.Identity?.Name ?? "", statement.Branch, statement.AsOf);
        var resolved = await tables.ResolveAsync(query, scope, files, statement.Explain || query.IsExplain, stop);
        if (statement.Explain)
        {
            await PlanAsync(context, QueryPlanBody.Of(resolved), stop);
            return;
        }

        using var folder = folders.Create();
        var response = new SqlResponse(context, request);
        var summary = await runner.RunAsync(Order(resolved, request, folder.Path), resolved.Inputs, response.ReceiveAsync, stop);
        var elapsed = time.GetElapsedTime(begun);
        activity?.SetTag("db.response.returned_rows", summary.Rows);
        Log.QueryDone(logger, resolved.Views.Count, summary.Rows, (long)elapsed.TotalMilliseconds, summary.Truncated);
        await response.CompleteAsync(summary, resolved, elapsed, stop);
    }

    /// <summary>The plan, as JSON unless text is asked for.</summary>
    static Task PlanAsync(HttpContext context, QueryPlanBody plan, CancellationToken stop)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Request.GetTypedHeaders().Accept.Any(accepted => accepted.MediaType == "text/plain")
            ? Results.Text(PlanText.Of(plan), "text/plain; charset=utf-8").ExecuteAsync(context)
            : context.Response.WriteAsJsonAsync(plan, ExplainJson.Default.QueryPlanBody, contentType: null, stop);
    }

    QueryOrder Order(ResolvedTables resolved, SqlRequest request, string folder) => new()
    {
        Sql = resolved.Statement.Sql,
        Format = request.RowFormat,
        Tables = resolved.Views,
        Paths = resolved.Paths,
        ExplainNotes = resolved.Statement.IsExplain ? PlanText.Notes(QueryPlanBody.Of(resolved)) : null,
        ShowsPlan = !resolved.Statement.IsGuarded,
        DisabledOptimizers = resolved.Statement.IsGuarded ? Wall.DisabledOptimizers : null,
        Withheld = resolved.Statement.HasBarriers ? ValuesWithheld : null,
        Folder = folder,
        MemoryLimit = options.Value.MemoryLimit,
        ProcessMemoryLimit = options.Value.ProcessMemoryLimit,
        MaxTempSize = options.Value.MaxTempSize,
        Threads = options.Value.Threads,
        MaxRows = request.MaxRows,
        MaxBytes = options.Value.MaxBytes,
    };
}
