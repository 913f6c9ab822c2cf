using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Lakehouse.Formats.Delta.Actions;

namespace Lakehouse.Formats.Delta.Replay;

/// <summary>Adds and removes of a part of a log, packed: a table of many files costs the bytes of its log and little more.</summary>
sealed class PackedFiles(byte[] bytes, string source)
{
    readonly List<PackedFile> rows = [];

    public byte[] Bytes { get; } = bytes;

    /// <summary>Where it comes from, for errors.</summary>
    public string Source { get; } = source;

    /// <summary>Whether the writer's bounds of floating-point numbers count NaN, as the greatest number. Writers that copy the bounds of Parquet leave it out.</summary>
    public bool BoundsCountNan { get; set; }

    public List<DeletionVectorDescriptor> Vectors { get; } = [];

    public int Count => rows.Count;

    public Span<PackedFile> Rows => CollectionsMarshal.AsSpan(rows);

    public void Add(in PackedFile row) => rows.Add(row);

    public ReadOnlySpan<byte> Path(in PackedFile row) => row.Path.Of(Bytes);

    public string? VectorId(in PackedFile row) => row.Vector == 0 ? null : Vectors[row.Vector - 1].UniqueId;

    public DeletionVectorDescriptor? Vector(in PackedFile row) => row.Vector == 0 ? null : Vectors[row.Vector - 1];

    /// <summary>The path as it stands in the log.</summary>
    public string PathText(in PackedFile row) => Text(Path(row));

    /// <summary>Statistics as JSON; empty without.</summary>
    /// <param name="row">The file.</param>
    /// <param name="buffer">Memory to unescape into; grown when it is too small.</param>
    public ReadOnlySpan<byte> Stats(in PackedFile row, ref byte[] buffer)
    {
        var raw = row.Stats.Of(Bytes);
        if (!row.StatsEscaped || raw.IsEmpty)
        {
            return raw;
        }

        if (buffer.Length < raw.Length)
        {
            buffer = new byte[Math.Max(raw.Length, 4096)];
        }

        return Unescape(raw, buffer) is var length and >= 0 ? buffer.AsSpan(0, length) : throw LakehouseException.InvalidData($"{Source}: the statistics of {PathText(row)} are not valid text");
    }

    /// <summary>Partition values by physical name.</summary>
    public Dictionary<string, string?> PartitionValues(in PackedFile row)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        var json = row.Partition.Of(Bytes);
        if (json.Length <= 2)
        {
            return values;
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                values[name] = reader.TokenType switch
                {
                    JsonTokenType.String => reader.GetString(),
                    JsonTokenType.Null => null,
                    _ => throw new JsonException("must be a string"),
                };
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw LakehouseException.InvalidData($"{Source}: the partition values of {PathText(row)} are broken: {error.Message}", error);
        }

        return values;
    }

    /// <summary>Takes the escapes of a JSON string away; −1 when it is not valid.</summary>
    public static int Unescape(ReadOnlySpan<byte> raw, Span<byte> into)
    {
        var length = 0;
        while (true)
        {
            var plain = raw.IndexOf((byte)'\\');
            if (plain < 0)
            {
                raw.CopyTo(into[length..]);
                return length + raw.Length;
            }

            raw[..plain].CopyTo(into[length..]);
            length += plain;
            raw = raw[plain..];
            if (raw.Length < 2)
            {
                return -1;
            }

            if (raw[1] == 'u')
            {
                var consumed = Unicode(raw, into[length..], out var written);
                if (consumed == 0)
                {
                    return -1;
                }

                length += written;
                raw = raw[consumed..];
                continue;
            }

            into[length++] = raw[1] switch { (byte)'n' => (byte)'\n', (byte)'t' => (byte)'\t', (byte)'r' => (byte)'\r', (byte)'b' => (byte)'\b', (byte)'f' => (byte)'\f', var same => same };
            raw = raw[2..];
        }
    }

    public string Text(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Strict.GetString(utf8);
        }
        catch (DecoderFallbackException error)
        {
            throw LakehouseException.InvalidData($"{Source}: a text is not valid UTF-8", error);
        }
    }

    static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    static int Unicode(ReadOnlySpan<byte> raw, Span<byte> into, out int written)
    {
        written = 0;
        if (!Hex(raw, out var unit))
        {
            return 0;
        }

        if (!char.IsSurrogate(unit))
        {
            written = new Rune(unit).EncodeToUtf8(into);
            return 6;
        }

        if (raw.Length < 12 || raw[6] != '\\' || raw[7] != 'u' || !Hex(raw[6..], out var low) || !Rune.TryCreate(unit, low, out var rune))
        {
            return 0;
        }

        written = rune.EncodeToUtf8(into);
        return 12;
    }

    static bool Hex(ReadOnlySpan<byte> escape, out char unit)
    {
        unit = default;
        if (escape.Length < 6 || !ushort.TryParse(escape.Slice(2, 4), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        unit = (char)value;
        return true;
    }
}
