using System.Globalization;
using System.Text;
using LakeAspire.Query.Worker.Protocol;

namespace LakeAspire.Query.Sql;

/// <summary>
/// Sends the bytes of a result as they come. The first of them are held back until there are more or the query is done: until then the answer can still become an error, and whether a short result was cut stands in
/// a header; else it stands in a trailer.
/// </summary>
internal sealed class SqlResponse(HttpContext context, SqlRequest request)
{
    ReadOnlyMemory<byte> held;
    bool begun;

    public async ValueTask ReceiveAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (held.IsEmpty && !begun)
        {
            held = bytes;
            return;
        }

        if (!begun)
        {
            Begin();
            if (context.Response.SupportsTrailers())
            {
                context.Response.DeclareTrailer(SqlRequest.TruncatedHeader);
            }

            await context.Response.Body.WriteAsync(held, cancellationToken);
            held = default;
        }

        await context.Response.Body.WriteAsync(bytes, cancellationToken);
    }

    public async Task CompleteAsync(QuerySummary summary, TimeSpan elapsed, CancellationToken cancellationToken)
    {
        var truncated = summary.Truncated ? "true" : "false";
        if (begun)
        {
            if (context.Response.SupportsTrailers())
            {
                context.Response.AppendTrailer(SqlRequest.TruncatedHeader, truncated);
            }
        }
        else
        {
            Begin();
            context.Response.Headers[SqlRequest.TruncatedHeader] = truncated;
            await context.Response.Body.WriteAsync(held, cancellationToken);
        }

        if (request.Format == ResultFormat.Json)
        {
            var end = string.Create(CultureInfo.InvariantCulture, $",\"rowCount\":{summary.Rows},\"truncated\":{truncated},\"elapsedMs\":{elapsed.TotalMilliseconds:0.###}}}");
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(end), cancellationToken);
        }
    }

    void Begin()
    {
        begun = true;
        context.Response.ContentType = request.ContentType;
        context.Response.Headers.CacheControl = "no-store";
    }
}
