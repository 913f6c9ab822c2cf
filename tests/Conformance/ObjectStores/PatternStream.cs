using System.Security.Cryptography;

namespace LakeAspire.Conformance.ObjectStores;

/// <summary>Content that is computed while it is read, so that big objects need no memory; can do something in the middle.</summary>
public sealed class PatternStream(long size, long at = long.MaxValue, Action? then = null) : Stream
{
    long position;
    bool acted;

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => false;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position { get => position; set => throw new NotSupportedException(); }

    /// <summary>SHA-256 of such content.</summary>
    public static async Task<string> HashAsync(long size, CancellationToken cancellationToken)
    {
        await using var content = new PatternStream(size);
        return Convert.ToHexString(await SHA256.HashDataAsync(content, cancellationToken));
    }

    /// <inheritdoc />
    public override int Read(Span<byte> buffer)
    {
        if (position >= at && !acted)
        {
            acted = true;
            then?.Invoke();
        }

        var count = (int)Math.Min(buffer.Length, size - position);
        for (var i = 0; i < count; i++)
        {
            var p = position + i;
            buffer[i] = (byte)(p ^ (p >> 13));
        }

        position += count;
        return count;
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc />
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

    /// <inheritdoc />
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
