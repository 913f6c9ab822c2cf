using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lakehouse.Formats.Json;

/// <summary>Opens and writes JSON documents with the limits and settings of this library.</summary>
internal static class JsonText
{
    private static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = 256 };

    private static readonly JsonWriterOptions WriteOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256, SkipValidation = false };

    public static T Read<T>(ReadOnlyMemory<byte> utf8, string what, Func<JsonElement, T> read)
    {
        try
        {
            var start = utf8.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
            using var document = JsonDocument.Parse(utf8[start..], ReadOptions);
            return read(document.RootElement);
        }
        catch (JsonException error)
        {
            throw LakehouseException.InvalidData($"{what}: not valid JSON at line {error.LineNumber + 1}, byte {error.BytePositionInLine}", error);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            throw LakehouseException.InvalidData($"{what}: {error.Message}", error);
        }
    }

    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, WriteOptions))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static string WriteText(Action<Utf8JsonWriter> write) => System.Text.Encoding.UTF8.GetString(Write(write));

    /// <summary>A snapshot id, as <see cref="JsonFields.OptionalSnapshotId"/> reads it.</summary>
    public static void WriteSnapshotId(Utf8JsonWriter json, string name, long id) => json.WriteNumber(name, unchecked((ulong)id));

    public static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in texts)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
