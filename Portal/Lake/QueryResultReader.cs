using System.Buffers;
using System.Text;
using System.Text.Json;

namespace LakeAspire.Portal.Lake;

/// <summary>
/// Reads a query's JSON answer. Values keep the text that they came with: a 64-bit integer is never rounded to a double, and no object is made for a cell but its string.
/// </summary>
internal static class QueryResultReader
{
    /// <summary>Larger results are for downloads, not for a page.</summary>
    const int MaxBytes = 48 << 20;

    public static async Task<QueryResult> ReadAsync(HttpResponseMessage response, int maxRows, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(64 << 10);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            int read;
            while ((read = await body.ReadAsync(buffer.GetMemory(64 << 10), cancellationToken)) > 0)
            {
                buffer.Advance(read);
                if (buffer.WrittenCount > MaxBytes)
                {
                    throw new LakeException(LakeErrorKind.Refused, "This result is too large to show (over 48 MB). Add a LIMIT, select fewer columns, or download it as CSV.");
                }
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new LakeException(LakeErrorKind.Failed, "The query was broken off by the query service before its end; its log says why.", null, exception);
        }

        var truncated = response.Headers.Concat(response.TrailingHeaders).Any(header => header.Key == "Lake-Truncated" && header.Value.Contains("true"));
        try
        {
            var result = Parse(buffer.WrittenSpan, maxRows);
            return truncated ? result with { Truncated = true } : result;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new LakeException(LakeErrorKind.Failed, "The query service gave an answer that the portal does not understand; are both of the same version?", null, exception);
        }
    }

    internal static QueryResult Parse(ReadOnlySpan<byte> json, int maxRows)
    {
        var reader = new Utf8JsonReader(json);
        List<ResultColumn> columns = [];
        List<string?[]> rows = [];
        long? rowCount = null;
        var truncated = false;
        var elapsed = TimeSpan.Zero;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "columns":
                    ReadColumns(ref reader, columns);
                    break;
                case "rows":
                    truncated |= ReadRows(ref reader, json, columns.Count, maxRows, rows);
                    break;
                case "rowCount":
                    rowCount = reader.GetInt64();
                    break;
                case "truncated":
                    truncated |= reader.GetBoolean();
                    break;
                case "elapsedMs":
                    elapsed = TimeSpan.FromMilliseconds(reader.GetDouble());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new QueryResult(columns, rows, rowCount ?? rows.Count, truncated, elapsed);
    }

    static void ReadColumns(ref Utf8JsonReader reader, List<ResultColumn> columns)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            string name = "", type = "";
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isName = reader.ValueTextEquals("name"u8);
                var isType = reader.ValueTextEquals("type"u8);
                reader.Read();
                if (isName)
                {
                    name = reader.GetString() ?? "";
                }
                else if (isType)
                {
                    type = reader.GetString() ?? "";
                }
                else
                {
                    reader.Skip();
                }
            }

            columns.Add(new ResultColumn(name, type));
        }
    }

    /// <summary>True when there were more rows than may be kept.</summary>
    static bool ReadRows(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, int width, int maxRows, List<string?[]> rows)
    {
        var more = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (rows.Count == maxRows)
            {
                more = true;
                reader.Skip();
                continue;
            }

            var row = new string?[width];
            var column = 0;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var value = ReadCell(ref reader, json);
                if (column < width)
                {
                    row[column++] = value;
                }
            }

            rows.Add(row);
        }

        return more;
    }

    static string? ReadCell(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.True:
                return "true";
            case JsonTokenType.False:
                return "false";
            case JsonTokenType.Number:
                return Encoding.UTF8.GetString(reader.ValueSpan);
            default:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                return Encoding.UTF8.GetString(json[start..(int)reader.BytesConsumed]);
        }
    }
}
