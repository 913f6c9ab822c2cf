using System.Globalization;
using Lakehouse.Formats;

namespace Lakehouse.Tables.Folders;

/// <summary>Which state of a table is meant: at most one of its members is set; none is the newest.</summary>
public sealed record TablePoint
{
    /// <summary>The newest state.</summary>
    public static TablePoint Newest { get; } = new();

    /// <summary>Snapshot id (Iceberg).</summary>
    public long? Snapshot { get; init; }

    /// <summary>Version of the log (Delta), or sequence number of a snapshot (Iceberg).</summary>
    public long? Version { get; init; }

    /// <summary>What was current then.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>Branch or tag (Iceberg).</summary>
    public string? Ref { get; init; }

    /// <summary>Reads a point as people write it in one word: a number is a snapshot id or a version, a date or time is a time, anything else a branch or tag.</summary>
    /// <exception cref="LakehouseException">InvalidData: the text is empty.</exception>
    public static TablePoint Parse(string text, TableFormat format)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw LakehouseException.InvalidData("A point of a table is a snapshot id, a version, a time, or the name of a branch or tag.");
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return format == TableFormat.Iceberg ? new TablePoint { Snapshot = number } : new TablePoint { Version = number };
        }

        return char.IsDigit(text[0]) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? new TablePoint { AsOf = time }
            : new TablePoint { Ref = text };
    }
}

/// <summary>Open table formats.</summary>
public enum TableFormat
{
    /// <summary>Apache Iceberg.</summary>
    Iceberg,

    /// <summary>Delta Lake.</summary>
    Delta,
}
