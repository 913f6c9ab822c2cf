using System.Buffers.Binary;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Puffin;

/// <summary>
/// Reads Puffin files (Puffin specification): magic <c>PFA1</c>, the blobs, and the footer: magic, payload, length of the payload (4 bytes, little-endian), flags (4 bytes), magic.
/// </summary>
public static class PuffinReader
{
    internal const int TailLength = 12;

    internal static ReadOnlySpan<byte> Magic => "PFA1"u8;

    /// <summary>Reads the footer of a file.</summary>
    /// <exception cref="LakehouseException">InvalidData: no whole Puffin file; Unsupported: the footer is compressed; NotFound.</exception>
    public static async Task<PuffinFooter> ReadFooterAsync(IObjectStore store, string location, CancellationToken cancellationToken = default)
    {
        var file = await store.StatAsync(location, cancellationToken).ConfigureAwait(false) ?? throw new LakehouseException(LakehouseErrorKind.NotFound, $"{location} does not exist");
        if (file.Size < TailLength + 8)
        {
            throw Wrong(location, $"{file.Size} bytes are too few");
        }

        var head = await ObjectBytes.ReadAsync(store, location, 0, 4, "the head", cancellationToken).ConfigureAwait(false);
        CheckMagic(head, location, "begin");
        var tail = await ObjectBytes.ReadAsync(store, location, file.Size - TailLength, TailLength, "the tail", cancellationToken).ConfigureAwait(false);
        var length = PayloadLength(tail, file.Size, location);
        var payload = await ObjectBytes.ReadAsync(store, location, file.Size - TailLength - length - 4, length + 4, "the footer", cancellationToken).ConfigureAwait(false);
        return Footer(payload, file.Size, location);
    }

    /// <summary>Reads the footer of a file in memory.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="what">Its name in messages.</param>
    /// <exception cref="LakehouseException">InvalidData: no whole Puffin file; Unsupported: the footer is compressed.</exception>
    public static PuffinFooter ReadFooter(ReadOnlyMemory<byte> file, string what)
    {
        if (file.Length < TailLength + 8)
        {
            throw Wrong(what, $"{file.Length} bytes are too few");
        }

        CheckMagic(file.Span[..4], what, "begin");
        var length = PayloadLength(file.Span[^TailLength..], file.Length, what);
        return Footer(file[(file.Length - TailLength - length - 4)..^TailLength], file.Length, what);
    }

    /// <summary>Reads a blob and unpacks it.</summary>
    /// <exception cref="LakehouseException">InvalidData: the blob is cut off or damaged; Unsupported: its codec.</exception>
    public static async Task<byte[]> ReadBlobAsync(IObjectStore store, string location, PuffinBlob blob, CancellationToken cancellationToken = default)
    {
        var what = $"Puffin blob {blob.Type}";
        return PuffinCodec.Unpack(blob, await ObjectBytes.ReadAsync(store, location, blob.Offset, blob.Length, what, cancellationToken).ConfigureAwait(false), location);
    }

    private static int PayloadLength(ReadOnlySpan<byte> tail, long size, string what)
    {
        CheckMagic(tail[8..], what, "end");
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(tail[4..]);
        if (length < 0 || length > size - TailLength - 8)
        {
            throw Wrong(what, $"a footer of {length} bytes in {size} is out of range");
        }

        return flags switch
        {
            0 => length,
            1 => throw LakehouseException.Unsupported($"{what}: a Puffin footer compressed with lz4 is not supported"),
            _ => throw LakehouseException.Unsupported($"{what}: Puffin flags {flags:x8} are not supported"),
        };
    }

    private static PuffinFooter Footer(ReadOnlyMemory<byte> payload, long size, string what)
    {
        CheckMagic(payload.Span[..4], what, "begin its footer");
        var footer = PuffinFooterJson.Read(payload[4..], $"{what}: Puffin footer");
        var end = size - TailLength - payload.Length;
        foreach (var blob in footer.Blobs)
        {
            if (blob.Offset < 4 || blob.Length < 0 || blob.Offset > end || blob.Length > end - blob.Offset)
            {
                throw Wrong(what, $"a blob of {blob.Length} bytes at {blob.Offset} is out of range");
            }
        }

        return footer;
    }

    private static void CheckMagic(ReadOnlySpan<byte> bytes, string what, string place)
    {
        if (!bytes.SequenceEqual(Magic))
        {
            throw Wrong(what, $"it does not {place} with the magic PFA1");
        }
    }

    private static LakehouseException Wrong(string what, string reason) => LakehouseException.InvalidData($"{what}: not a Puffin file: {reason}");
}
