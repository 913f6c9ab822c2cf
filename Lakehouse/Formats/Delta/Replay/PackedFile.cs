namespace Lakehouse.Formats.Delta.Replay;

/// <summary>One add or remove, its texts as ranges of the <see cref="PackedFiles.Bytes"/> that it belongs to. Nothing in it is parsed before it is asked for.</summary>
struct PackedFile
{
    public const long None = long.MinValue;

    public Range32 Path;
    public Range32 Partition;
    public Range32 Stats;
    public long Size;
    public long ModificationTime;
    public long BaseRowId;
    public long DefaultRowCommitVersion;

    /// <summary>Number of the deletion vector in <see cref="PackedFiles.Vectors"/>, from 1; 0 without.</summary>
    public int Vector;
    public bool IsRemove;
    public bool DataChange;

    /// <summary>Whether <see cref="Stats"/> still has the escapes of the JSON string that it came from.</summary>
    public bool StatsEscaped;
}

/// <summary>Some bytes of an array; length −1 is null.</summary>
readonly record struct Range32(int Start, int Length)
{
    public static readonly Range32 Null = new(0, -1);

    public bool IsNull => Length < 0;

    public ReadOnlySpan<byte> Of(byte[] bytes) => Length <= 0 ? default : bytes.AsSpan(Start, Length);
}
