using System.Buffers.Binary;
using System.IO.Compression;
using Lakehouse.Compression;
using Lakehouse.Formats.Checksums;

namespace Lakehouse.Formats.Avro;

/// <summary>Packs and unpacks blocks of Avro files (Avro specification, "Required Codecs" and "Optional Codecs").</summary>
internal static class AvroBlocks
{
    // With snappy, a CRC-32 of the data follows it, big-endian.
    private const int SnappyChecksum = 4;

    public static AvroCodec CodecOf(string name, string what) => name switch
    {
        "null" => AvroCodec.Null,
        "deflate" => AvroCodec.Deflate,
        "snappy" => AvroCodec.Snappy,
        "zstandard" => AvroCodec.Zstandard,
        _ => throw LakehouseException.Unsupported($"{what}: Avro codec \"{name}\" is not supported"),
    };

    public static string NameOf(AvroCodec codec) => codec switch
    {
        AvroCodec.Null => "null",
        AvroCodec.Deflate => "deflate",
        AvroCodec.Snappy => "snappy",
        _ => throw LakehouseException.Unsupported($"Avro files are not written with codec {codec}"),
    };

    /// <summary>Unpacks a block.</summary>
    /// <param name="codec">Codec.</param>
    /// <param name="block">The block as it lies in the file.</param>
    /// <param name="buffer">Reused from block to block.</param>
    /// <param name="what">Name of the file in messages.</param>
    public static ReadOnlyMemory<byte> Unpack(AvroCodec codec, ReadOnlyMemory<byte> block, ref byte[] buffer, string what)
    {
        try
        {
            return codec switch
            {
                AvroCodec.Null => block,
                AvroCodec.Deflate => Inflate(block, ref buffer, what),
                AvroCodec.Snappy => UnpackSnappy(block.Span),
                _ => ZstandardDecoder.Decode(block.Span, AvroContainer.MaxBlockLength),
            };
        }
        catch (InvalidDataException error)
        {
            throw LakehouseException.InvalidData($"{what}: Avro: a block can't be unpacked: {error.Message}", error);
        }
    }

    public static ReadOnlyMemory<byte> Pack(AvroCodec codec, ReadOnlyMemory<byte> data)
    {
        switch (codec)
        {
            case AvroCodec.Null:
                return data;
            case AvroCodec.Snappy:
                var snappy = Snappy.Encode(data.Span);
                Array.Resize(ref snappy, snappy.Length + SnappyChecksum);
                BinaryPrimitives.WriteUInt32BigEndian(snappy.AsSpan(snappy.Length - SnappyChecksum), Crc32.Of(data.Span));
                return snappy;
            default:
                using (var packed = new MemoryStream())
                {
                    using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
                    {
                        deflate.Write(data.Span);
                    }

                    return packed.GetBuffer().AsMemory(0, (int)packed.Length);
                }
        }
    }

    private static byte[] UnpackSnappy(ReadOnlySpan<byte> block)
    {
        if (block.Length < SnappyChecksum)
        {
            throw new InvalidDataException("it has no checksum");
        }

        var data = Snappy.Decode(block[..^SnappyChecksum], AvroContainer.MaxBlockLength);
        return Crc32.Of(data) == BinaryPrimitives.ReadUInt32BigEndian(block[^SnappyChecksum..]) ? data : throw new InvalidDataException("its checksum is wrong");
    }

    private static ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> block, ref byte[] buffer, string what)
    {
        var packed = System.Runtime.InteropServices.MemoryMarshal.TryGetArray(block, out var array) ? array : block.ToArray();
        using var deflate = new DeflateStream(new MemoryStream(packed.Array!, packed.Offset, packed.Count, writable: false), CompressionMode.Decompress);
        var taken = 0;
        while (true)
        {
            if (taken == buffer.Length)
            {
                if (taken >= AvroContainer.MaxBlockLength)
                {
                    throw LakehouseException.InvalidData($"{what}: Avro: a block is longer than {AvroContainer.MaxBlockLength} bytes");
                }

                Array.Resize(ref buffer, Math.Max(64 * 1024, Math.Min(AvroContainer.MaxBlockLength, buffer.Length * 2)));
            }

            var read = deflate.Read(buffer, taken, buffer.Length - taken);
            if (read == 0)
            {
                return buffer.AsMemory(0, taken);
            }

            taken += read;
        }
    }
}
