using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Positions;
using Lakehouse.Formats.Puffin;

namespace Lakehouse.Formats.Delta;

/// <summary>Reads deletion vectors, inline or from files (PROTOCOL.md, "Deletion Vector Format").</summary>
public static class DeletionVectorReader
{
    const int UuidCharacters = 20;

    // Length before the vector and checksum after it.
    const int Framing = 8;

    /// <summary>The positions that a vector deletes.</summary>
    /// <param name="store">Where its file lies.</param>
    /// <param name="tableLocation">Location of the table.</param>
    /// <param name="vector">The vector.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">NotFound: its file. InvalidData: the vector is broken, or counts other rows than the log says. Unsupported: its storage type.</exception>
    public static async Task<PositionBitmap> ReadAsync(IObjectStore store, string tableLocation, DeletionVectorDescriptor vector, CancellationToken cancellationToken = default)
    {
        var positions = vector.StorageType switch
        {
            "i" => ReadInline(vector),
            "u" or "p" => await ReadFileAsync(store, Locate(tableLocation, vector), vector, cancellationToken),
            _ => throw LakehouseException.Unsupported($"Unsupported: table {tableLocation} has a deletion vector of the storage type \"{vector.StorageType}\"."),
        };
        return positions.Cardinality == vector.Cardinality
            ? positions
            : throw LakehouseException.InvalidData($"The deletion vector {vector.UniqueId} of table {tableLocation} deletes {positions.Cardinality} rows, and the log says {vector.Cardinality}.");
    }

    /// <summary>The location of a vector's file.</summary>
    /// <exception cref="LakehouseException">InvalidData: the name is no UUID in Z85.</exception>
    public static string Locate(string tableLocation, DeletionVectorDescriptor vector)
    {
        if (vector.StorageType == "p")
        {
            return DeltaPath.Locate(tableLocation, vector.PathOrInlineDv);
        }

        var text = vector.PathOrInlineDv;
        if (text.Length < UuidCharacters || Z85.Decode(text.AsSpan(text.Length - UuidCharacters)) is not { } uuid)
        {
            throw LakehouseException.InvalidData($"The deletion vector \"{text}\" of table {tableLocation} is not named by a UUID in Z85.");
        }

        var name = $"deletion_vector_{new Guid(uuid, bigEndian: true):D}.bin";
        var prefix = text[..^UuidCharacters];
        return prefix.Length == 0 ? $"{tableLocation}/{name}" : DeltaPath.Locate(tableLocation, $"{Uri.EscapeDataString(prefix)}/{name}");
    }

    static PositionBitmap ReadInline(DeletionVectorDescriptor vector)
    {
        var bytes = Z85.Decode(vector.PathOrInlineDv);
        return bytes is not null && bytes.Length >= vector.SizeInBytes
            ? DeletionVectorBlob.ReadPayload(bytes.AsSpan(0, vector.SizeInBytes), "an inline deletion vector")
            : throw LakehouseException.InvalidData($"An inline deletion vector is not {vector.SizeInBytes} bytes in Z85.");
    }

    static async Task<PositionBitmap> ReadFileAsync(IObjectStore store, string location, DeletionVectorDescriptor vector, CancellationToken cancellationToken)
    {
        var what = $"{location} at {vector.Offset ?? 0}";
        var file = await store.StatAsync(location, cancellationToken) ?? throw new LakehouseException(LakehouseErrorKind.NotFound, $"The deletion vector {location} does not exist.");
        var length = vector.SizeInBytes + (long)Framing;
        if ((vector.Offset ?? 0) + length > file.Size)
        {
            throw LakehouseException.InvalidData($"{what}: deletion vector: it would end after the file's {file.Size} bytes");
        }

        var bytes = new byte[length];
        var stream = await store.OpenReadAsync(location, new ByteRange(vector.Offset ?? 0, length), cancellationToken);
        await using (stream)
        {
            var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            return DeletionVectorBlob.Read(bytes.AsSpan(0, read), what);
        }
    }
}
