using System.IO.Compression;
using System.Security.Cryptography;

namespace LakeAspire.Ingest.Receiving;

/// <summary>
/// What gzip decompresses to, all of it or an error. The framework's stream takes the end of its input for the end of the content, wherever it comes; so a mark of our own is appended to the
/// input, compressed: only behind complete content does it come out again.
/// </summary>
internal sealed class GzipBody : ForwardStream
{
    const int MarkLength = 16;
    static readonly byte[] Mark = RandomNumberGenerator.GetBytes(MarkLength);
    static readonly byte[] CompressedMark = Compress(Mark);
    readonly GZipStream inner;
    readonly byte[] held = new byte[MarkLength];
    byte[] buffer = new byte[64 * 1024];
    int heldLength;
    int start;
    int end;
    bool ended;

    public GzipBody(Stream compressed) => inner = new GZipStream(new Followed(compressed, CompressedMark), CompressionMode.Decompress);

    public override async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken = default)
    {
        while (start == end && !ended && target.Length > 0)
        {
            await FillAsync(cancellationToken);
        }

        var count = Math.Min(target.Length, end - start);
        buffer.AsMemory(start, count).CopyTo(target);
        start += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The last bytes so far are held back: they may be the mark.</summary>
    async Task FillAsync(CancellationToken cancellationToken)
    {
        held.AsSpan(0, heldLength).CopyTo(buffer);
        var read = await inner.ReadAsync(buffer.AsMemory(heldLength), cancellationToken);
        var length = heldLength + read;
        if (read == 0)
        {
            ended = true;
            (start, end) = (0, 0);
            if (!held.AsSpan(0, heldLength).SequenceEqual(Mark))
            {
                throw new InvalidDataException("it ends too early, or something follows it");
            }

            return;
        }

        heldLength = Math.Min(MarkLength, length);
        buffer.AsSpan(length - heldLength, heldLength).CopyTo(held);
        (start, end) = (0, length - heldLength);
    }

    static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.NoCompression))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    /// <summary>A stream, and some bytes behind it.</summary>
    sealed class Followed(Stream first, byte[] last) : ForwardStream
    {
        int given = -1;

        public override async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken = default)
        {
            if (given < 0)
            {
                var read = await first.ReadAsync(target, cancellationToken);
                if (read > 0 || target.Length == 0)
                {
                    return read;
                }

                given = 0;
            }

            var count = Math.Min(target.Length, last.Length - given);
            last.AsMemory(given, count).CopyTo(target);
            given += count;
            return count;
        }
    }
}
