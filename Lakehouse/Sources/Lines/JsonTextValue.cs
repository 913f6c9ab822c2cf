using System.Buffers.Text;
using System.Text;

namespace Lakehouse.Sources.Lines;

/// <summary>Decodes JSON strings that the scanner has proven.</summary>
internal static class JsonTextValue
{
    /// <summary>Resolves the escapes of a string's content.</summary>
    /// <param name="escaped">What stands between the quotes.</param>
    /// <param name="target">Receives the text; as long as <paramref name="escaped"/>, which the text never exceeds.</param>
    /// <returns>Bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> target)
    {
        var written = 0;
        while (true)
        {
            var plain = escaped.IndexOf((byte)'\\');
            if (plain < 0)
            {
                escaped.CopyTo(target[written..]);
                return written + escaped.Length;
            }

            escaped[..plain].CopyTo(target[written..]);
            written += plain;
            var letter = escaped[plain + 1];
            escaped = escaped[(plain + 2)..];
            if (letter == (byte)'u')
            {
                written += Unit(ref escaped).EncodeToUtf8(target[written..]);
            }
            else
            {
                target[written++] = letter switch { (byte)'b' => 8, (byte)'f' => 12, (byte)'n' => 10, (byte)'r' => 13, (byte)'t' => 9, _ => letter };
            }
        }
    }

    static Rune Unit(ref ReadOnlySpan<byte> rest)
    {
        var high = Hex(rest);
        rest = rest[4..];
        if (!char.IsHighSurrogate(high))
        {
            return new Rune(high);
        }

        var low = Hex(rest[2..]);
        rest = rest[6..];
        return new Rune(high, low);
    }

    static char Hex(ReadOnlySpan<byte> digits) => Utf8Parser.TryParse(digits[..4], out ushort unit, out _, 'x') ? (char)unit : '\uFFFD';
}
