namespace Lakehouse.Formats.Avro;

/// <summary>
/// Avro object container files (Avro specification, "Object Container Files"): magic, a map of metadata, a sync marker of 16 bytes;
/// then blocks: number of objects, number of bytes, the objects, compressed by the codec, and the sync marker again.
/// </summary>
internal static class AvroContainer
{
    public const string SchemaKey = "avro.schema";
    public const string CodecKey = "avro.codec";
    public const int SyncLength = 16;

    /// <summary>Largest block that is read, unpacked: a guard against hostile files. Writers make blocks of some dozen KB.</summary>
    public const int MaxBlockLength = 128 * 1024 * 1024;

    /// <summary>Largest value of the file's metadata: the JSON of a schema of some hundred thousand columns.</summary>
    public const int MaxMetadataLength = 64 * 1024 * 1024;

    public static ReadOnlySpan<byte> Magic => "Obj\u0001"u8;
}

/// <summary>How the blocks of an Avro file are compressed.</summary>
internal enum AvroCodec
{
    Null,
    Deflate,
    Snappy,
    Zstandard,
}
