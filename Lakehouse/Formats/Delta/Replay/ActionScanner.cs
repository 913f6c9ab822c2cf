using System.Runtime.CompilerServices;
using System.Text.Json;
using Lakehouse.Formats.Delta.Actions;

namespace Lakehouse.Formats.Delta.Replay;

/// <summary>
/// Scans lines of a commit: file actions are packed without parsing their statistics and partition values, other actions are read whole. It reads the same as <see cref="DeltaActionJson"/>, at the speed of the scan.
/// </summary>
static class ActionScanner
{
    /// <param name="files">Takes the file actions; its bytes begin with the lines.</param>
    /// <param name="length">Bytes of the lines.</param>
    /// <param name="firstLine">Number of the first line, from 1, for errors.</param>
    /// <param name="others">Takes the other actions.</param>
    /// <returns>Number of lines.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Scan(PackedFiles files, int length, int firstLine, List<DeltaAction> others)
    {
        var (start, line) = (0, 0);
        while (start < length)
        {
            var end = files.Bytes.AsSpan(start, length - start).IndexOf((byte)'\n');
            end = end < 0 ? length : start + end;
            var text = files.Bytes.AsSpan(start, end - start).Trim(" \t\r"u8);
            if (!text.IsEmpty)
            {
                try
                {
                    ScanLine(files, start, end, others, firstLine + line);
                }
                catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
                {
                    throw LakehouseException.InvalidData($"{files.Source}, line {firstLine + line}: not a valid action: {error.Message}", error);
                }
            }

            line++;
            start = end + 1;
        }

        return line;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void ScanLine(PackedFiles files, int start, int end, List<DeltaAction> others, int line)
    {
        var bytes = files.Bytes.AsSpan(start, end - start);
        if (line == 1 && bytes.StartsWith("\uFEFF"u8))
        {
            start += 3;
            bytes = bytes[3..];
        }

        var reader = new Utf8JsonReader(bytes);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("a line must be an object");
        }

        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isAdd = reader.ValueTextEquals("add"u8);
            var isFile = isAdd || reader.ValueTextEquals("remove"u8);
            var isIgnored = !isFile && !IsKnown(ref reader);
            reader.Read();
            if (isIgnored || reader.TokenType == JsonTokenType.Null)
            {
                reader.Skip();
                continue;
            }

            if (++seen > 1)
            {
                throw new JsonException("it holds more than one action");
            }

            if (isFile)
            {
                files.Add(FileActionScanner.Scan(ref reader, files, start, isAdd));
                continue;
            }

            if (DeltaActionJson.Read(files.Bytes.AsMemory(start, end - start), $"{files.Source}, line {line}") is { } action)
            {
                others.Add(action);
            }

            // The whole line was read with that action.
            return;
        }

        if (reader.TokenType != JsonTokenType.EndObject || reader.Read())
        {
            throw new JsonException("a line must be one object");
        }
    }

    static bool IsKnown(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("protocol"u8) || reader.ValueTextEquals("metaData"u8) || reader.ValueTextEquals("txn"u8) || reader.ValueTextEquals("domainMetadata"u8)
        || reader.ValueTextEquals("sidecar"u8) || reader.ValueTextEquals("checkpointMetadata"u8) || reader.ValueTextEquals("commitInfo"u8) || reader.ValueTextEquals("cdc"u8);
}
