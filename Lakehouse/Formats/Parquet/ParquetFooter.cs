using System.Buffers.Binary;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Parquet;

/// <summary>The schema and the number of rows of a Parquet file, from its footer, without the engine: a few kilobytes are read, wherever the file lies.</summary>
/// <param name="Schema">The file as a group of its columns.</param>
/// <param name="Rows">Number of rows.</param>
public sealed record ParquetFooter(ParquetNode Schema, long Rows)
{
    // The file ends with the footer, its length (4 bytes, little-endian), and the magic.
    internal const int Tail = 8;
    private const int FirstRead = 16 * 1024;
    private const int SchemaRead = 256 * 1024;

    /// <summary>Reads the footer of a file.</summary>
    /// <param name="store">Where the file lies.</param>
    /// <param name="location">Its location.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">InvalidData: it is no Parquet file, or damaged. Unsupported: its footer is encrypted. NotFound.</exception>
    public static async Task<ParquetFooter> ReadAsync(IObjectStore store, string location, long size, CancellationToken cancellationToken = default)
    {
        if (size < Tail + 4)
        {
            throw Wrong(location, $"{size} bytes are too few for a Parquet file");
        }

        var end = await ObjectBytes.ReadAsync(store, location, Math.Max(0, size - FirstRead), Math.Min(size, FirstRead), "Parquet footer", cancellationToken).ConfigureAwait(false);
        var length = LengthOf(end, size, location);
        if (length + Tail <= end.Length)
        {
            return Read(end.AsSpan()[(end.Length - Tail - length)..^Tail], location) ?? throw Wrong(location, "its footer is cut off");
        }

        // The schema stands first; statistics of row groups, which may be many, come after it.
        var start = size - Tail - length;
        var first = await ObjectBytes.ReadAsync(store, location, start, Math.Min(length, SchemaRead), "Parquet footer", cancellationToken).ConfigureAwait(false);
        return Read(first, location)
            ?? Read(await ObjectBytes.ReadAsync(store, location, start, length, "Parquet footer", cancellationToken).ConfigureAwait(false), location)
            ?? throw Wrong(location, "its footer is cut off");
    }

    /// <summary>Reads schema and rows from the bytes of a footer; null when these end before both are read.</summary>
    internal static ParquetFooter? Read(ReadOnlySpan<byte> footer, string location)
    {
        try
        {
            return ParquetSchemaReader.Read(footer);
        }
        catch (LakehouseException error) when (error.Kind == LakehouseErrorKind.InvalidData)
        {
            throw Wrong(location, error.Message);
        }
    }

    /// <summary>The length of the footer, by the last bytes of a file.</summary>
    internal static int LengthOf(ReadOnlySpan<byte> end, long size, string location)
    {
        var magic = end[^4..];
        if (magic.SequenceEqual("PARE"u8))
        {
            throw LakehouseException.Unsupported($"{location}: a Parquet file with an encrypted footer is not supported");
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(end[^Tail..]);
        return magic.SequenceEqual("PAR1"u8) && length > 0 && length <= size - Tail - 4 ? length : throw Wrong(location, "it does not end as a Parquet file does");
    }

    internal static LakehouseException Wrong(string location, string reason) => LakehouseException.InvalidData($"{location}: {reason}");
}
