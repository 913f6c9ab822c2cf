using LakeAspire.Portal.Access;
using LakeAspire.Portal.Lake;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace LakeAspire.Portal.Sql;

/// <summary><c>POST /download/sql</c>: a query's whole result as CSV, passed on as it comes.</summary>
internal static class SqlDownload
{
    public const string Path = "/download/sql";

    public static void MapSqlDownload(this WebApplication app) => app.MapPost(Path, DownloadAsync);

    static async Task DownloadAsync(HttpContext context, [FromForm] string sql, ServiceCalls calls, [FromForm] string? branch = null, [FromForm] string? asOf = null)
    {
        var cancellationToken = context.RequestAborted;
        using var request = QueryRequests.Create(sql, "text/csv", maxRows: null, new LakePoint(branch, asOf));
        HttpResponseMessage answer;
        try
        {
            answer = await calls.SendAsync(context.User, ServiceCalls.Query, request, cancellationToken);
        }
        catch (LakeException exception)
        {
            throw new ApiException(exception.Kind is LakeErrorKind.Refused or LakeErrorKind.NotFound ? 400 : 502, exception.Message, exception.Type ?? "BadGatewayException");
        }
        catch (SessionEndedException exception)
        {
            throw new ApiException(StatusCodes.Status401Unauthorized, exception.Message, "NotAuthorizedException");
        }

        using (answer)
        {
            context.Response.ContentType = "text/csv; charset=utf-8";
            context.Response.Headers.ContentDisposition = "attachment; filename=\"result.csv\"";
            context.Response.Headers.CacheControl = "no-store";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

            // A break of the source ends as an exception here, and the error mapping then breaks off this response too, once it has begun: no part passes for the whole.
            await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
            await body.CopyToAsync(context.Response.Body, cancellationToken);
        }
    }
}
