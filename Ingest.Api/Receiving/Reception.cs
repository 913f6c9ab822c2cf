using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Sources;
using Lakehouse.Sources.Landing;

namespace LakeAspire.Ingest.Receiving;

/// <summary>What is received, before its content is read.</summary>
internal sealed record Reception
{
    public required StreamName Stream { get; init; }

    public string? Name { get; init; }

    public string? IdempotencyKey { get; init; }

    /// <summary>What the content is said to be.</summary>
    public required ContentFormat Format { get; init; }

    /// <summary>Whether the file itself, not only its transfer, is compressed.</summary>
    public bool IsGzipFile { get; init; }

    public required long Limit { get; init; }

    public required string LimitWhat { get; init; }

    public required string LimitOption { get; init; }

    public string? Principal { get; init; }

    public ApiException TooLarge() => IngestErrors.TooLarge(LimitWhat, Limit, LimitOption);

    public string NewId(TimeProvider time) =>
        Name is not null ? LandingId.OfFile(Stream, Name) : IdempotencyKey is not null ? LandingId.OfKey(Stream, IdempotencyKey) : LandingId.New(time);

    /// <summary>The answer to the same name or key with other content.</summary>
    public ApiException OtherContent() => Name is not null
        ? new ApiException(StatusCodes.Status409Conflict, $"The stream {Stream} has a file '{Name}' with other content; send this one under a new name.", "FileExistsException")
        : new ApiException(
            StatusCodes.Status422UnprocessableEntity, $"The Idempotency-Key '{IdempotencyKey}' came to the stream {Stream} with other content; use a new key for new events.",
            "IdempotencyKeyReusedException");
}
