using System.Globalization;
using System.Text;
using System.Text.Json;
using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Delta.Skipping;

/// <summary>A bound in the order of its type; see <see cref="ValueKey"/>.</summary>
struct StatisticsBound
{
    public bool IsSet;
    public bool IsNan;
    public Int128 Number;
    public byte[]? Bytes;
}

/// <summary>What the statistics of one file say of one column.</summary>
struct ColumnStatistics
{
    public StatisticsBound Lower;
    public StatisticsBound Upper;
    public long? Nulls;
}

/// <summary>
/// Statistics of a file, read for the columns of a filter alone (PROTOCOL.md, "Per-file Statistics"). Values may be JSON numbers or, from a checkpoint's columns, texts. Whatever does not parse says nothing.
/// </summary>
sealed class FileStatistics(StatisticsTree tree, int columns)
{
    // A timestamp is cut to milliseconds: the value may be up to 999 microseconds later.
    const int LostMicros = 999;

    // A longest text is cut, by some writers without rounding it up. No value is longer than this and whole.
    const int ShortestCut = 16;

    readonly ColumnStatistics[] values = new ColumnStatistics[columns];

    public long? Records { get; private set; }

    public bool HasTightBounds { get; private set; }

    public ref ColumnStatistics this[int slot] => ref values[slot];

    public bool Read(ReadOnlySpan<byte> json)
    {
        values.AsSpan().Clear();
        (Records, HasTightBounds) = (null, true);
        if (json.IsEmpty)
        {
            return true;
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                Section(ref reader);
            }

            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            values.AsSpan().Clear();
            Records = null;
            return false;
        }
    }

    void Section(ref Utf8JsonReader reader)
    {
        var kind = reader.ValueTextEquals("minValues"u8) ? 'l' : reader.ValueTextEquals("maxValues"u8) ? 'u' : reader.ValueTextEquals("nullCount"u8) ? 'n' : reader.ValueTextEquals("numRecords"u8) ? 'r' : reader.ValueTextEquals("tightBounds"u8) ? 't' : ' ';
        reader.Read();
        switch (kind)
        {
            case 'r':
                Records = Count(ref reader);
                break;
            case 't':
                HasTightBounds = !(reader.TokenType == JsonTokenType.False || (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("false"u8)));
                break;
            case ' ':
                reader.Skip();
                break;
            default:
                Walk(ref reader, tree, kind);
                break;
        }
    }

    void Walk(ref Utf8JsonReader reader, StatisticsTree node, char kind)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var child = node.Find(ref reader);
            reader.Read();
            if (child?.Leaf is { } column)
            {
                Take(ref reader, column, kind);
            }
            else if (child is not null)
            {
                Walk(ref reader, child, kind);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    void Take(ref Utf8JsonReader reader, FilteredColumn column, char kind)
    {
        switch (kind)
        {
            case 'n':
                values[column.Slot].Nulls = Count(ref reader);
                break;
            case 'l':
                values[column.Slot].Lower = Bound(ref reader, column, isUpper: false);
                break;
            default:
                values[column.Slot].Upper = Bound(ref reader, column, isUpper: true);
                break;
        }
    }

    static long? Count(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number when reader.TryGetInt64(out var number) && number >= 0:
                return number;
            case JsonTokenType.String when long.TryParse(reader.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var text):
                return text;
            default:
                reader.Skip();
                return null;
        }
    }

    static StatisticsBound Bound(ref Utf8JsonReader reader, FilteredColumn column, bool isUpper)
    {
        string? text;
        switch (reader.TokenType)
        {
            case JsonTokenType.Number when column.Field.Type == IcebergType.Int || column.Field.Type == IcebergType.Long:
                return reader.TryGetInt64(out var integer) ? new StatisticsBound { IsSet = true, Number = integer } : default;
            case JsonTokenType.Number:
                text = Encoding.UTF8.GetString(reader.ValueSpan);
                break;
            case JsonTokenType.String:
                text = reader.GetString();
                break;
            case JsonTokenType.True or JsonTokenType.False:
                text = reader.TokenType == JsonTokenType.True ? "true" : "false";
                break;
            default:
                reader.Skip();
                return default;
        }

        return column.IsFixedLength || DeltaText.Parse(column.Column.Type, text!) is not { } value ? default : Of(value, column, isUpper, text!);
    }

    static StatisticsBound Of(Literal value, FilteredColumn column, bool isUpper, string text) => value switch
    {
        BooleanLiteral(var flag) => Number(flag ? 1 : 0),
        IntegerLiteral(var number) => Number(number),
        DecimalLiteral(var digits, _) => Number(digits),
        FloatLiteral(var number) => Floating(number),
        DoubleLiteral(var number) => Floating(column.WasFloat ? isUpper ? Math.Max(number, (float)number) : Math.Min(number, (float)number) : number),
        DateLiteral(var days) => Number(days),
        TimestampLiteral(var micros, _, _) => Number(micros + (isUpper ? LostMicros + ZoneSlack(micros, text) : -ZoneSlack(micros, text))),
        // What goes on after a cut text is less than the byte FF, which no text has.
        StringLiteral => new StatisticsBound { IsSet = true, Bytes = isUpper && text.Length >= ShortestCut ? [.. Encoding.UTF8.GetBytes(text), 0xFF] : Encoding.UTF8.GetBytes(text) },
        _ => default,
    };

    /// <summary>Zones before about 1920 had offsets with seconds, which are not written.</summary>
    static long ZoneSlack(long micros, string text) => micros < -1_500_000_000_000_000 && !text.EndsWith('Z') ? 60_000_000 : 0;

    static StatisticsBound Number(Int128 number) => new() { IsSet = true, Number = number };

    static StatisticsBound Floating(double number) => double.IsNaN(number) ? new StatisticsBound { IsNan = true } : Number(ValueKey.OfDouble(number));
}
