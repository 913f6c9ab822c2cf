using System.Globalization;
using System.Text;
using LakeAspire.Query.Tables;
using LakeAspire.Query.Worker.Protocol;

namespace LakeAspire.Query.Sql;

/// <summary>
/// Sends the bytes of a result as they come. The first of them are held back until there are more or the query is done: until then the answer can still become an error, and whether a short result was cut stands in
/// a header; else it stands in a trailer.
/// </summary>
internal sealed class SqlResponse(HttpContext context, SqlRequest request)
{
    ReadOnlyMemory<byte> held;
    TrailedBody? body;

    public async ValueTask ReceiveAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (held.IsEmpty && body is null)
        {
            held = bytes;
            return;
        }

        if (body is null)
        {
            Begin();
            body = new TrailedBody(context.Response);
            await body.WriteAsync(held, cancellationToken);
            held = default;
        }

        await body!.WriteAsync(bytes, cancellationToken);
    }

    public async Task CompleteAsync(QuerySummary summary, ResolvedTables tables, TimeSpan elapsed, CancellationToken cancellationToken)
    {
        var truncated = summary.Truncated ? "true" : "false";
        var end = request.Format == ResultFormat.Json
            ? Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"rowCount\":{summary.Rows},\"truncated\":{truncated},\"elapsedMs\":{elapsed.TotalMilliseconds:0.###},\"files\":{tables.FilesKept},\"filesTotal\":{tables.Files}}}"))
            : [];
        if (body is not null)
        {
            await body.WriteAsync(end, cancellationToken);
            await body.CompleteAsync(SqlRequest.TruncatedHeader, truncated, cancellationToken);
            return;
        }

        Begin();
        context.Response.Headers[SqlRequest.TruncatedHeader] = truncated;
        context.Response.ContentLength = held.Length + end.Length;
        await context.Response.Body.WriteAsync(held, cancellationToken);
        await context.Response.Body.WriteAsync(end, cancellationToken);
    }

    void Begin()
    {
        context.Response.ContentType = request.ContentType;
        context.Response.Headers.CacheControl = "no-store";
    }
}
