using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace LakeAspire.Hosting.Dashboard;

/// <summary>Length-prefixed messages: a byte that is 1 if the message is compressed, its length as 4 bytes big-endian, the message.</summary>
internal static class GrpcFrames
{
    const int PrefixLength = 5;
    const int LongestMessage = 4 << 20;

    public static void Write(PipeWriter writer, IMessage message)
    {
        var prefix = writer.GetSpan(PrefixLength);
        prefix[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(prefix[1..], (uint)message.CalculateSize());
        writer.Advance(PrefixLength);
        message.WriteTo(writer);
    }

    public static async Task<T> ReadAsync<T>(PipeReader reader, CancellationToken cancellationToken) where T : class, IMessage<T>, new()
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (TryParse<T>(read.Buffer) is { } message)
            {
                reader.AdvanceTo(read.Buffer.End);
                return message;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                throw new RpcException(GrpcStatus.Internal, "the request message is incomplete");
            }
        }
    }

    static T? TryParse<T>(ReadOnlySequence<byte> buffer) where T : class, IMessage<T>, new()
    {
        if (buffer.Length < PrefixLength)
        {
            return null;
        }

        Span<byte> prefix = stackalloc byte[PrefixLength];
        buffer.Slice(0, PrefixLength).CopyTo(prefix);
        if (prefix[0] != 0)
        {
            throw new RpcException(GrpcStatus.Unimplemented, "compressed messages are not supported");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > LongestMessage)
        {
            throw new RpcException(GrpcStatus.ResourceExhausted, $"the message has {length} bytes; {LongestMessage} are allowed");
        }

        return buffer.Length < PrefixLength + length ? null : new MessageParser<T>(() => new T()).ParseFrom(buffer.Slice(PrefixLength, length));
    }
}
