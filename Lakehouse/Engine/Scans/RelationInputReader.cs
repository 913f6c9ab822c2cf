using System.Text.Json;
using Lakehouse.Engine.Avro;
using Lakehouse.Engine.Deletes;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Engine.Scans;

/// <summary>Takes the messages that <see cref="RelationInputs"/> writes, one after the other.</summary>
public sealed class RelationInputReader
{
    readonly List<Func<RelationInput>> inputs = [];
    readonly List<PositionBitmap> bitmaps = [];
    int expected;
    bool isDescribed;

    /// <summary>Takes the next message; its bytes are not needed any more.</summary>
    /// <exception cref="LakehouseException">InvalidData: the bytes are not what must come next.</exception>
    public void Add(ReadOnlyMemory<byte> message)
    {
        if (isDescribed)
        {
            bitmaps.Add(bitmaps.Count < expected ? PositionBitmap.Read(message.Span) : throw LakehouseException.InvalidData("inputs of a relation: more bitmaps than announced"));
            return;
        }

        try
        {
            using var json = JsonDocument.Parse(message);
            foreach (var input in json.RootElement.EnumerateArray())
            {
                inputs.Add(Read(input));
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            throw LakehouseException.InvalidData($"inputs of a relation: {error.Message}", error);
        }

        isDescribed = true;
    }

    /// <summary>The inputs, when all messages have come; none when there was no message.</summary>
    /// <exception cref="LakehouseException">InvalidData: messages are missing.</exception>
    public IReadOnlyList<RelationInput> Finish() =>
        bitmaps.Count == expected ? [.. inputs.Select(input => input())] : throw LakehouseException.InvalidData("inputs of a relation: fewer bitmaps than announced");

    Func<RelationInput> Read(JsonElement json)
    {
        var name = json.GetProperty("name").GetString()!;
        switch (json.GetProperty("kind").GetString())
        {
            case RelationInputs.DeletedPositionsKind:
                var (start, count) = (expected, json.GetProperty("files").GetInt32());
                expected = count >= 0 ? checked(expected + count) : throw new JsonException($"{count} files");
                return () => new DeletedPositions(name, bitmaps.GetRange(start, count));
            case RelationInputs.AvroKind:
                var mapping = json.GetProperty("mapping").GetString();
                var avro = new AvroFiles(
                    name, [.. json.GetProperty("paths").EnumerateArray().Select(path => path.GetString()!)], SchemaJson.Read(json.GetProperty("schema")).Fields,
                    mapping is null ? null : NameMapping.Parse(mapping), json.GetProperty("rows").GetInt64());
                return () => avro;
            case RelationInputs.VariantKind:
                return () => new VariantSql();
            case var other:
                throw new JsonException($"there is no kind {other}");
        }
    }
}
