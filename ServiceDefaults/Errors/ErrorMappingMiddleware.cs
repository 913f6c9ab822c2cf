using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LakeAspire.ServiceDefaults.Errors;

/// <summary>The one place where exceptions become answers. An unexpected one shows an error id and nothing else; the log has the rest under that id.</summary>
internal sealed partial class ErrorMappingMiddleware(RequestDelegate next, IEnumerable<IExceptionMapper> mappers, ILogger<ErrorMappingMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = 499;
        }
        catch (Exception exception)
        {
            await AnswerAsync(context, exception);
        }
    }

    async Task AnswerAsync(HttpContext context, Exception exception)
    {
        var expected = exception switch
        {
            ApiException api => api,
            BadHttpRequestException bad => new ApiException(bad.StatusCode, bad.Message),
            _ => mappers.Select(mapper => mapper.Map(exception)).FirstOrDefault(mapped => mapped is not null),
        };
        string? errorId = null;
        if (expected is null || expected.Status >= 500)
        {
            errorId = RandomNumberGenerator.GetHexString(12, lowercase: true);
            Failed(logger, exception, errorId, context.Request.Method, context.Request.Path);
            Activity.Current?.SetStatus(ActivityStatusCode.Error, errorId);
        }

        if (context.Response.HasStarted)
        {
            // The status line is gone: break the connection, so that the caller does not take a part for the whole.
            context.Abort();
            return;
        }

        context.Response.Clear();
        await (expected is null
            ? ErrorResponses.WriteAsync(context, 500, "Something went wrong here; the service's log has it under the error id.", "InternalServerError", errorId)
            : ErrorResponses.WriteAsync(context, expected.Status, expected.Message, expected.Type, errorId, expected.Extension));
    }

    [LoggerMessage(EventId = 120, Level = LogLevel.Error, Message = "Error {ErrorId} on {Method} {Path}")]
    static partial void Failed(ILogger logger, Exception exception, string errorId, string method, string path);
}

internal static class ErrorMappingExtensions
{
    public static void AddErrorMapping(this WebApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails();

        // A parameter that is malformed is an error like any other, and not an empty answer.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    public static void UseErrorMapping(this WebApplication app) => app.UseMiddleware<ErrorMappingMiddleware>();
}
