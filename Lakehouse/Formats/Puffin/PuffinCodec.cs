namespace Lakehouse.Formats.Puffin;

/// <summary>Unpacks blobs (Puffin specification, "Compression codecs").</summary>
internal static class PuffinCodec
{
    public static byte[] Unpack(PuffinBlob blob, byte[] bytes, string what) => blob.CompressionCodec switch
    {
        null => bytes,
        var other => throw LakehouseException.Unsupported($"{what}: Puffin compression codec \"{other}\" is not supported"),
    };
}
