using Lakehouse.Compression;

namespace Lakehouse.Formats.Puffin;

/// <summary>Unpacks blobs (Puffin specification, "Compression codecs").</summary>
internal static class PuffinCodec
{
    private const int MaxLength = 1024 * 1024 * 1024;

    public static byte[] Unpack(PuffinBlob blob, byte[] bytes, string what)
    {
        switch (blob.CompressionCodec)
        {
            case null:
                return bytes;
            case "zstd":
                try
                {
                    return ZstandardDecoder.Decode(bytes, MaxLength);
                }
                catch (InvalidDataException error)
                {
                    throw LakehouseException.InvalidData($"{what}: Puffin blob {blob.Type} can't be unpacked: {error.Message}", error);
                }

            case var other:
                throw LakehouseException.Unsupported($"{what}: Puffin compression codec \"{other}\" is not supported");
        }
    }
}
