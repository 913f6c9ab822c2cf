using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using LakeAspire.Query.Parsing;
using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Query.Sql;

/// <summary>What is run: the body of a request as the text itself, or as JSON with what else stands in the address otherwise.</summary>
/// <param name="Sql">The text of one SELECT.</param>
/// <param name="Branch">Branch or tag; null = main.</param>
/// <param name="AsOf">Commit or time; null = the head.</param>
/// <param name="Explain">Whether the plan is asked for, and not the rows.</param>
internal sealed record SqlStatement(string Sql, string? Branch, string? AsOf, bool Explain)
{
    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async Task<SqlStatement> ReadAsync(HttpRequest request, QueryOptions options, CancellationToken cancellationToken)
    {
        var text = await TextAsync(request, options, cancellationToken);
        var body = request.HasJsonContentType() ? Parse(text) : new SqlBody(text, null, null, null);
        return new SqlStatement(
            body.Sql ?? throw new ApiException(400, "The body has no 'sql': {\"sql\": \"SELECT …\", \"branch\": \"dev\", \"asOf\": \"2026-11-21T10:00:00Z\", \"explain\": true}."),
            Once(request, "branch", body.Branch),
            Once(request, "asOf", body.AsOf),
            Once(request, "explain", body.Explain switch { null => null, true => "true", false => "false" }) switch
            {
                null or "false" => false,
                "true" => true,
                var other => throw new ApiException(400, $"explain is true or false, not '{other}'."),
            });
    }

    /// <summary>The value from the address or the body; from both only when they agree.</summary>
    static string? Once(HttpRequest request, string name, string? inBody)
    {
        var values = request.Query[name].Append(inBody).Where(value => !string.IsNullOrEmpty(value)).Distinct(StringComparer.Ordinal).ToList();
        return values.Count > 1 ? throw new ApiException(400, $"{name} is given as '{values[0]}' and as '{values[1]}'.") : values.FirstOrDefault();
    }

    static SqlBody Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, SqlBodyJson.Default.SqlBody) ?? new SqlBody(null, null, null, null);
        }
        catch (JsonException wrong)
        {
            throw new ApiException(400, $"The body is not the JSON that is expected here: {wrong.Message}");
        }
    }

    static async Task<string> TextAsync(HttpRequest request, QueryOptions options, CancellationToken cancellationToken)
    {
        // No character takes more than six bytes, which JSON's escapes do: one byte more is beyond the limit whatever it holds.
        var max = options.MaxTextLength * (request.HasJsonContentType() ? 6L : 4L) + (request.HasJsonContentType() ? 4096 : 0);
        var buffer = new byte[Math.Min(request.ContentLength ?? long.MaxValue, max + 1)];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > max)
        {
            throw SqlErrors.Limit($"The SQL text is longer than {options.MaxTextLength} characters, which are the limit.");
        }

        try
        {
            return Utf8.GetString(buffer, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw SqlErrors.Syntax("The SQL text is not UTF-8.");
        }
    }
}

/// <summary>The JSON body of a request.</summary>
internal sealed record SqlBody(string? Sql, string? Branch, string? AsOf, bool? Explain);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SqlBody))]
internal sealed partial class SqlBodyJson : JsonSerializerContext;
