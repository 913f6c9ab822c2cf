using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Catalog.Http;

/// <summary>What the server answers by itself, without a word: paths that nothing is mapped to (404), and known ones with another method (405, which names those that there are).</summary>
internal static class RouteErrors
{
    public static void UseRouteErrors(this WebApplication app) => app.UseStatusCodePages(static answer =>
    {
        var (request, response) = (answer.HttpContext.Request, answer.HttpContext.Response);
        return response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Write(answer, $"There is no route {request.Method} {request.Path} in this catalog.", "NoSuchRouteException"),
            StatusCodes.Status405MethodNotAllowed => Write(answer, $"{request.Path} is not for {request.Method}, but for {response.Headers.Allow}.", "MethodNotAllowedException"),
            _ => Task.CompletedTask,
        };
    });

    static Task Write(Microsoft.AspNetCore.Diagnostics.StatusCodeContext answer, string message, string type) =>
        ErrorResponses.WriteAsync(answer.HttpContext, answer.HttpContext.Response.StatusCode, message, type);
}
