using System.Net;
using Amazon.Runtime;
using Lakehouse.Formats;
using Lakehouse.Storage.Remote;

namespace Lakehouse.Storage.S3;

/// <summary>What failures of the SDK mean.</summary>
internal static class S3Errors
{
    public static Task<T> CallAsync<T>(string what, long bytes, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        RemoteHttp.CallAsync(what, bytes, async token =>
        {
            try
            {
                return await call(token);
            }
            catch (AmazonServiceException e)
            {
                throw Translate(what, e);
            }
            catch (AmazonClientException e)
            {
                throw e.InnerException is HttpRequestException or IOException or OperationCanceledException
                    ? RemoteFailure.NoAnswer(what, e.InnerException)
                    : new RemoteFailure(LakehouseErrorKind.Denied, $"{what}: {e.Message}", isRetryable: false, e);
            }
        }, cancellationToken);

    static RemoteFailure Translate(string what, AmazonServiceException e) => e.StatusCode switch
    {
        default(HttpStatusCode) => RemoteFailure.NoAnswer(what, e.InnerException ?? e),
        HttpStatusCode.NotFound => Of(LakehouseErrorKind.NotFound, what, e, isRetryable: false),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Of(LakehouseErrorKind.Denied, what, e, isRetryable: false),
        HttpStatusCode.PreconditionFailed => Of(LakehouseErrorKind.Conflict, what, e, isRetryable: false),

        // A conditional put that ran into another of the same key; the next try finds the winner.
        HttpStatusCode.Conflict or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => Of(LakehouseErrorKind.Unavailable, what, e, isRetryable: true),
        >= HttpStatusCode.InternalServerError => Of(LakehouseErrorKind.Unavailable, what, e, isRetryable: true),

        // A 400 without a code of S3's is one about HTTP. Ceph answers so to a request on a connection on which it refused the one before without reading its body.
        HttpStatusCode.BadRequest => Of(LakehouseErrorKind.Unavailable, what, e, isRetryable: e.ErrorCode is null or "" or "400" or "BadRequest" or "RequestTimeout" or "SlowDown"),
        _ => Of(LakehouseErrorKind.Unavailable, what, e, isRetryable: false),
    };

    static RemoteFailure Of(LakehouseErrorKind kind, string what, AmazonServiceException e, bool isRetryable) =>
        new(kind, $"{what}: {(int)e.StatusCode} {e.ErrorCode} {e.Message}".TrimEnd(), isRetryable, e);
}
