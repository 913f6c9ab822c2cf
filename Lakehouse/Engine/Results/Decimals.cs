using System.Globalization;

namespace Lakehouse.Engine;

/// <summary>Decimals as unscaled 128-bit integers.</summary>
internal static class Decimals
{
    /// <summary>The largest of 38 digits.</summary>
    public static readonly Int128 Limit = Int128.Parse("99999999999999999999999999999999999999", CultureInfo.InvariantCulture);

    /// <summary>An unscaled value as text, for instance 12345 with scale 2 as 123.45.</summary>
    public static string Text(Int128 unscaled, int scale)
    {
        Span<char> buffer = stackalloc char[44];
        return Format(unscaled, scale, buffer, out var written) ? new string(buffer[..written]) : throw new ArgumentOutOfRangeException(nameof(unscaled));
    }

    /// <summary>The same without a string; false when the buffer (44 characters always suffice) is too small.</summary>
    public static bool Format(Int128 unscaled, int scale, Span<char> buffer, out int written)
    {
        Span<char> digits = stackalloc char[40];
        written = 0;
        var magnitude = unscaled < 0 ? (UInt128)(-unscaled) : (UInt128)unscaled;
        magnitude.TryFormat(digits, out var count, default, CultureInfo.InvariantCulture);
        var whole = Math.Max(count - scale, 0);
        var needed = (unscaled < 0 ? 1 : 0) + Math.Max(whole, 1) + (scale > 0 ? 1 + scale : 0);
        if (buffer.Length < needed)
        {
            return false;
        }

        if (unscaled < 0)
        {
            buffer[written++] = '-';
        }

        if (whole == 0)
        {
            buffer[written++] = '0';
        }

        digits[..whole].CopyTo(buffer[written..]);
        written += whole;
        if (scale > 0)
        {
            buffer[written++] = '.';
            buffer.Slice(written, scale - (count - whole)).Fill('0');
            written += scale - (count - whole);
            digits[whole..count].CopyTo(buffer[written..]);
            written += count - whole;
        }

        return true;
    }
}
