using System.Globalization;
using LakeAspire.Query.Worker.Protocol;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.Net.Http.Headers;

namespace LakeAspire.Query.Sql;

/// <summary>What a caller asks for beside the SQL: the format by Accept, limits by headers (never beyond the configured ones).</summary>
/// <param name="Format">Format of the result.</param>
/// <param name="MaxRows">Most rows.</param>
/// <param name="Limit">Longest time.</param>
internal sealed record SqlRequest(ResultFormat? Format, long MaxRows, TimeSpan Limit)
{
    public const string MaxRowsHeader = "Lake-Max-Rows";
    public const string TimeoutHeader = "Lake-Timeout-Seconds";
    public const string TruncatedHeader = "Lake-Truncated";

    static readonly (string MediaType, ResultFormat Format)[] Formats =
    [
        ("application/json", ResultFormat.Json),
        ("application/x-ndjson", ResultFormat.Ndjson),
        ("text/csv", ResultFormat.Csv),
        ("application/vnd.apache.parquet", ResultFormat.Parquet),
    ];

    /// <summary>The media type of the answer.</summary>
    public string ContentType => Format switch
    {
        ResultFormat.Json => "application/json; charset=utf-8",
        ResultFormat.Csv => "text/csv; charset=utf-8; header=present",
        _ => Formats.First(format => format.Format == Format).MediaType,
    };

    /// <summary>The format of rows.</summary>
    /// <exception cref="ApiException">The caller takes none that there is.</exception>
    public ResultFormat RowFormat => Format ?? throw new ApiException(406, $"No format of these is to be had; there are {string.Join(", ", Formats.Select(format => format.MediaType))}, and text/plain for plans.", "NotAcceptableException");

    public static SqlRequest From(HttpRequest request, QueryOptions options)
    {
        var rows = Number(request, MaxRowsHeader, options.MaxRows);
        var seconds = Number(request, TimeoutHeader, options.MaxSeconds);
        return new SqlRequest(FormatOf(request), Math.Min(rows, options.MaxRows), TimeSpan.FromSeconds(Math.Min(seconds, options.MaxSeconds)));
    }

    static ResultFormat? FormatOf(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        if (accepted.Count == 0)
        {
            return ResultFormat.Json;
        }

        foreach (var media in accepted.Where(media => media.Quality is null or > 0).OrderByDescending(media => media, MediaTypeHeaderValueComparer.QualityComparer))
        {
            foreach (var (mediaType, format) in Formats)
            {
                if (new MediaTypeHeaderValue(mediaType).IsSubsetOf(new MediaTypeHeaderValue(media.MediaType)))
                {
                    return format;
                }
            }
        }

        return null;
    }

    static long Number(HttpRequest request, string header, long whenAbsent)
    {
        var text = request.Headers[header].ToString();
        return text.Length == 0 ? whenAbsent
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
            : throw new ApiException(400, $"{header} is a whole number from 1, not '{text}'.");
    }
}
