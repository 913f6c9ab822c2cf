using System.Globalization;

namespace Lakehouse.Engine;

/// <summary>Names and values as SQL text. Everything that goes into SQL text goes through here.</summary>
public static class SqlText
{
    /// <summary>A quoted identifier.</summary>
    /// <exception cref="ArgumentException">It is empty or holds a NUL.</exception>
    public static string Identifier(string name)
    {
        if (name.Length == 0 || name.Contains('\0'))
        {
            throw new ArgumentException("A name is neither empty nor does it hold a NUL character.", nameof(name));
        }

        return $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>A qualified name: each part quoted.</summary>
    public static string Identifier(params ReadOnlySpan<string> parts)
    {
        var quoted = new string[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            quoted[i] = Identifier(parts[i]);
        }

        return string.Join('.', quoted);
    }

    /// <summary>A text literal.</summary>
    /// <exception cref="ArgumentException">It holds a NUL, which SQL text can't carry: bind it as a parameter.</exception>
    public static string Literal(string text) => text.Contains('\0')
        ? throw new ArgumentException("SQL text cannot hold a NUL character; bind the value as a parameter.", nameof(text))
        : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>An integer literal.</summary>
    public static string Literal(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A list literal of texts.</summary>
    public static string Literal(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(Literal))}]";

    /// <summary>
    /// A typed literal of a value as it stands in <see cref="Formats.Iceberg.DataFile.Partition"/>: bool, int (also date), long (also time and timestamps), float, double,
    /// <see cref="Int128"/> (unscaled decimal), string, <see cref="Guid"/>, byte[]; null is NULL of that type.
    /// </summary>
    /// <param name="value">The value, boxed.</param>
    /// <param name="type">Its Iceberg type.</param>
    public static string Literal(object? value, Formats.Iceberg.IcebergType type)
    {
        var sqlType = Scans.SqlTypes.Of(type);
        var text = (value, type) switch
        {
            (null, _) => "NULL",
            (bool b, _) => b ? "true" : "false",
            (int days, { } t) when t == Formats.Iceberg.IcebergType.Date => $"(DATE '1970-01-01' + {days.ToString(CultureInfo.InvariantCulture)})",
            (long micros, { } t) when t == Formats.Iceberg.IcebergType.Timestamp => $"make_timestamp({Literal(micros)})",
            (long micros, { } t) when t == Formats.Iceberg.IcebergType.TimestampTz => $"make_timestamptz({Literal(micros)})",
            (long nanos, { } t) when t == Formats.Iceberg.IcebergType.TimestampNs => $"make_timestamp_ns({Literal(nanos)})",
            (long micros, { } t) when t == Formats.Iceberg.IcebergType.Time => $"(TIME '00:00:00' + to_microseconds({Literal(micros)}))",
            (int or long, _) => Convert.ToInt64(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
            (float or double or Int128, _) => Literal(Formats.Iceberg.ValueText.Of(type, value)),
            (string s, _) => Literal(s),
            (Guid g, _) => Literal(g.ToString("D")),
            (byte[] b, _) => $"from_hex({Literal(Convert.ToHexString(b))})",
            _ => throw new ArgumentException($"A {value.GetType().Name} is no value of type {type}.", nameof(value)),
        };
        return $"CAST({text} AS {sqlType})";
    }
}
