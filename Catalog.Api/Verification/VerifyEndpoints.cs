using System.Text.Json;
using System.Text.Json.Serialization;
using LakeAspire.Catalog.Http;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Verification;

/// <summary><c>POST /api/verify</c>: a line of JSON for each fault and for each step; the last one is the summary. For who runs the installation.</summary>
internal static class VerifyEndpoints
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static void MapVerify(this IEndpointRouteBuilder routes) => routes.MapPost("/api/verify", async (HttpContext context, bool? deep, LakeVerifier verifier, CancellationToken cancellationToken) =>
    {
        context.Response.ContentType = "application/x-ndjson";
        await foreach (var line in verifier.RunAsync(deep ?? false, cancellationToken))
        {
            await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, Json), cancellationToken);
            await context.Response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        }
    }).RequireAuthorization(LakeRoles.User).WithMetadata(new AnswersIn("application/x-ndjson"));
}
