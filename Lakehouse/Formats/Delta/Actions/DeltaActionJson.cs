using System.Buffers;
using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Delta.Actions;

/// <summary>Actions as JSON, one object with one member for each line of a commit (PROTOCOL.md, "Delta Log Entries").</summary>
public static class DeltaActionJson
{
    /// <summary>Reads one line; null for an action that isn't known, which readers ignore (PROTOCOL.md, "Protocol Evolution").</summary>
    /// <param name="utf8">The line.</param>
    /// <param name="what">Its place, for errors.</param>
    /// <exception cref="LakehouseException">InvalidData; the message names the place, the field and the reason.</exception>
    public static DeltaAction? Read(ReadOnlyMemory<byte> utf8, string what) => JsonText.Read(utf8, what, json => Read(json, what));

    /// <summary>Reads the action of one parsed line.</summary>
    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, string)"/>
    public static DeltaAction? Read(JsonElement json, string what)
    {
        var line = new JsonFields(json, what);
        DeltaAction? action = null;
        foreach (var member in line.Element.EnumerateObject())
        {
            // Writers that give every action in each line set the others to null.
            if (member.Value.ValueKind != JsonValueKind.Null && ReadOne(member.Name, member.Value, what) is { } read)
            {
                action = action is null ? read : throw LakehouseException.InvalidData($"{what}: holds more than one action");
            }
        }

        return action;
    }

    /// <summary>Writes one action as an object.</summary>
    public static void Write(Utf8JsonWriter json, DeltaAction action) => ActionWriter.Write(json, action);

    /// <summary>The content of a commit: one line for each action.</summary>
    public static byte[] WriteLines(IEnumerable<DeltaAction> actions)
    {
        var lines = new ArrayBufferWriter<byte>(4096);
        foreach (var action in actions)
        {
            lines.Write(JsonText.Write(json => Write(json, action)));
            lines.Write("\n"u8);
        }

        return lines.WrittenSpan.ToArray();
    }

    static DeltaAction? ReadOne(string name, JsonElement value, string what)
    {
        var path = $"{what}: {name}";
        return name switch
        {
            "add" => ActionReader.Add(new JsonFields(value, path)),
            "remove" => ActionReader.Remove(new JsonFields(value, path)),
            "cdc" => ActionReader.Cdc(new JsonFields(value, path)),
            "metaData" => ActionReader.Metadata(new JsonFields(value, path)),
            "protocol" => ActionReader.Protocol(new JsonFields(value, path)),
            "txn" => ActionReader.Transaction(new JsonFields(value, path)),
            "domainMetadata" => ActionReader.Domain(new JsonFields(value, path)),
            "commitInfo" => new CommitInfo(new JsonFields(value, path).Element.Clone()),
            "sidecar" => ActionReader.Sidecar(new JsonFields(value, path)),
            "checkpointMetadata" => ActionReader.Checkpoint(new JsonFields(value, path)),
            _ => null,
        };
    }
}
