using System.IO.Compression;
using Lakehouse.Compression;

namespace Lakehouse.Formats.Parquet;

/// <summary>Unpacks pages (Parquet's Compression.md).</summary>
internal static class ParquetCodec
{
    /// <summary>The longest page that is unpacked. Writers make pages of a megabyte or so.</summary>
    public const int MaxLength = 256 * 1024 * 1024;

    private static readonly string[] Names = ["UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"];

    /// <summary>Unpacks a page.</summary>
    /// <param name="codec">Number of the codec ("CompressionCodec").</param>
    /// <param name="packed">The page as it lies in the file.</param>
    /// <param name="length">Bytes that it must have.</param>
    /// <exception cref="LakehouseException">Unsupported: the codec, or a page so long. InvalidData: it does not hold exactly so many bytes.</exception>
    public static byte[] Unpack(int codec, byte[] packed, int length)
    {
        if (length > MaxLength)
        {
            throw LakehouseException.Unsupported($"pages of {length} bytes are not supported; at most {MaxLength} are read");
        }

        try
        {
            var page = codec switch
            {
                0 => packed,
                1 => Snappy.Decode(packed, length),
                2 => Gunzip(packed, length),
                6 => ZstandardDecoder.Decode(packed, length),
                _ => throw LakehouseException.Unsupported($"pages packed with the codec {(codec >= 0 && codec < Names.Length ? Names[codec] : $"number {codec}")} are not supported; UNCOMPRESSED, SNAPPY, GZIP and ZSTD are read"),
            };
            return page.Length == length ? page : throw new InvalidDataException($"it has {page.Length} bytes");
        }
        catch (InvalidDataException error)
        {
            throw LakehouseException.InvalidData($"a page of {length} bytes can't be unpacked: {error.Message}", error);
        }
    }

    private static byte[] Gunzip(byte[] packed, int length)
    {
        const int Step = 64 * 1024;
        using var gzip = new GZipStream(new MemoryStream(packed, writable: false), CompressionMode.Decompress);
        var (page, taken) = (new byte[Math.Min(length, Step)], 0);
        while (taken < length)
        {
            if (taken == page.Length)
            {
                Array.Resize(ref page, (int)Math.Min(length, page.Length * 2L));
            }

            var read = gzip.Read(page, taken, page.Length - taken);
            if (read == 0)
            {
                throw new InvalidDataException($"it has {taken} bytes");
            }

            taken += read;
        }

        return gzip.ReadByte() < 0 ? page : throw new InvalidDataException("it has more");
    }
}
