namespace Lakehouse.Formats.Avro;

/// <summary>Reads a stream through a buffer. Memory grows with what the stream really gives, never with what a length field claims.</summary>
internal sealed class AvroInput(Stream stream, string what)
{
    private const int ChunkLength = 64 * 1024;

    private readonly byte[] buffer = new byte[ChunkLength];
    private int start;
    private int end;

    /// <summary>Bytes taken so far.</summary>
    public long Position { get; private set; }

    public async ValueTask<bool> IsAtEndAsync(CancellationToken cancellationToken)
    {
        if (start < end)
        {
            return false;
        }

        start = 0;
        end = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return end == 0;
    }

    public async ValueTask<long> ReadLongAsync(CancellationToken cancellationToken)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (await IsAtEndAsync(cancellationToken).ConfigureAwait(false))
            {
                throw Truncated();
            }

            var next = buffer[start++];
            Position++;
            value |= (ulong)(next & 0x7f) << shift;
            if ((next & 0x80) == 0)
            {
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        throw LakehouseException.InvalidData($"{what}: Avro: a number is longer than 10 bytes");
    }

    /// <summary>Reads that many bytes into <paramref name="target"/>, which is replaced by a longer array when it is too short.</summary>
    public async ValueTask<byte[]> ReadAsync(byte[] target, int length, CancellationToken cancellationToken)
    {
        var taken = 0;
        while (taken < length)
        {
            if (await IsAtEndAsync(cancellationToken).ConfigureAwait(false))
            {
                throw Truncated();
            }

            var count = Math.Min(end - start, length - taken);
            if (taken + count > target.Length)
            {
                Array.Resize(ref target, (int)Math.Min(length, Math.Max((long)taken + count, target.Length * 2L)));
            }

            buffer.AsSpan(start, count).CopyTo(target.AsSpan(taken));
            start += count;
            taken += count;
            Position += count;
        }

        return target;
    }

    public async ValueTask<byte[]> ReadBytesAsync(int maxLength, CancellationToken cancellationToken)
    {
        var length = await ReadLongAsync(cancellationToken).ConfigureAwait(false);
        if (length < 0 || length > maxLength)
        {
            throw LakehouseException.InvalidData($"{what}: Avro: a length of {length} bytes is out of range");
        }

        var bytes = await ReadAsync([], (int)length, cancellationToken).ConfigureAwait(false);
        return bytes.Length == length ? bytes : bytes[..(int)length];
    }

    public LakehouseException Truncated() => LakehouseException.InvalidData($"{what}: the file is truncated at byte {Position}");
}
