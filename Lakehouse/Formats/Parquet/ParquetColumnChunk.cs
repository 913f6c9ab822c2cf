namespace Lakehouse.Formats.Parquet;

/// <summary>The part of a column that lies in one row group (<c>parquet.thrift</c>, "ColumnChunk").</summary>
/// <param name="Codec">How its pages are packed ("CompressionCodec").</param>
/// <param name="Start">Where its first page begins in the file.</param>
/// <param name="Values">Its values, nulls among them; of a column that does not repeat as many as rows.</param>
internal sealed record ParquetColumnChunk(int Codec, long Start, long Values)
{
    /// <summary>The first byte of the least value of the chunk, as its statistics have it; −1 when they don't tell.</summary>
    public int LeastFirstByte { get; init; } = -1;

    /// <summary>The chunks of a column, one for each row group in their order.</summary>
    /// <param name="footer">The whole footer.</param>
    /// <param name="path">Names from the top-level column to the leaf.</param>
    /// <param name="repeats">Whether there may be several values in a row.</param>
    /// <exception cref="LakehouseException">InvalidData: a row group does not have the column, or has it twice. Unsupported: it lies in another file, or is encrypted.</exception>
    public static IReadOnlyList<ParquetColumnChunk> Of(ReadOnlySpan<byte> footer, IReadOnlyList<string> path, bool repeats = false)
    {
        var reader = new ThriftReader(footer);
        var chunks = new List<ParquetColumnChunk>();
        var id = 0;
        while (reader.ReadField(ref id, out var type))
        {
            if ((id, type) != (4, ThriftReader.List))
            {
                reader.Skip(type);
                continue;
            }

            var (count, _) = reader.ReadList();
            for (var i = 0; i < count && !reader.IsCutOff; i++)
            {
                chunks.Add(OfRowGroup(ref reader, path, repeats));
            }
        }

        return reader.IsCutOff ? throw LakehouseException.InvalidData("its footer is cut off") : chunks;
    }

    private static ParquetColumnChunk OfRowGroup(ref ThriftReader reader, IReadOnlyList<string> path, bool repeats)
    {
        ParquetColumnChunk? found = null;
        var (rows, id) = (-1L, 0);
        while (reader.ReadField(ref id, out var type))
        {
            switch (id, type)
            {
                case (1, ThriftReader.List):
                    var (count, _) = reader.ReadList();
                    for (var i = 0; i < count && !reader.IsCutOff; i++)
                    {
                        if (OfColumn(ref reader, path) is { } chunk)
                        {
                            found = found is null ? chunk : throw LakehouseException.InvalidData($"a row group has two columns {string.Join('.', path)}");
                        }
                    }

                    break;
                case (3, ThriftReader.I64):
                    rows = reader.ReadNumber();
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return found is not null && rows >= 0 && (repeats ? found.Values >= rows : found.Values == rows)
            ? found
            : throw LakehouseException.InvalidData($"a row group of {rows} rows has {found?.Values ?? 0} values of the column {string.Join('.', path)}");
    }

    /// <summary>The chunk if it is one of the column, else null.</summary>
    private static ParquetColumnChunk? OfColumn(ref ThriftReader reader, IReadOnlyList<string> path)
    {
        ParquetColumnChunk? chunk = null;
        var (isElsewhere, id) = (false, 0);
        while (reader.ReadField(ref id, out var type))
        {
            if ((id, type) == (3, ThriftReader.Struct))
            {
                chunk = ReadMetadata(ref reader, path);
                continue;
            }

            // 1: path of another file; 8 and 9: encryption.
            isElsewhere |= id is 1 or 8 or 9;
            reader.Skip(type);
        }

        return chunk is null || !isElsewhere ? chunk : throw LakehouseException.Unsupported("a column that is encrypted, or lies in another file, is not supported");
    }

    private static ParquetColumnChunk? ReadMetadata(ref ThriftReader reader, IReadOnlyList<string> path)
    {
        var (codec, values, data, dictionary, least, isOfPath, id) = (-1, -1L, -1L, 0L, -1, false, 0);
        while (reader.ReadField(ref id, out var type))
        {
            switch (id, type)
            {
                case (3, ThriftReader.List):
                    isOfPath = ReadPath(ref reader, path);
                    break;
                case (4, ThriftReader.I32):
                    codec = (int)reader.ReadNumber();
                    break;
                case (5, ThriftReader.I64):
                    values = reader.ReadNumber();
                    break;
                case (9, ThriftReader.I64):
                    data = reader.ReadNumber();
                    break;
                case (11, ThriftReader.I64):
                    dictionary = reader.ReadNumber();
                    break;
                case (12, ThriftReader.Struct):
                    least = ReadLeast(ref reader);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        // Some writers give 0 for a dictionary that is not there.
        return isOfPath ? new ParquetColumnChunk(codec, dictionary > 0 && dictionary < data ? dictionary : data, values) { LeastFirstByte = least } : null;
    }

    /// <summary>Of the struct Statistics the field min_value, whose order is that of the type, not the older min.</summary>
    private static int ReadLeast(ref ThriftReader reader)
    {
        var (least, id) = (-1, 0);
        while (reader.ReadField(ref id, out var type))
        {
            if ((id, type) == (6, ThriftReader.Binary))
            {
                least = reader.ReadFirstByte();
            }
            else
            {
                reader.Skip(type);
            }
        }

        return least;
    }

    private static bool ReadPath(ref ThriftReader reader, IReadOnlyList<string> path)
    {
        var (count, element) = reader.ReadList();
        if (element != ThriftReader.Binary)
        {
            throw LakehouseException.InvalidData("the path of a column is no list of names");
        }

        var isSame = count == path.Count;
        for (var i = 0; i < count && !reader.IsCutOff; i++)
        {
            var name = reader.ReadText();
            isSame = isSame && name == path[i];
        }

        return isSame;
    }
}
