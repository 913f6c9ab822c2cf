using System.Buffers.Binary;
using System.Text;

namespace Lakehouse.Formats.Delta;

/// <summary>Base85 in the alphabet of ZeroMQ's RFC 32: five characters for four bytes.</summary>
public static class Z85
{
    const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

    static readonly sbyte[] Values = MakeValues();

    /// <summary>The bytes of a text; null when it is not in the alphabet, no multiple of five long, or out of range.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        if (text.Length % 5 != 0)
        {
            return null;
        }

        var bytes = new byte[text.Length / 5 * 4];
        for (var i = 0; i < text.Length; i += 5)
        {
            var word = 0UL;
            foreach (var c in text.Slice(i, 5))
            {
                if (c >= Values.Length || Values[c] < 0)
                {
                    return null;
                }

                word = (word * 85) + (ulong)Values[c];
            }

            if (word > uint.MaxValue)
            {
                return null;
            }

            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(i / 5 * 4), (uint)word);
        }

        return bytes;
    }

    /// <summary>The text of some bytes, filled up with zeros to a multiple of four.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var padded = new byte[(bytes.Length + 3) / 4 * 4];
        bytes.CopyTo(padded);
        var text = new StringBuilder(padded.Length / 4 * 5);
        Span<char> group = stackalloc char[5];
        for (var i = 0; i < padded.Length; i += 4)
        {
            var word = BinaryPrimitives.ReadUInt32BigEndian(padded.AsSpan(i));
            for (var digit = 4; digit >= 0; digit--)
            {
                group[digit] = Alphabet[(int)(word % 85)];
                word /= 85;
            }

            text.Append(group);
        }

        return text.ToString();
    }

    static sbyte[] MakeValues()
    {
        var values = new sbyte[128];
        values.AsSpan().Fill(-1);
        for (var i = 0; i < Alphabet.Length; i++)
        {
            values[Alphabet[i]] = (sbyte)i;
        }

        return values;
    }
}
