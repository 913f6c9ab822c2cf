using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Puffin;

/// <summary>The footer's payload as JSON (Puffin specification, "Footer Payload").</summary>
internal static class PuffinFooterJson
{
    public static PuffinFooter Read(ReadOnlyMemory<byte> json, string what) => JsonText.Read(json, what, root =>
    {
        var fields = new JsonFields(root, what);
        return new PuffinFooter(fields.Array("blobs").Select(item => Blob(new JsonFields(item.Element, item.Path))).ToList(), fields.OptionalTexts("properties"));
    });

    public static byte[] Write(PuffinFooter footer) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("blobs");
        foreach (var blob in footer.Blobs)
        {
            Write(json, blob);
        }

        json.WriteEndArray();
        if (footer.Properties.Count > 0)
        {
            JsonText.WriteTexts(json, "properties", footer.Properties);
        }

        json.WriteEndObject();
    });

    private static PuffinBlob Blob(JsonFields fields) =>
        new(fields.String("type"), fields.Ints("fields"), fields.SnapshotId("snapshot-id"), fields.Long("sequence-number"), fields.Long("offset"), fields.Long("length"))
        {
            CompressionCodec = fields.OptionalString("compression-codec"),
            Properties = fields.OptionalTexts("properties"),
        };

    private static void Write(Utf8JsonWriter json, PuffinBlob blob)
    {
        json.WriteStartObject();
        json.WriteString("type", blob.Type);
        json.WriteStartArray("fields");
        foreach (var id in blob.Fields)
        {
            json.WriteNumberValue(id);
        }

        json.WriteEndArray();
        json.WriteNumber("snapshot-id", blob.SnapshotId);
        json.WriteNumber("sequence-number", blob.SequenceNumber);
        json.WriteNumber("offset", blob.Offset);
        json.WriteNumber("length", blob.Length);
        if (blob.CompressionCodec is { } codec)
        {
            json.WriteString("compression-codec", codec);
        }

        if (blob.Properties.Count > 0)
        {
            JsonText.WriteTexts(json, "properties", blob.Properties);
        }

        json.WriteEndObject();
    }
}
