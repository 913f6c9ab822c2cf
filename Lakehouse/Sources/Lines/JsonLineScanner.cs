using System.Runtime.InteropServices;

namespace Lakehouse.Sources.Lines;

/// <summary>
/// Scans lines of NDJSON: strictly after RFC 8259, without exceptions and without allocating, and takes out the fields of a plan on the way. It does not check UTF-8:
/// whoever owns the buffer does that for many lines at once (<see cref="System.Text.Unicode.Utf8.IsValid"/>).
/// </summary>
public ref partial struct JsonLineScanner
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
}
