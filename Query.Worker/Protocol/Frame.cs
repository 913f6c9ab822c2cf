using System.Buffers;
using System.Buffers.Binary;

namespace LakeAspire.Query.Worker.Protocol;

/// <summary>What a frame between the API and a worker holds. A frame is one byte of kind, four bytes of length (little endian), and that many bytes.</summary>
internal enum FrameKind : byte
{
    /// <summary>API → worker: a message of <see cref="Lakehouse.Engine.Scans.RelationInputs"/>, for the query that comes next.</summary>
    Input = (byte)'I',

    /// <summary>API → worker: a <see cref="QueryOrder"/>; one at a time.</summary>
    Query = (byte)'Q',

    /// <summary>API → worker: a <see cref="PlanOrder"/>; answered by <see cref="Finished"/> with the plan, or <see cref="Failed"/>.</summary>
    Plan = (byte)'P',

    /// <summary>API → worker: stop the query.</summary>
    Cancel = (byte)'X',

    /// <summary>Worker → API: started, DuckDB's library is loaded.</summary>
    Ready = (byte)'R',

    /// <summary>Worker → API: bytes of the result in the format that was asked for.</summary>
    Data = (byte)'D',

    /// <summary>Worker → API: the end of a result, a <see cref="QuerySummary"/>.</summary>
    Finished = (byte)'F',

    /// <summary>Worker → API: the end of a query that failed, a <see cref="QueryFailure"/>.</summary>
    Failed = (byte)'E',
}

/// <summary>Writes and reads frames on a pipe. A full pipe blocks the writer: that is how a slow caller slows the query down.</summary>
internal static class Frame
{
    public const int HeaderSize = 5;

    /// <summary>No frame is longer: what claims to be is no frame.</summary>
    public const int MaxLength = 64 << 20;

    public static void WriteHeader(Span<byte> header, FrameKind kind, int length)
    {
        header[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(header[1..], length);
    }

    public static async Task WriteAsync(Stream stream, FrameKind kind, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var frame = ArrayPool<byte>.Shared.Rent(HeaderSize + payload.Length);
        try
        {
            WriteHeader(frame, kind, payload.Length);
            payload.CopyTo(frame.AsMemory(HeaderSize));
            await stream.WriteAsync(frame.AsMemory(0, HeaderSize + payload.Length), cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    /// <summary>The next frame; null at the end of the stream, also when it ends within a frame.</summary>
    public static async Task<(FrameKind Kind, byte[] Payload)?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderSize];
        if (await stream.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, cancellationToken) < HeaderSize)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(1));
        if (length is < 0 or > MaxLength)
        {
            throw new InvalidDataException($"A frame claims {length} bytes.");
        }

        var payload = new byte[length];
        return await stream.ReadAtLeastAsync(payload, length, throwOnEndOfStream: false, cancellationToken) < length ? null : ((FrameKind)header[0], payload);
    }
}
