using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats;
using Lakehouse.Sources.Lines;
using Lakehouse.Storage;

namespace LakeAspire.Ingest;

/// <summary>The errors of this service, and the place where kinds of failure become answers.</summary>
internal sealed class IngestErrors : IExceptionMapper
{
    public static ApiException TooLarge(string what, long limit, string option) =>
        new(StatusCodes.Status413PayloadTooLarge, $"{what} may have {limit} bytes, decompressed ({IngestOptions.SectionName}:{option}); nothing was kept.", "ContentTooLargeException",
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["limit"] = limit });

    public ApiException? Map(Exception exception) => exception switch
    {
        LineTooLongException e => TooLarge("an event", e.Limit, nameof(IngestOptions.MaxLineBytes)),
        StoreFullException => new ApiException(StatusCodes.Status507InsufficientStorage, "The landing zone has no space left; nothing was kept. Send it again later.", "InsufficientStorageException"),
        LakehouseException { Kind: LakehouseErrorKind.Unavailable } =>
            new ApiException(StatusCodes.Status503ServiceUnavailable, "The landing zone cannot be reached; nothing was kept. Send it again later.", "ServiceUnavailableException"),
        _ => null,
    };
}
