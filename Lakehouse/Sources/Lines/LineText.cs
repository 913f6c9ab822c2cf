namespace Lakehouse.Sources.Lines;

/// <summary>What a file of lines may begin with.</summary>
public static class LineText
{
    /// <summary>The bytes without a UTF-8 byte order mark at their start, which some writers put before the first line.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> text) => text.StartsWith("\uFEFF"u8) ? text[3..] : text;
}
