namespace Lakehouse.Formats.Parquet;

/// <summary>What a page of a column is (<c>parquet.thrift</c>, "PageType").</summary>
internal enum ParquetPageKind
{
    Data = 0,
    Index = 1,
    Dictionary = 2,
    DataV2 = 3,
}

/// <summary>The header of a page (<c>parquet.thrift</c>, "PageHeader").</summary>
/// <param name="Kind">What the page is.</param>
/// <param name="Length">Bytes of the page when unpacked.</param>
/// <param name="PackedLength">Bytes of the page in the file, after the header.</param>
internal sealed record ParquetPageHeader(ParquetPageKind Kind, int Length, int PackedLength)
{
    /// <summary>Bytes of the header itself.</summary>
    public int HeaderLength { get; init; }

    /// <summary>Values of a data page, nulls among them.</summary>
    public int Values { get; init; } = -1;

    /// <summary>How the values of a data page are encoded.</summary>
    public int Encoding { get; init; } = -1;

    /// <summary>Whether the values of a data page of version 2 are packed.</summary>
    public bool IsPacked { get; init; } = true;

    /// <summary>How the definition levels of a data page of version 1 are encoded (<c>parquet.thrift</c>, "Encoding").</summary>
    public int LevelEncoding { get; init; } = -1;

    /// <summary>Bytes of the repetition levels, of version 2.</summary>
    public int RepetitionLength { get; init; }

    /// <summary>Bytes of the definition levels, of version 2.</summary>
    public int DefinitionLength { get; init; }

    public bool IsData => Kind is ParquetPageKind.Data or ParquetPageKind.DataV2;

    /// <summary>Reads a header; null when the bytes end before it does.</summary>
    /// <exception cref="LakehouseException">InvalidData: it is none.</exception>
    public static ParquetPageHeader? Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ThriftReader(bytes);
        var header = new ParquetPageHeader((ParquetPageKind)(-1), -1, -1);
        var id = 0;
        while (reader.ReadField(ref id, out var type))
        {
            switch (id, type)
            {
                case (1, ThriftReader.I32):
                    header = header with { Kind = (ParquetPageKind)reader.ReadNumber() };
                    break;
                case (2, ThriftReader.I32):
                    header = header with { Length = (int)reader.ReadNumber() };
                    break;
                case (3, ThriftReader.I32):
                    header = header with { PackedLength = (int)reader.ReadNumber() };
                    break;
                case (5, ThriftReader.Struct):
                    header = ReadData(ref reader, header);
                    break;
                case (8, ThriftReader.Struct):
                    header = ReadDataV2(ref reader, header);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return reader.IsCutOff ? null : header.Checked() with { HeaderLength = reader.Position };
    }

    private static ParquetPageHeader ReadData(ref ThriftReader reader, ParquetPageHeader header)
    {
        var id = 0;
        while (reader.ReadField(ref id, out var type))
        {
            switch (id, type)
            {
                case (1, ThriftReader.I32):
                    header = header with { Values = (int)reader.ReadNumber() };
                    break;
                case (2, ThriftReader.I32):
                    header = header with { Encoding = (int)reader.ReadNumber() };
                    break;
                case (3, ThriftReader.I32):
                    header = header with { LevelEncoding = (int)reader.ReadNumber() };
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return header;
    }

    private static ParquetPageHeader ReadDataV2(ref ThriftReader reader, ParquetPageHeader header)
    {
        var id = 0;
        while (reader.ReadField(ref id, out var type))
        {
            switch (id, type)
            {
                case (1, ThriftReader.I32):
                    header = header with { Values = (int)reader.ReadNumber() };
                    break;
                case (4, ThriftReader.I32):
                    header = header with { Encoding = (int)reader.ReadNumber() };
                    break;
                case (5, ThriftReader.I32):
                    header = header with { DefinitionLength = (int)reader.ReadNumber() };
                    break;
                case (6, ThriftReader.I32):
                    header = header with { RepetitionLength = (int)reader.ReadNumber() };
                    break;
                case (7, 1 or 2):
                    header = header with { IsPacked = type == 1 };
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return header;
    }

    private ParquetPageHeader Checked()
    {
        var isWhole = Enum.IsDefined(Kind) && Length >= 0 && PackedLength >= 0 && (!IsData || Values >= 0);
        if (!isWhole || RepetitionLength < 0 || DefinitionLength < 0 || (long)RepetitionLength + DefinitionLength > Math.Min(Length, PackedLength))
        {
            throw LakehouseException.InvalidData($"a page header is wrong: {this}");
        }

        return this;
    }
}
