using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Lakehouse.Sources.Lines;

/// <summary>
/// Scans lines of NDJSON: strictly after RFC 8259, without exceptions and without allocating, and takes out the fields of a plan on the way. It does not check UTF-8:
/// whoever owns the buffer does that for many lines at once (<see cref="System.Text.Unicode.Utf8.IsValid"/>).
/// </summary>
public ref struct JsonLineScanner
{
    /// <summary>Objects and arrays within one another.</summary>
    public const int MaxDepth = 128;

    readonly ReadOnlySpan<byte> text;
    readonly Span<FieldValue> values;
    int at;
    ulong met;

    JsonLineScanner(ReadOnlySpan<byte> text, int start, Span<FieldValue> values)
    {
        this.text = text;
        this.values = values;
        at = start;
    }

    bool isAmbiguous;

    /// <summary>Scans one line.</summary>
    /// <param name="text">A buffer with lines.</param>
    /// <param name="start">Where the line starts.</param>
    /// <param name="plan">Which fields to take out.</param>
    /// <param name="values">Receives the values, by slot; at least as long as the plan has slots. Good for <see cref="LineKind.Object"/> alone.</param>
    public static LineScan Scan(ReadOnlySpan<byte> text, int start, FieldPlan plan, Span<FieldValue> values)
    {
        ArgumentNullException.ThrowIfNull(plan);
        values.Clear();
        var scanner = new JsonLineScanner(text, start, values);
        var kind = scanner.Line(plan);
        var end = scanner.at;
        if (kind == LineKind.Malformed)
        {
            var feed = text[end..].IndexOf((byte)'\n');
            end = feed < 0 ? text.Length : end + feed;
        }

        return new LineScan(kind, end, scanner.at, scanner.isAmbiguous);
    }

    /// <summary>Scans a line that stands alone.</summary>
    public static LineScan Scan(ReadOnlySpan<byte> line) => Scan(line, 0, FieldPlan.Nothing, []);

    LineKind Line(FieldPlan plan)
    {
        SkipSpace();
        if (AtEnd)
        {
            return LineKind.Blank;
        }

        var isObject = text[at] == (byte)'{';
        var isValid = isObject ? Object(plan.Root.Children.Count == 0 ? null : plan.Root, 1) : Value(1);
        SkipSpace();
        return !isValid || !AtEnd ? LineKind.Malformed : isObject ? LineKind.Object : LineKind.NotAnObject;
    }

    readonly bool AtEnd => at >= text.Length || text[at] == (byte)'\n';

    /// <summary>White space within a line; the line feed ends it.</summary>
    void SkipSpace()
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\r')
        {
            at++;
        }
    }

    bool Value(int depth) => at < text.Length && (text[at] switch
    {
        (byte)'"' => String(out _, out _, out _),
        (byte)'{' => Object(null, depth),
        (byte)'[' => Array(depth),
        (byte)'t' => Word("true"u8),
        (byte)'f' => Word("false"u8),
        (byte)'n' => Word("null"u8),
        _ => Number(),
    });

    bool Object(FieldPlan.Node? node, int depth)
    {
        if (depth > MaxDepth)
        {
            return false;
        }

        at++;
        SkipSpace();
        if (Take((byte)'}'))
        {
            return true;
        }

        var expected = 0;
        while (true)
        {
            if (at >= text.Length || text[at] != (byte)'"' || !String(out var start, out var length, out var hasEscapes))
            {
                return false;
            }

            SkipSpace();
            if (!Take((byte)':'))
            {
                return false;
            }

            SkipSpace();
            if (!(node is null ? Value(depth + 1) : Member(node, text.Slice(start, length), hasEscapes, ref expected, depth + 1)))
            {
                return false;
            }

            SkipSpace();
            if (!Take((byte)','))
            {
                return Take((byte)'}');
            }

            SkipSpace();
        }
    }

    /// <summary>A member of an object of which fields are wanted. Writers keep an order: the child after the last one found is tried first.</summary>
    bool Member(FieldPlan.Node node, ReadOnlySpan<byte> name, bool hasEscapes, ref int expected, int depth)
    {
        isAmbiguous |= hasEscapes;
        var children = CollectionsMarshal.AsSpan(node.Children);
        for (var tried = 0; tried < children.Length; tried++)
        {
            var index = expected + tried;
            index = index >= children.Length ? index - children.Length : index;
            var child = children[index];
            if (!name.SequenceEqual(child.Name))
            {
                continue;
            }

            isAmbiguous |= (met & child.Bit) != 0;
            met |= child.Bit;
            expected = index + 1 == children.Length ? 0 : index + 1;
            return child.Slot >= 0 ? Wanted(child.Slot, depth) : at < text.Length && text[at] == (byte)'{' ? Object(child, depth) : Value(depth);
        }

        return Value(depth);
    }

    bool Wanted(int slot, int depth)
    {
        if (at >= text.Length)
        {
            return false;
        }

        var start = at;
        var first = text[at];
        if (first == (byte)'"')
        {
            var isValid = String(out var textStart, out var length, out var hasEscapes);
            values[slot] = new FieldValue(hasEscapes ? FieldKind.EscapedText : FieldKind.Text, textStart, length);
            return isValid;
        }

        if (!Value(depth))
        {
            return false;
        }

        var kind = first switch
        {
            (byte)'t' => FieldKind.True,
            (byte)'f' => FieldKind.False,
            (byte)'n' => FieldKind.Null,
            (byte)'{' or (byte)'[' => FieldKind.Nested,
            _ => FieldKind.Number,
        };
        values[slot] = new FieldValue(kind, start, at - start);
        return true;
    }

    bool Array(int depth)
    {
        if (depth > MaxDepth)
        {
            return false;
        }

        at++;
        SkipSpace();
        if (Take((byte)']'))
        {
            return true;
        }

        while (true)
        {
            if (!Value(depth + 1))
            {
                return false;
            }

            SkipSpace();
            if (!Take((byte)','))
            {
                return Take((byte)']');
            }

            SkipSpace();
        }
    }

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
