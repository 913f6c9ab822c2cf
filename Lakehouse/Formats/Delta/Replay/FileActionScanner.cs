using System.Runtime.CompilerServices;
using System.Text.Json;
using Lakehouse.Formats.Delta.Actions;

namespace Lakehouse.Formats.Delta.Replay;

/// <summary>Packs the object of an add or a remove.</summary>
static class FileActionScanner
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static PackedFile Scan(ref Utf8JsonReader reader, PackedFiles files, int lineStart, bool isAdd)
    {
        Expect(ref reader, JsonTokenType.StartObject, "the action");
        var row = new PackedFile
        {
            Path = Range32.Null,
            Partition = Range32.Null,
            Stats = Range32.Null,
            Size = PackedFile.None,
            ModificationTime = PackedFile.None,
            BaseRowId = PackedFile.None,
            DefaultRowCommitVersion = PackedFile.None,
            DataChange = true,
            IsRemove = !isAdd,
        };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Field(ref reader, files, lineStart, ref row);
        }

        if (row.Path.IsNull || row.Path.Length == 0)
        {
            throw new JsonException("the path is missing");
        }

        if (isAdd && (row.Size == PackedFile.None || row.ModificationTime == PackedFile.None))
        {
            throw new JsonException("size or modificationTime of an added file is missing");
        }

        return row;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Field(ref Utf8JsonReader reader, PackedFiles files, int lineStart, ref PackedFile row)
    {
        if (reader.ValueTextEquals("path"u8))
        {
            reader.Read();
            row.Path = Unescaped(ref reader, files, lineStart);
        }
        else if (reader.ValueTextEquals("stats"u8))
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.Null)
            {
                Expect(ref reader, JsonTokenType.String, "stats");
                row.Stats = Content(ref reader, lineStart);
                row.StatsEscaped = reader.ValueIsEscaped;
            }
        }
        else if (reader.ValueTextEquals("partitionValues"u8))
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.Null)
            {
                Expect(ref reader, JsonTokenType.StartObject, "partitionValues");
                var start = lineStart + (int)reader.TokenStartIndex;
                reader.Skip();
                row.Partition = new Range32(start, lineStart + (int)reader.BytesConsumed - start);
            }
        }
        else if (reader.ValueTextEquals("size"u8))
        {
            row.Size = Number(ref reader, "size");
        }
        else if (reader.ValueTextEquals("modificationTime"u8))
        {
            row.ModificationTime = Number(ref reader, "modificationTime");
        }
        else if (reader.ValueTextEquals("dataChange"u8))
        {
            reader.Read();
            row.DataChange = reader.TokenType == JsonTokenType.Null || reader.GetBoolean();
        }
        else if (reader.ValueTextEquals("deletionVector"u8))
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.Null)
            {
                files.Vectors.Add(Vector(ref reader));
                row.Vector = files.Vectors.Count;
            }
        }
        else if (reader.ValueTextEquals("baseRowId"u8))
        {
            row.BaseRowId = Number(ref reader, "baseRowId");
        }
        else if (reader.ValueTextEquals("defaultRowCommitVersion"u8))
        {
            row.DefaultRowCommitVersion = Number(ref reader, "defaultRowCommitVersion");
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    static DeletionVectorDescriptor Vector(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "deletionVector");
        string? type = null;
        string? path = null;
        long? offset = null;
        long? size = null;
        long? cardinality = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("storageType"u8))
            {
                reader.Read();
                type = reader.GetString();
            }
            else if (reader.ValueTextEquals("pathOrInlineDv"u8))
            {
                reader.Read();
                path = reader.GetString();
            }
            else if (reader.ValueTextEquals("offset"u8))
            {
                offset = Number(ref reader, "offset") is var number && number == PackedFile.None ? null : number;
            }
            else if (reader.ValueTextEquals("sizeInBytes"u8))
            {
                size = Number(ref reader, "sizeInBytes");
            }
            else if (reader.ValueTextEquals("cardinality"u8))
            {
                cardinality = Number(ref reader, "cardinality");
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return type is not null && path is not null && size is >= 0 and <= int.MaxValue && cardinality >= 0 && offset is null or (>= 0 and <= int.MaxValue)
            ? new DeletionVectorDescriptor(type!, path!, (int?)offset, (int)size!.Value, cardinality!.Value)
            : throw new JsonException("the deletion vector lacks a field, or one is out of range");
    }

    static long Number(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Null => PackedFile.None,
            JsonTokenType.Number when reader.TryGetInt64(out var number) => number,
            _ => throw new JsonException($"{name} must be a 64-bit integer"),
        };
    }

    static Range32 Content(ref Utf8JsonReader reader, int lineStart) => new(lineStart + (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);

    /// <summary>A string without escapes: in place, where it can only get shorter.</summary>
    static Range32 Unescaped(ref Utf8JsonReader reader, PackedFiles files, int lineStart)
    {
        Expect(ref reader, JsonTokenType.String, "path");
        var range = Content(ref reader, lineStart);
        if (!reader.ValueIsEscaped)
        {
            return range;
        }

        var text = new byte[range.Length];
        var length = PackedFiles.Unescape(range.Of(files.Bytes), text);
        if (length < 0)
        {
            throw new JsonException("path is not valid text");
        }

        text.AsSpan(0, length).CopyTo(files.Bytes.AsSpan(range.Start));
        return new Range32(range.Start, length);
    }

    static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (reader.TokenType != type)
        {
            throw new JsonException($"{what} must be {(type == JsonTokenType.String ? "a string" : "an object")}");
        }
    }
}
