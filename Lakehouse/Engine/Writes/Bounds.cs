using System.Text;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>Bounds of a column in the specification's single-value serialization; text and bytes cut to 16 characters or bytes, as Iceberg's own writers do, an upper bound rounded up.</summary>
internal static class Bounds
{
    const int Kept = 16;

    public static byte[]? Lower(string text, PrimitiveType type) => StatisticText.Parse(text, type) switch
    {
        null => null,
        string value => SingleValue.ToBytes(type, Cut(value)),
        byte[] value when type == IcebergType.Binary && value.Length > Kept => value[..Kept],
        // -0.0 comes before 0.0, and the writer does not tell them apart.
        double and 0 => SingleValue.ToBytes(type, -0.0),
        float and 0 => SingleValue.ToBytes(type, -0.0f),
        { } value => SingleValue.ToBytes(type, value),
    };

    public static byte[]? Upper(string text, PrimitiveType type) => StatisticText.Parse(text, type) switch
    {
        null => null,
        string value => Cut(value) is var cut && cut.Length == value.Length ? SingleValue.ToBytes(type, value) : RoundUp(cut) is { } up ? SingleValue.ToBytes(type, up) : null,
        byte[] value when type == IcebergType.Binary && value.Length > Kept => RoundUp(value[..Kept]),
        double and 0 => SingleValue.ToBytes(type, 0.0),
        float and 0 => SingleValue.ToBytes(type, 0.0f),
        { } value => SingleValue.ToBytes(type, value),
    };

    /// <summary>At most 16 code points.</summary>
    static string Cut(string text)
    {
        var end = 0;
        foreach (var rune in text.EnumerateRunes().Take(Kept))
        {
            end += rune.Utf16SequenceLength;
        }

        return text[..Math.Min(end, text.Length)];
    }

    /// <summary>The least text of at most that length that is greater than every text that begins so: the last code point that has a successor is raised.</summary>
    static string? RoundUp(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToArray();
        for (var last = runes.Length - 1; last >= 0; last--)
        {
            var next = runes[last].Value == 0xD7FF ? 0xE000 : runes[last].Value + 1;
            if (Rune.IsValid(next))
            {
                return string.Concat(runes[..last].Append(new Rune(next)).Select(rune => rune.ToString()));
            }
        }

        return null;
    }

    static byte[]? RoundUp(byte[] prefix)
    {
        var last = Array.FindLastIndex(prefix, value => value != byte.MaxValue);
        if (last < 0)
        {
            return null;
        }

        var up = prefix[..(last + 1)];
        up[last]++;
        return up;
    }
}
