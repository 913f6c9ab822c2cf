using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Lakehouse.Sources.Lines;

/// <content>Strings, numbers and words.</content>
public ref partial struct JsonLineScanner
{
    /// <summary>A string; <see cref="at"/> is at its quote.</summary>
    bool String(out int start, out int length, out bool hasEscapes)
    {
        start = ++at;
        length = 0;
        hasEscapes = false;
        while (true)
        {
            SkipPlain();
            if (at >= text.Length)
            {
                return false;
            }

            switch (text[at])
            {
                case (byte)'"':
                    length = at++ - start;
                    return true;
                case (byte)'\\':
                    hasEscapes = true;
                    if (!Escape())
                    {
                        return false;
                    }

                    break;
                default:
                    return false;
            }
        }
    }

    /// <summary>Moves to the next quote, backslash or control character.</summary>
    void SkipPlain()
    {
        ref var origin = ref MemoryMarshal.GetReference(text);
        while (at + Vector128<byte>.Count <= text.Length)
        {
            var block = Vector128.LoadUnsafe(ref origin, (nuint)at);
            var stops = Vector128.Equals(block, Vector128.Create((byte)'"')) | Vector128.Equals(block, Vector128.Create((byte)'\\'))
                | Vector128.LessThan(block, Vector128.Create((byte)0x20));
            var bits = stops.ExtractMostSignificantBits();
            if (bits != 0)
            {
                at += BitOperations.TrailingZeroCount(bits);
                return;
            }

            at += Vector128<byte>.Count;
        }

        while (at < text.Length && text[at] is not ((byte)'"' or (byte)'\\' or < 0x20))
        {
            at++;
        }
    }

    /// <summary>An escape. A lone half of a surrogate pair is no text, whatever the grammar says.</summary>
    bool Escape()
    {
        if (at + 1 >= text.Length)
        {
            return false;
        }

        // Not past a line feed: the next line begins behind it.
        var letter = text[at + 1];
        if (letter is not ((byte)'u' or (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t'))
        {
            return false;
        }

        at += 2;
        if (letter != (byte)'u')
        {
            return true;
        }

        if (!HexUnit(out var unit) || char.IsLowSurrogate(unit))
        {
            return false;
        }

        if (!char.IsHighSurrogate(unit))
        {
            return true;
        }

        if (at + 1 >= text.Length || text[at] != (byte)'\\' || text[at + 1] != (byte)'u')
        {
            return false;
        }

        at += 2;
        return HexUnit(out var low) && char.IsLowSurrogate(low);
    }

    bool HexUnit(out char unit)
    {
        unit = '\0';
        if (at + 4 > text.Length)
        {
            return false;
        }

        var value = 0;
        for (var i = 0; i < 4; i++)
        {
            var digit = text[at + i];
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return false;
            }

            value = (value << 4) | (digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        at += 4;
        unit = (char)value;
        return true;
    }

    bool Number()
    {
        if (at < text.Length && text[at] == (byte)'-')
        {
            at++;
        }

        if (at < text.Length && text[at] == (byte)'0')
        {
            at++;
        }
        else if (!Digits())
        {
            return false;
        }

        if (at < text.Length && text[at] == (byte)'.')
        {
            at++;
            if (!Digits())
            {
                return false;
            }
        }

        if (at < text.Length && (text[at] | 0x20) == (byte)'e')
        {
            at++;
            if (at < text.Length && text[at] is (byte)'+' or (byte)'-')
            {
                at++;
            }

            return Digits();
        }

        return true;
    }

    bool Digits()
    {
        var start = at;
        while (at < text.Length && (uint)(text[at] - '0') <= 9)
        {
            at++;
        }

        return at > start;
    }

    bool Word(ReadOnlySpan<byte> word)
    {
        if (!text[at..].StartsWith(word))
        {
            return false;
        }

        at += word.Length;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    bool Take(byte character)
    {
        if (at < text.Length && text[at] == character)
        {
            at++;
            return true;
        }

        return false;
    }
}
