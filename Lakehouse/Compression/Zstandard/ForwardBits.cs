namespace Lakehouse.Compression;

/// <summary>A stream of bits that is read from its beginning, lowest bit first.</summary>
internal ref struct ForwardBits(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> data = data;
    private int position;

    /// <summary>Bytes of which bits were taken.</summary>
    public readonly int BytesTaken => (position + 7) / 8;

    public readonly int Peek(int count)
    {
        var value = 0;
        for (var i = 0; i < count; i++)
        {
            var at = position + i;
            value |= at < data.Length * 8 && (data[at >> 3] & (1 << (at & 7))) != 0 ? 1 << i : 0;
        }

        return value;
    }

    public int Read(int count)
    {
        var value = Peek(count);
        Skip(count);
        return value;
    }

    public void Skip(int count)
    {
        position += count;
        if (position > data.Length * 8)
        {
            throw new InvalidDataException("Zstandard: a table is truncated");
        }
    }
}
