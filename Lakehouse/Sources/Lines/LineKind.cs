namespace Lakehouse.Sources.Lines;

/// <summary>What a line of NDJSON is.</summary>
public enum LineKind
{
    /// <summary>Nothing but white space. It counts as a line, and is no event.</summary>
    Blank,

    /// <summary>A JSON object: an event.</summary>
    Object,

    /// <summary>JSON, but no object.</summary>
    NotAnObject,

    /// <summary>No JSON (RFC 8259), not UTF-8, or nested deeper than <see cref="JsonLineScanner.MaxDepth"/>.</summary>
    Malformed,
}

/// <summary>What a scan of a line found.</summary>
/// <param name="Kind">What the line is.</param>
/// <param name="End">Where it ends: at its line feed, or at the end of the buffer.</param>
/// <param name="StoppedAt">Where the scan stopped; of a malformed line, the first byte that doesn't fit.</param>
/// <param name="IsAmbiguous">Whether a wanted field may stand in the object twice, or under a name with escapes. Then the values found may not be those that a JSON parser takes.</param>
public readonly record struct LineScan(LineKind Kind, int End, int StoppedAt, bool IsAmbiguous);
