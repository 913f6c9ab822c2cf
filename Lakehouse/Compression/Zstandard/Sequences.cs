namespace Lakehouse.Compression;

/// <summary>The sequences of a block: how many literals, and which match follows them (RFC 8878, section 3.1.1.3.2).</summary>
internal sealed class Sequences
{
    private const int MaxOffsetCode = 31;

    private static readonly int[] LiteralBases =
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536,
    ];

    private static readonly byte[] LiteralBits = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

    private static readonly int[] MatchBases =
    [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259,
        515, 1027, 2051, 4099, 8195, 16387, 32771, 65539,
    ];

    private static readonly byte[] MatchBits =
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
    ];

    // RFC 8878, section 3.1.1.3.2.2, "Default Distributions".
    private static readonly FseTable DefaultLiterals = new(
        [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1], 6);

    private static readonly FseTable DefaultMatches = new(
        [
            1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
        ],
        6);

    private static readonly FseTable DefaultOffsets = new([1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1], 5);

    private readonly long[] recent = [1, 4, 8];
    private FseTable? literalTable;
    private FseTable? matchTable;
    private FseTable? offsetTable;

    public void Decode(ReadOnlySpan<byte> data, ReadOnlySpan<byte> literals, Output output)
    {
        var count = ReadCount(ref data);
        if (count == 0)
        {
            if (data.Length > 0)
            {
                throw new InvalidDataException("Zstandard: bytes follow a block without sequences");
            }

            output.Append(literals);
            return;
        }

        var modes = Take(ref data);
        if ((modes & 3) != 0)
        {
            throw new InvalidDataException("Zstandard: reserved bits of the sequences are set");
        }

        literalTable = Table(modes >> 6, ref data, literalTable, DefaultLiterals, 9, LiteralBases.Length - 1);
        offsetTable = Table((modes >> 4) & 3, ref data, offsetTable, DefaultOffsets, 8, MaxOffsetCode);
        matchTable = Table((modes >> 2) & 3, ref data, matchTable, DefaultMatches, 9, MatchBases.Length - 1);
        Run(count, new BackwardBits(data), literals, output);
    }

    private void Run(int count, BackwardBits reader, ReadOnlySpan<byte> literals, Output output)
    {
        var literalState = (int)reader.Read(literalTable!.Accuracy);
        var offsetState = (int)reader.Read(offsetTable!.Accuracy);
        var matchState = (int)reader.Read(matchTable!.Accuracy);
        for (var i = 0; i < count; i++)
        {
            var (literalCode, matchCode, offsetCode) = (literalTable.Symbol(literalState), matchTable.Symbol(matchState), offsetTable.Symbol(offsetState));
            var offset = (1L << offsetCode) + (long)reader.Read(offsetCode);
            var match = MatchBases[matchCode] + (int)reader.Read(MatchBits[matchCode]);
            var literal = LiteralBases[literalCode] + (int)reader.Read(LiteralBits[literalCode]);
            if (i < count - 1)
            {
                literalState = literalTable.Next(literalState, ref reader);
                matchState = matchTable.Next(matchState, ref reader);
                offsetState = offsetTable.Next(offsetState, ref reader);
            }

            if (literal > literals.Length || reader.Left < 0)
            {
                throw new InvalidDataException("Zstandard: the sequences want more than there is");
            }

            output.Append(literals[..literal]);
            literals = literals[literal..];
            output.Copy(Offset(offset, literal), match);
        }

        if (reader.Left != 0)
        {
            throw new InvalidDataException("Zstandard: the sequences are not as long as promised");
        }

        output.Append(literals);
    }

    /// <summary>Offsets 1 to 3 stand for recent ones (RFC 8878, section 3.1.1.5).</summary>
    private long Offset(long value, int literal)
    {
        if (value > 3)
        {
            (recent[0], recent[1], recent[2]) = (value - 3, recent[0], recent[1]);
            return recent[0];
        }

        var index = (int)value - (literal == 0 ? 0 : 1);
        if (index == 0)
        {
            return recent[0];
        }

        var offset = index == 3 ? recent[0] - 1 : recent[index];
        recent[2] = index == 1 ? recent[2] : recent[1];
        recent[1] = recent[0];
        recent[0] = offset;
        return offset;
    }

    private static FseTable Table(int mode, ref ReadOnlySpan<byte> data, FseTable? last, FseTable standard, int maxAccuracy, int maxSymbol)
    {
        switch (mode)
        {
            case 0:
                return standard;
            case 1:
                var symbol = Take(ref data);
                return symbol <= maxSymbol ? FseTable.Single(symbol) : throw new InvalidDataException($"Zstandard: code {symbol} is not known");
            case 2:
                return FseTable.Read(ref data, maxAccuracy, maxSymbol);
            default:
                return last ?? throw new InvalidDataException("Zstandard: a table is to be repeated, and there is none");
        }
    }

    private static int ReadCount(ref ReadOnlySpan<byte> data)
    {
        int first = Take(ref data);
        return first switch
        {
            < 128 => first,
            < 255 => ((first - 128) << 8) + Take(ref data),
            _ => Take(ref data) + (Take(ref data) << 8) + 0x7F00,
        };
    }

    private static byte Take(ref ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            throw new InvalidDataException("Zstandard: a block is truncated");
        }

        var value = data[0];
        data = data[1..];
        return value;
    }
}
