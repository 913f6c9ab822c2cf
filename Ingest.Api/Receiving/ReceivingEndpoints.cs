using LakeAspire.ServiceDefaults.Authentication;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Sources;
using Microsoft.Extensions.Options;

namespace LakeAspire.Ingest.Receiving;

/// <summary>
/// Where data comes in. 202: durable in the landing zone, and soon in the table. 200 with <c>"duplicate": true</c>: it was received before, by its idempotency key or file name.
/// </summary>
internal static class ReceivingEndpoints
{
    const int MaxKeyLength = 255;

    public static void MapReceiving(this WebApplication app)
    {
        app.MapPost("/streams/{stream}/events", PostEventsAsync).ForPrincipals();
        app.MapPut("/streams/{stream}/files/{name}", PutFileAsync).ForPrincipals();
    }

    internal static StreamName Stream(string text) =>
        StreamName.TryParse(text, out var name) ? name : throw new ApiException(StatusCodes.Status400BadRequest, $"'{Shown(text)}' is no stream name: {StreamName.Rule}.", "InvalidStreamNameException");

    static async Task<IResult> PostEventsAsync(string stream, HttpContext context, Receiver receiver, IOptions<IngestOptions> options)
    {
        var limits = options.Value;
        return await AnswerAsync(context, receiver, new Reception
        {
            Stream = Stream(stream),
            IdempotencyKey = Key(context.Request),
            Format = ContentFormats.OfEvents(context.Request),
            Limit = limits.MaxEventsBytes,
            LimitWhat = "the events of a request",
            LimitOption = nameof(limits.MaxEventsBytes),
            Principal = context.User.Identity?.Name,
        });
    }

    static async Task<IResult> PutFileAsync(string stream, string name, HttpContext context, Receiver receiver, IOptions<IngestOptions> options)
    {
        var limits = options.Value;
        return await AnswerAsync(context, receiver, new Reception
        {
            Stream = Stream(stream),
            Name = FileName(name),
            Format = ContentFormats.OfFile(context.Request, name),
            IsGzipFile = ContentFormats.IsGzipped(name),
            Limit = limits.MaxFileBytes,
            LimitWhat = "a file",
            LimitOption = nameof(limits.MaxFileBytes),
            Principal = context.User.Identity?.Name,
        });
    }

    static async Task<IResult> AnswerAsync(HttpContext context, Receiver receiver, Reception reception)
    {
        // A stream becomes a table of bronze: who may send is who may append to that.
        if (LakePrincipal.Of(context.User) is { IsAdministrator: false } principal
            && !await context.RequestServices.GetRequiredService<CatalogRights>().MayAsync(principal, "append", "bronze", reception.Stream.Value, context.RequestAborted))
        {
            throw new ApiException(StatusCodes.Status403Forbidden, $"{principal.Name} may not append to bronze.{reception.Stream.Value}.", "ForbiddenException");
        }

        await using var body = RequestBody.Open(context.Request, reception);
        var (manifest, isDuplicate) = await receiver.ReceiveAsync(reception, body, context.RequestAborted);
        var answer = new ReceivedAnswer(manifest.Id, manifest.Stream, manifest.Events, manifest.Faulty, manifest.ReceivedBytes, isDuplicate);
        return Results.Json(answer, statusCode: isDuplicate ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    static string? Key(HttpRequest request)
    {
        var values = request.Headers["Idempotency-Key"];
        if (values.Count == 0)
        {
            return null;
        }

        var key = values.ToString();
        return values.Count == 1 && key.Length is > 0 and <= MaxKeyLength && !key.Any(char.IsControl)
            ? key
            : throw new ApiException(StatusCodes.Status400BadRequest, $"Idempotency-Key is one text of 1 to {MaxKeyLength} characters.");
    }

    static string FileName(string name) =>
        name.Length is > 0 and <= 255 && name is not ("." or "..") && !name.Any(c => char.IsControl(c) || c is '/' or '\\') && !name.Contains("%2F", StringComparison.OrdinalIgnoreCase)
            ? name
            : throw new ApiException(StatusCodes.Status400BadRequest, "A file's name has 1 to 255 characters, and no slash, backslash or control character.", "InvalidFileNameException");

    static string Shown(string text) => string.Concat(text.Take(80).Select(c => char.IsControl(c) ? '?' : c));
}

/// <summary>What the caller is told.</summary>
/// <param name="Id">Id in the landing zone.</param>
/// <param name="Stream">Stream.</param>
/// <param name="Accepted">Events; null when only loading it tells (Parquet).</param>
/// <param name="Quarantined">Lines that are no events and go to quarantine.</param>
/// <param name="Bytes">Bytes received, decompressed.</param>
/// <param name="Duplicate">Whether it was received before; then nothing was added.</param>
internal sealed record ReceivedAnswer(string Id, string Stream, long? Accepted, long Quarantined, long Bytes, bool Duplicate);
