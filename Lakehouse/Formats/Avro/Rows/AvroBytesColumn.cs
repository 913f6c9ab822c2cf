using System.Text;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Avro;

/// <summary>A column of texts or bytes.</summary>
internal class AvroBytesColumn(IcebergType type, AvroType? writer, object? absent, AvroBudget budget) : AvroColumn(type, writer, absent)
{
    private readonly bool isText = type == IcebergType.String;
    private byte[] data = new byte[256];
    private int[] ends = new int[64];

    public override ReadOnlySpan<byte> Bytes(int row) => data.AsSpan(Start(row)..ends[row]);

    protected override void AppendValue(ref AvroReader reader, AvroType type)
    {
        switch (type.Kind)
        {
            case AvroKind.Fixed:
                Add(reader.ReadFixed(type.Size));
                break;
            case AvroKind.Enum:
                var symbol = reader.ReadInt();
                Add(symbol >= 0 && symbol < type.Symbols.Count ? Encoding.UTF8.GetBytes(type.Symbols[symbol]) : throw LakehouseException.InvalidData($"Avro: an enum has no symbol {symbol}"));
                break;
            default:
                var bytes = reader.ReadBytes();
                if (isText && !System.Text.Unicode.Utf8.IsValid(bytes))
                {
                    throw LakehouseException.InvalidData("Avro: a string is not valid UTF-8");
                }

                Add(bytes);
                break;
        }
    }

    protected override void AppendObject(object value) => Add(value as byte[] ?? Encoding.UTF8.GetBytes((string)value));

    protected override void AppendDefault() => Add([]);

    private int Start(int row) => row == 0 ? 0 : ends[row - 1];

    protected void Add(ReadOnlySpan<byte> bytes)
    {
        budget.AddBytes(bytes.Length);
        var start = Start(Length);
        if (start + bytes.Length > data.Length)
        {
            Array.Resize(ref data, Math.Max(start + bytes.Length, data.Length * 2));
        }

        if (Length == ends.Length)
        {
            Array.Resize(ref ends, ends.Length * 2);
        }

        bytes.CopyTo(data.AsSpan(start));
        ends[Length] = start + bytes.Length;
    }
}
