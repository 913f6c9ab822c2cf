using System.Buffers.Binary;
using System.IO.Compression;
using Lakehouse.Compression;

namespace Lakehouse.Formats.Tests.Parquet;

/// <summary>
/// Makes Parquet files of one group <c>v</c> with one leaf <c>metadata</c>, by its definition levels: row groups of pages of both versions, levels as runs and packed, with dictionary pages here and there.
/// The values are no values: who asks for the levels must not look at them.
/// </summary>
/// <param name="random">Decides all that is left open.</param>
/// <param name="isLeafOptional">Whether the levels go to 2, else to 1.</param>
/// <param name="codec">Number of the codec.</param>
internal sealed class GroupFile(Random random, bool isLeafOptional, int codec)
{
    private readonly MemoryStream file = new();

    private int Width => isLeafOptional ? 2 : 1;

    /// <param name="levels">One for each row.</param>
    public byte[] Write(IReadOnlyList<int> levels)
    {
        file.Write("PAR1"u8);
        var groups = new List<ThriftBytes>();
        for (var done = 0; done < levels.Count;)
        {
            var rows = random.Next(1, levels.Count - done + 1);
            groups.Add(WriteRowGroup([.. levels.Skip(done).Take(rows)]));
            done += rows;
        }

        ThriftBytes[] schema =
        [
            new ThriftBytes().Text(4, "root").I32(5, 1),
            new ThriftBytes().I32(3, 1).Text(4, "v").I32(5, 1),
            new ThriftBytes().I32(1, 6).I32(3, isLeafOptional ? 1 : 0).Text(4, "metadata"),
        ];
        var footer = new ThriftBytes().I32(1, 2).Structs(2, schema).I64(3, levels.Count).Structs(4, groups).End();
        file.Write(footer);
        file.Write(Number(footer.Length));
        file.Write("PAR1"u8);
        return file.ToArray();
    }

    /// <summary>The levels as Parquet's hybrid of runs and packed numbers.</summary>
    public byte[] Encode(IReadOnlyList<int> levels)
    {
        var bytes = new List<byte>();
        for (var done = 0; done < levels.Count;)
        {
            var run = levels.Skip(done).TakeWhile(level => level == levels[done]).Count();
            if (run > random.Next(20))
            {
                run = random.Next(1, run + 1);
                bytes.AddRange([.. ThriftBytes.Varint((ulong)run << 1), (byte)levels[done]]);
                done += run;
                continue;
            }

            var groups = random.Next(1, 5);
            if (groups * 8 > levels.Count - done)
            {
                groups = (levels.Count - done + 7) / 8;
            }

            var packed = new byte[groups * Width];
            for (var i = 0; i < groups * 8 && done < levels.Count; i++, done++)
            {
                packed[i * Width / 8] |= (byte)(levels[done] << (i * Width % 8));
            }

            bytes.AddRange([.. ThriftBytes.Varint(((ulong)groups << 1) | 1), .. packed]);
        }

        return [.. bytes];
    }

    private ThriftBytes WriteRowGroup(int[] levels)
    {
        var (start, dictionary) = (file.Position, random.Next(2) == 0 ? 0L : file.Position);
        if (dictionary > 0)
        {
            var words = Noise();
            WritePage(new ThriftBytes().I32(1, 2).I32(2, words.Length), words, header => header.Struct(7, new ThriftBytes().I32(1, 3).I32(2, 0)));
            start = file.Position;
        }

        for (var done = 0; done < levels.Length;)
        {
            var count = random.Next(1, levels.Length - done + 1);
            WriteData([.. levels.Skip(done).Take(count)]);
            done += count;
        }

        var column = new ThriftBytes().I32(1, 6).Texts(3, "v", "metadata").I32(4, codec).I64(5, levels.Length).I64(6, 1).I64(7, file.Position).I64(9, start);
        return new ThriftBytes().Structs(1, [new ThriftBytes().I64(2, 0).Struct(3, dictionary > 0 ? column.I64(11, dictionary) : column)]).I64(2, 1).I64(3, levels.Length);
    }

    private void WriteData(int[] levels)
    {
        var (encoded, values) = (Encode(levels), Noise());
        if (random.Next(2) == 0)
        {
            byte[] page = [.. Number(encoded.Length), .. encoded, .. values];
            WritePage(new ThriftBytes().I32(1, 0).I32(2, page.Length), page, header => header.Struct(5, new ThriftBytes().I32(1, levels.Length).I32(2, 0).I32(3, 3).I32(4, 3)));
            return;
        }

        var packed = Pack(values);
        var header = new ThriftBytes().I32(1, 3).I32(2, encoded.Length + values.Length).I32(3, encoded.Length + packed.Length)
            .Struct(8, new ThriftBytes().I32(1, levels.Length).I32(2, 0).I32(3, levels.Length).I32(4, 0).I32(5, encoded.Length).I32(6, 0));
        file.Write([.. header.End(), .. encoded, .. packed]);
    }

    private void WritePage(ThriftBytes header, byte[] page, Func<ThriftBytes, ThriftBytes> rest)
    {
        var packed = Pack(page);
        file.Write([.. rest(header.I32(3, packed.Length)).End(), .. packed]);
    }

    private byte[] Pack(byte[] page)
    {
        switch (codec)
        {
            case 1:
                return Snappy.Encode(page);
            case 2:
                using (var packed = new MemoryStream())
                {
                    using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                    {
                        gzip.Write(page);
                    }

                    return packed.ToArray();
                }

            default:
                return page;
        }
    }

    private byte[] Noise()
    {
        var bytes = new byte[random.Next(50)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
