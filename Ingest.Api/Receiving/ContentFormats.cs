using LakeAspire.ServiceDefaults.Errors;
using Microsoft.Net.Http.Headers;

namespace LakeAspire.Ingest.Receiving;

/// <summary>What a request's content is said to be.</summary>
internal enum ContentFormat
{
    /// <summary>JSON of some kind: its beginning tells whether it is NDJSON or one document.</summary>
    Json,
    Ndjson,
    Csv,
    Parquet,
}

/// <summary>Tells the format by the name of a file and the Content-Type of a request.</summary>
internal static class ContentFormats
{
    const string Gzip = ".gz";

    public static bool IsGzipped(string name) => name.EndsWith(Gzip, StringComparison.OrdinalIgnoreCase);

    public static ContentFormat OfEvents(HttpRequest request) => OfContentType(request) switch
    {
        null => ContentFormat.Json,
        ContentFormat.Csv or ContentFormat.Parquet => throw Unsupported("Events come as JSON or NDJSON; send CSV and Parquet as files: PUT /streams/{stream}/files/{name}."),
        { } format => format,
    };

    public static ContentFormat OfFile(HttpRequest request, string name)
    {
        var bare = IsGzipped(name) ? name[..^Gzip.Length] : name;
        var contentType = OfContentType(request);
        return Path.GetExtension(bare).ToLowerInvariant() switch
        {
            ".ndjson" or ".jsonl" => ContentFormat.Ndjson,
            ".json" => contentType == ContentFormat.Ndjson ? ContentFormat.Ndjson : ContentFormat.Json,
            ".csv" => ContentFormat.Csv,
            ".parquet" => ContentFormat.Parquet,
            _ => contentType ?? throw Unsupported($"What '{bare}' is can't be told: give it the extension .ndjson, .jsonl, .json, .csv or .parquet (each may be followed by .gz), or send a Content-Type."),
        };
    }

    /// <summary>Null for a type that says nothing.</summary>
    static ContentFormat? OfContentType(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            return string.IsNullOrEmpty(request.ContentType) ? null : throw Unsupported($"Content-Type '{request.ContentType}' is no media type.");
        }

        if (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !type.Charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase))
        {
            throw Unsupported($"Text comes as UTF-8, not as {type.Charset}.");
        }

        return type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/json" or "text/json" => ContentFormat.Json,
            "application/x-ndjson" or "application/ndjson" or "application/jsonl" or "application/x-jsonlines" => ContentFormat.Ndjson,
            "text/csv" or "application/csv" => ContentFormat.Csv,
            "application/vnd.apache.parquet" or "application/x-parquet" => ContentFormat.Parquet,
            "application/octet-stream" or "text/plain" or "application/x-www-form-urlencoded" => null,
            var other => throw Unsupported($"Content-Type '{other}' is not taken in; there are application/json, application/x-ndjson, and for files text/csv and application/vnd.apache.parquet."),
        };
    }

    static ApiException Unsupported(string message) => new(StatusCodes.Status415UnsupportedMediaType, message, "UnsupportedMediaTypeException");
}
