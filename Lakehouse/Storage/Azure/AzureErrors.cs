using System.Net;
using Lakehouse.Formats;
using Lakehouse.Storage.Remote;

namespace Lakehouse.Storage.Azure;

/// <summary>What failures of the Blob service mean.</summary>
internal static class AzureErrors
{
    /// <summary>The service's own code; empty without one.</summary>
    public static string CodeOf(HttpResponseMessage response) => response.Headers.TryGetValues("x-ms-error-code", out var values) ? values.First() : "";

    public static RemoteFailure Translate(string what, HttpResponseMessage response)
    {
        var (kind, isRetryable) = response.StatusCode switch
        {
            HttpStatusCode.NotFound => (LakehouseErrorKind.NotFound, false),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => (LakehouseErrorKind.Denied, false),
            HttpStatusCode.PreconditionFailed => (LakehouseErrorKind.Conflict, false),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => (LakehouseErrorKind.Unavailable, true),
            _ => (LakehouseErrorKind.Unavailable, false),
        };
        return new RemoteFailure(kind, $"{what}: {(int)response.StatusCode} {CodeOf(response)} {response.ReasonPhrase}".TrimEnd(), isRetryable);
    }
}
