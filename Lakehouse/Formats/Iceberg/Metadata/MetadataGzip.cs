using System.IO.Compression;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Metadata files that writers packed with gzip.</summary>
internal static class MetadataGzip
{
    /// <summary>Longest metadata file that is read, unpacked.</summary>
    public const int MaxBytes = 512 * 1024 * 1024;

    /// <summary>The text of a file: unpacked when its first bytes say gzip, else as it is.</summary>
    public static ReadOnlyMemory<byte> Unpack(ReadOnlyMemory<byte> file, string what)
    {
        if (file.Span is not [0x1f, 0x8b, ..])
        {
            return file;
        }

        using var plain = new MemoryStream();
        try
        {
            using var gzip = new GZipStream(new MemoryStream(file.ToArray(), writable: false), CompressionMode.Decompress);
            var buffer = new byte[64 * 1024];
            int read;
            while ((read = gzip.Read(buffer)) > 0)
            {
                CheckLength(plain.Length + read, what);
                plain.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException error)
        {
            throw LakehouseException.InvalidData($"{what}: not a whole gzip file: {error.Message}", error);
        }

        return plain.GetBuffer().AsMemory(0, (int)plain.Length);
    }

    public static byte[] Pack(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(text);
        }

        return packed.ToArray();
    }

    public static void CheckLength(long length, string what)
    {
        if (length > MaxBytes)
        {
            throw LakehouseException.InvalidData($"{what}: longer than {MaxBytes} bytes");
        }
    }
}
