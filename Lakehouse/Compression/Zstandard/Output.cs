namespace Lakehouse.Compression;

/// <summary>Unpacked data, which later data copies from.</summary>
internal sealed class Output(int maxLength)
{
    private byte[] data = [];

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>Where the frame began: nothing before it may be copied.</summary>
    public int FrameStart { get; set; }

    public ReadOnlySpan<byte> Since(int start) => data.AsSpan(start..Length);

    public byte[] ToArray() => data.AsSpan(0, Length).ToArray();

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Grow(bytes.Length));
        Length += bytes.Length;
    }

    public void Fill(byte value, int count)
    {
        Grow(count)[..count].Fill(value);
        Length += count;
    }

    public void Copy(long offset, int count)
    {
        if (offset < 1 || offset > Length - FrameStart)
        {
            throw new InvalidDataException("Zstandard: a match lies before the data");
        }

        var target = Grow(count);
        var from = Length - (int)offset;
        if (offset >= count)
        {
            data.AsSpan(from, count).CopyTo(target);
        }
        else
        {
            // The match overlaps what it writes: it repeats the last bytes.
            for (var i = 0; i < count; i++)
            {
                data[Length + i] = data[from + i];
            }
        }

        Length += count;
    }

    private Span<byte> Grow(int count)
    {
        if (count > maxLength - Length)
        {
            throw new InvalidDataException($"Zstandard: the data is longer than {maxLength} bytes");
        }

        if (Length + count > data.Length)
        {
            Array.Resize(ref data, (int)Math.Min(maxLength, Math.Max(Length + count, Math.Max(4096, data.Length * 2L))));
        }

        return data.AsSpan(Length);
    }
}
