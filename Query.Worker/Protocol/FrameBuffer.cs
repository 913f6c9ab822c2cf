using System.Buffers;

namespace LakeAspire.Query.Worker.Protocol;

/// <summary>Collects bytes of a result and sends them as Data frames of about 64 KiB. One buffer is used over and over.</summary>
internal sealed class FrameBuffer(Stream output) : IBufferWriter<byte>
{
    const int SendAt = 64 << 10;
    byte[] buffer = new byte[SendAt + (8 << 10)];
    int length = Frame.HeaderSize;

    /// <summary>Bytes of the result so far.</summary>
    public long Total { get; private set; }

    /// <summary>Whether enough is collected to be sent.</summary>
    public bool IsFull => length >= SendAt;

    public void Advance(int count)
    {
        length += count;
        Total += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return buffer.AsMemory(length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return buffer.AsSpan(length);
    }

    /// <summary>Sends what is collected. Blocks while the pipe is full.</summary>
    public async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (length > Frame.HeaderSize)
        {
            Frame.WriteHeader(buffer, FrameKind.Data, length - Frame.HeaderSize);
            await output.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
            length = Frame.HeaderSize;
        }
    }

    void Reserve(int sizeHint)
    {
        var needed = length + Math.Max(sizeHint, 256);
        if (needed > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(needed, buffer.Length * 2));
        }
    }
}
