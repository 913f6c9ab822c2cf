using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Lakehouse.Sources.Tests.Lines;

/// <summary>Lines that are JSON, nearly JSON, and anything.</summary>
internal static class LineGenerator
{
    static readonly string[] Scalars =
    [
        "null", "true", "false", "1", "2.5", "\"text\"", "nul", "TRUE", "0", "-0", "1", "-1", "01", "1.", ".5", "1.5", "-1.5e3", "1e", "1e+5", "1E-5", "--1", "+1", "NaN", "Infinity", "0x1", "12345678901234567890123",
        "\"\"", "\"a\"", "\"é\"", "\"\\n\"", "\"\\x\"", "\"\\u00e9\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\u12\"", "\"a", "\"\t\"", "\"\u0001\"", "\"a somewhat longer text of more than one vector\"",
        "'a'", "\"\\\"\"", "\"\\\\\"", "\"\\\\\\\"\"", "\"\u00a0\"", "\"0123456789abcde\"", "\"0123456789abcdef\"", "\"0123456789abcde\\\"\"",
    ];

    static readonly string[] Names = ["\"a\"", "\"b\"", "\"_source\"", "\"b\"", "\"c\"", "\"\\u0061\"", "\"_source\"", "\"\"", "a", "\"é\""];

    static Gen<string> Space => Gen.Frequency((30, Gen.Elements("", "", "", " ", "\t", "\r", "  ")), (1, Gen.Elements("\u00a0", "\f")));

    static Gen<string> Value(int size) => size <= 0
        ? Gen.Elements(Scalars)
        : Gen.Frequency((4, Gen.Elements(Scalars)), (3, Object(size / 2)), (2, Array(size / 2)));

    static Gen<string> Array(int size) =>
        from count in Gen.Choose(0, 4)
        from items in Gen.ArrayOf(Value(size), count)
        from comma in Gen.Frequency((20, Gen.Constant(",")), (1, Gen.Elements(",,", ";", "")))
        from space in Space
        from end in Gen.Frequency((20, Gen.Constant("]")), (1, Gen.Elements("", "}", ",]")))
        select $"[{space}{string.Join(comma + space, items)}{end}";

    static Gen<string> Object(int size) =>
        from count in Gen.Choose(0, 5)
        from members in Gen.ArrayOf(Member(size), count)
        from comma in Gen.Frequency((20, Gen.Constant(",")), (1, Gen.Elements(",,", ";", "")))
        from space in Space
        from end in Gen.Frequency((20, Gen.Constant("}")), (1, Gen.Elements("", "]", ",}")))
        select $"{{{space}{string.Join(comma + space, members)}{end}";

    static Gen<string> Member(int size) =>
        from name in Gen.Elements(Names)
        from colon in Gen.Frequency((20, Gen.Constant(":")), (1, Gen.Elements("", "=", "::")))
        from space in Space
        from value in Value(size)
        select $"{name}{space}{colon}{space}{value}";

    /// <summary>Sane lines, lines with a byte changed, and noise; no line feeds.</summary>
    public static Gen<byte[]> Line =>
        from shape in Gen.Choose(0, 9)
        from text in Gen.Sized(size => Gen.Frequency((6, Object(Math.Min(size, 8))), (2, Value(Math.Min(size, 8))), (1, Gen.Elements("", " ", "\r", "\t \r"))))
        from at in Gen.Choose(0, 1000)
        from unit in Gen.Choose(0, 255)
        from noise in Gen.ListOf(Gen.Choose(0, 255))
        from space in Space
        select Mutate(Encoding.UTF8.GetBytes(space + text + space), shape, at, (byte)unit, noise);

    static byte[] Mutate(byte[] line, int shape, int at, byte unit, IEnumerable<int> noise)
    {
        if (shape == 9)
        {
            line = [.. noise.Select(n => (byte)n)];
        }
        else if (shape >= 7 && line.Length > 0)
        {
            line[at % line.Length] = unit;
        }

        return [.. line.Where(b => b != (byte)'\n')];
    }
}
