namespace Lakehouse.Storage.Remote;

/// <summary>
/// A range of an object as a stream that is read ahead in pieces, several at once. All pieces are of one version of the object. A small object is one piece, which is there when the stream is opened.
/// </summary>
/// <param name="first">The first piece.</param>
/// <param name="start">Offset of the first piece in the object.</param>
/// <param name="end">Offset behind the last byte of the range.</param>
/// <param name="read">Reads a piece by offset and length.</param>
internal sealed class RemoteReadStream(RemoteChunk first, long start, long end, Func<long, int, CancellationToken, Task<RemoteChunk>> read) : Stream
{
    public const int ChunkBytes = 4 << 20;
    const int Ahead = 4;

    readonly CancellationTokenSource closing = new();
    readonly Queue<Task<RemoteChunk>> coming = new();
    RemoteChunk? current = first;
    int position;
    long returned;
    long asked = start + first.Bytes.Length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => end - start;

    public override long Position { get => returned; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(closing.IsCancellationRequested, this);
            cancellationToken.ThrowIfCancellationRequested();
            while (asked < end && coming.Count < Ahead)
            {
                var length = (int)Math.Min(ChunkBytes, end - asked);
                coming.Enqueue(read(asked, length, closing.Token));
                asked += length;
            }

            var taken = Take(buffer.Span);
            if (taken > 0 || buffer.Length == 0 || coming.Count == 0)
            {
                return taken;
            }

            // Taken from the queue only when it is there, so that a cancelled wait loses nothing.
            var next = await coming.Peek().WaitAsync(cancellationToken);
            _ = coming.Dequeue();
            current?.Dispose();
            (current, position) = (next, 0);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Blocks when the next piece is not there yet: for the few readers that know no other way.</summary>
    public override int Read(byte[] buffer, int offset, int count) => Task.Run(() => ReadAsync(buffer, offset, count, CancellationToken.None)).GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !closing.IsCancellationRequested)
        {
            closing.Cancel();
            current?.Dispose();
            foreach (var piece in coming)
            {
                _ = ReturnAsync(piece);
            }
        }

        base.Dispose(disposing);
    }

    int Take(Span<byte> buffer)
    {
        if (current is null)
        {
            return 0;
        }

        var count = Math.Min(buffer.Length, current.Bytes.Length - position);
        current.Bytes.Span.Slice(position, count).CopyTo(buffer);
        position += count;
        returned += count;
        return count;
    }

    /// <summary>A piece that nobody waits for any more, once it came or failed.</summary>
    static async Task ReturnAsync(Task<RemoteChunk> piece)
    {
        try
        {
            (await piece).Dispose();
        }
        catch (Exception e) when (e is OperationCanceledException or Formats.LakehouseException)
        {
            // The stream is closed: there is nobody to tell.
        }
    }
}
