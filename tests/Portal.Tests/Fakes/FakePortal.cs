using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LakeAspire.Fakes;

/// <summary>What the command line asks of the portal.</summary>
internal static class FakePortal
{
    public static void Map(WebApplication app, Func<Uri> address)
    {
        string Text() => address().ToString().TrimEnd('/');
        app.MapGet("/api/endpoints", () => Results.Json(((string[])["portal", "catalog-api", "ingest-api", "query-api"]).ToDictionary(name => name, _ => Text())));
        app.MapPost("/api/signin-links", () => Results.Json(new { url = $"{Text()}/signin?token={new string('a', 64)}", expiresAt = TimeProvider.System.GetUtcNow().AddMinutes(10) }));
    }
}
