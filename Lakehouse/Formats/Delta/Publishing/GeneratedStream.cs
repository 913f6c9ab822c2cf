namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>A stream of pieces that are made while it is read, so that an object is written without being held.</summary>
internal sealed class GeneratedStream(IAsyncEnumerable<ReadOnlyMemory<byte>> pieces) : Stream
{
    private readonly IAsyncEnumerator<ReadOnlyMemory<byte>> source = pieces.GetAsyncEnumerator();
    private ReadOnlyMemory<byte> rest;
    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (rest.IsEmpty)
        {
            if (!await source.MoveNextAsync().ConfigureAwait(false))
            {
                return 0;
            }

            rest = source.Current;
        }

        var count = Math.Min(buffer.Length, rest.Length);
        rest[..count].CopyTo(buffer);
        rest = rest[count..];
        position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("This stream is read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await source.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
