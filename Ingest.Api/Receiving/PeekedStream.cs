using System.Buffers;

namespace LakeAspire.Ingest.Receiving;

/// <summary>Content whose beginning can be looked at before it is read.</summary>
internal sealed class PeekedStream : Stream
{
    readonly Stream inner;
    readonly byte[] window;
    readonly int length;
    int given;

    PeekedStream(Stream inner, byte[] window, int length, bool isWhole)
    {
        this.inner = inner;
        this.window = window;
        this.length = length;
        IsWhole = isWhole;
    }

    /// <summary>The beginning.</summary>
    public ReadOnlySpan<byte> Beginning => window.AsSpan(0, length);

    /// <summary>Whether the beginning is all.</summary>
    public bool IsWhole { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public static async Task<PeekedStream> OpenAsync(Stream inner, int size, CancellationToken cancellationToken)
    {
        var window = ArrayPool<byte>.Shared.Rent(size);
        var length = await inner.ReadAtLeastAsync(window.AsMemory(0, size), size, throwOnEndOfStream: false, cancellationToken);
        return new PeekedStream(inner, window, length, length < size);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (given == length)
        {
            return IsWhole ? 0 : await inner.ReadAsync(buffer, cancellationToken);
        }

        var count = Math.Min(buffer.Length, length - given);
        window.AsMemory(given, count).CopyTo(buffer);
        given += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        ArrayPool<byte>.Shared.Return(window);
        base.Dispose(disposing);
    }
}
