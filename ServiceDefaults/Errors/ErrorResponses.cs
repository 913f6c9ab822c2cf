using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace LakeAspire.ServiceDefaults.Errors;

/// <summary>Error bodies: Iceberg's on Iceberg REST routes, RFC 9457 problem details elsewhere.</summary>
public static class ErrorResponses
{
    /// <summary>Routes below this path answer with Iceberg's error body.</summary>
    public const string IcebergPrefix = "/iceberg";

    /// <summary>Writes an error body; does nothing when the response has begun.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="message">What is wrong, where, and what to do; no secret and no internals.</param>
    /// <param name="type">Name of the kind of error, for instance <c>NoSuchTableException</c>.</param>
    /// <param name="errorId">Id under which the log has the rest; for 5xx.</param>
    /// <param name="extension">Further members of the body.</param>
    public static Task WriteAsync(
        HttpContext context, int status, string message, string type, string? errorId = null, IReadOnlyDictionary<string, object?>? extension = null)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        var body = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (context.Request.Path.StartsWithSegments(IcebergPrefix, StringComparison.Ordinal))
        {
            var text = errorId is null ? message : $"{message} (error id {errorId})";
            body["error"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["message"] = text, ["type"] = type, ["code"] = status };
        }
        else
        {
            body["title"] = message;
            body["status"] = status;
            body["type"] = type;
            if (errorId is not null)
            {
                body["errorId"] = errorId;
            }
        }

        foreach (var (key, value) in extension ?? new Dictionary<string, object?>(StringComparer.Ordinal))
        {
            body[key] = value;
        }

        var contentType = body.ContainsKey("error") ? "application/json" : "application/problem+json";
        return context.Response.WriteAsJsonAsync(body, JsonSerializerOptions.Web, contentType, context.RequestAborted);
    }
}
