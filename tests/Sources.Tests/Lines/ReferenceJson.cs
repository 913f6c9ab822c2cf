using System.Text;
using System.Text.Json;
using Lakehouse.Sources.Lines;

namespace Lakehouse.Sources.Tests.Lines;

/// <summary>The framework's JSON reader, as the referee.</summary>
internal static class ReferenceJson
{
    static readonly JsonReaderOptions Options = new() { MaxDepth = JsonLineScanner.MaxDepth };
    static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static LineKind KindOf(ReadOnlySpan<byte> line)
    {
        if (line.Trim(" \t\r"u8).IsEmpty)
        {
            return LineKind.Blank;
        }

        try
        {
            Strict.GetCharCount(line);
            var reader = new Utf8JsonReader(line, Options);
            var first = JsonTokenType.None;
            while (reader.Read())
            {
                first = first == JsonTokenType.None ? reader.TokenType : first;
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                {
                    // Reading checks the grammar alone; only this finds halves of surrogate pairs.
                    reader.GetString();
                }
            }

            return first == JsonTokenType.StartObject ? LineKind.Object : LineKind.NotAnObject;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            return LineKind.Malformed;
        }
    }
}
