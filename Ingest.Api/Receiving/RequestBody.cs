using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Ingest.Receiving;

/// <summary>The content of a request, decompressed.</summary>
internal static class RequestBody
{
    public static Stream Open(HttpRequest request, Reception reception)
    {
        var encodings = request.Headers.ContentEncoding.SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList();
        if (encodings.Exists(e => e is not ("gzip" or "x-gzip" or "identity")) || encodings.Count > 1)
        {
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "Content-Encoding can be gzip, or none.", "UnsupportedMediaTypeException");
        }

        var isCompressed = reception.IsGzipFile || encodings is ["gzip" or "x-gzip"];
        if (!isCompressed && request.ContentLength > reception.Limit)
        {
            throw reception.TooLarge();
        }

        var body = request.Body;
        body = encodings is ["gzip" or "x-gzip"] ? new GzipBody(body) : body;
        return reception.IsGzipFile ? new GzipBody(body) : body;
    }
}
