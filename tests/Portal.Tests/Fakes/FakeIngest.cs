using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LakeAspire.Fakes;

/// <summary>Ingest: a file counts once, whatever its retries; malformed lines are counted apart.</summary>
internal static class FakeIngest
{
    public static void Map(WebApplication app, FakeState state) => app.MapPut("/streams/{stream}/files/{name}", async (HttpContext context, string stream, string name) =>
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        lock (state)
        {
            if (state.IngestFailures > 0)
            {
                state.IngestFailures--;
                return Answers.Problem(503, "Not ready.", "ServiceUnavailableException");
            }
        }

        if (stream.Contains('!', StringComparison.Ordinal))
        {
            return Answers.Problem(400, $"'{stream}' is not a name of a stream.", "BadRequestException");
        }

        state.Ingested[$"{stream}/{name}"] = body.ToArray();
        var (good, bad) = Count(body.ToArray(), context.Request.Headers.ContentEncoding == "gzip" || name.EndsWith(".gz", StringComparison.Ordinal));
        return Results.Json(new { id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(stream + name))), stream, accepted = good, quarantined = bad, bytes = body.Length });
    });

    static (int Good, int Bad) Count(byte[] body, bool gzip)
    {
        using Stream stream = gzip ? new GZipStream(new MemoryStream(body), CompressionMode.Decompress) : new MemoryStream(body);
        using var reader = new StreamReader(stream);
        var (good, bad) = (0, 0);
        while (reader.ReadLine() is { } line)
        {
            try
            {
                JsonDocument.Parse(line).Dispose();
                good++;
            }
            catch (JsonException)
            {
                bad++;
            }
        }

        return (good, bad);
    }
}
