using System.Diagnostics;
using System.Text;
using LakeAspire.Query.Parsing;
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
    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void Map(WebApplication app) =>
        app.MapPost("/sql", (HttpContext context, SqlEndpoint endpoint) => endpoint.HandleAsync(context)).RequireAuthorization(LakeRoles.User);

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
        var query = await parser.ParseAsync(await TextAsync(context.Request, stop), stop);
        using var files = tables.OpenFiles();
        var resolved = await tables.ResolveAsync(query, files, stop);
        using var folder = folders.Create();
        var response = new SqlResponse(context, request);
        var summary = await runner.RunAsync(Order(query, resolved, request, folder.Path), resolved.Inputs, response.ReceiveAsync, stop);
        var elapsed = time.GetElapsedTime(begun);
        activity?.SetTag("db.response.returned_rows", summary.Rows);
        Log.QueryDone(logger, resolved.Views.Count, summary.Rows, (long)elapsed.TotalMilliseconds, summary.Truncated);
        await response.CompleteAsync(summary, resolved, elapsed, stop);
    }

    QueryOrder Order(ParsedQuery query, ResolvedTables resolved, SqlRequest request, string folder) => new()
    {
        Sql = query.Sql,
        Format = request.Format,
        Tables = resolved.Views,
        Paths = resolved.Paths,
        ExplainNotes = query.IsExplain ? resolved.Notes : null,
        Folder = folder,
        MemoryLimit = options.Value.MemoryLimit,
        ProcessMemoryLimit = options.Value.ProcessMemoryLimit,
        MaxTempSize = options.Value.MaxTempSize,
        Threads = options.Value.Threads,
        MaxRows = request.MaxRows,
        MaxBytes = options.Value.MaxBytes,
    };

    async Task<string> TextAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // No character takes more than four bytes: one byte more is beyond the limit whatever it holds.
        var buffer = new byte[Math.Min(request.ContentLength ?? long.MaxValue, (options.Value.MaxTextLength * 4L) + 1)];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > options.Value.MaxTextLength * 4L)
        {
            throw SqlErrors.Limit($"The SQL text is longer than {options.Value.MaxTextLength} characters, which are the limit.");
        }

        try
        {
            return Utf8.GetString(buffer, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw SqlErrors.Syntax("The SQL text is not UTF-8.");
        }
    }
}
