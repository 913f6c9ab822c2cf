using System.Buffers;

namespace LakeAspire.Ingest.Receiving;

/// <summary>Content whose beginning can be looked at before it is read.</summary>
internal sealed class PeekedStream : ForwardStream
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

    protected override void Dispose(bool disposing)
    {
        ArrayPool<byte>.Shared.Return(window);
        base.Dispose(disposing);
    }
}
