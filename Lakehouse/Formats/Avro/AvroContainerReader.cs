using System.Text;

namespace Lakehouse.Formats.Avro;

/// <summary>Reads an Avro container file block by block.</summary>
internal sealed class AvroContainerReader
{
    private const int MaxMetadataEntries = 10_000;

    private readonly AvroInput input;
    private readonly string what;
    private readonly byte[] sync;
    private readonly AvroCodec codec;
    private byte[] block = [];
    private byte[] unpacked = [];

    private AvroContainerReader(AvroInput input, string what, Dictionary<string, byte[]> metadata, AvroType schema, AvroCodec codec, byte[] sync)
    {
        this.input = input;
        this.what = what;
        this.sync = sync;
        this.codec = codec;
        Metadata = metadata;
        Schema = schema;
    }

    public IReadOnlyDictionary<string, byte[]> Metadata { get; }

    public AvroType Schema { get; }

    /// <summary>Bytes of the file read so far.</summary>
    public long Position => input.Position;

    /// <summary>Reads the head of a file.</summary>
    /// <param name="stream">The file; not closed.</param>
    /// <param name="what">Name of the file in messages.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<AvroContainerReader> OpenAsync(Stream stream, string what, CancellationToken cancellationToken)
    {
        var input = new AvroInput(stream, what);
        var magic = await input.ReadAsync(new byte[4], 4, cancellationToken).ConfigureAwait(false);
        if (!magic.AsSpan().SequenceEqual(AvroContainer.Magic))
        {
            throw LakehouseException.InvalidData($"{what}: not an Avro file");
        }

        var metadata = await ReadMetadataAsync(input, what, cancellationToken).ConfigureAwait(false);
        var sync = await input.ReadAsync(new byte[AvroContainer.SyncLength], AvroContainer.SyncLength, cancellationToken).ConfigureAwait(false);
        if (!metadata.TryGetValue(AvroContainer.SchemaKey, out var schema))
        {
            throw LakehouseException.InvalidData($"{what}: Avro: {AvroContainer.SchemaKey} is missing");
        }

        var codec = metadata.TryGetValue(AvroContainer.CodecKey, out var name) ? Encoding.UTF8.GetString(name) : "null";
        return new AvroContainerReader(input, what, metadata, AvroSchemaParser.Parse(schema, what), AvroBlocks.CodecOf(codec, what), sync);
    }

    /// <summary>The next block: how many objects, and their bytes, valid until the next call. Null at the end of the file.</summary>
    public async ValueTask<(int Count, ReadOnlyMemory<byte> Data)?> NextBlockAsync(CancellationToken cancellationToken)
    {
        if (await input.IsAtEndAsync(cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var count = await input.ReadLongAsync(cancellationToken).ConfigureAwait(false);
        var length = await input.ReadLongAsync(cancellationToken).ConfigureAwait(false);
        if (count < 0 || length < 0 || length > AvroContainer.MaxBlockLength)
        {
            throw LakehouseException.InvalidData($"{what}: Avro: a block of {count} objects in {length} bytes is out of range");
        }

        block = await input.ReadAsync(block, (int)length, cancellationToken).ConfigureAwait(false);
        var marker = await input.ReadAsync(new byte[AvroContainer.SyncLength], AvroContainer.SyncLength, cancellationToken).ConfigureAwait(false);
        if (!marker.AsSpan().SequenceEqual(sync))
        {
            throw LakehouseException.InvalidData($"{what}: Avro: a block does not end in the file's sync marker");
        }

        var data = AvroBlocks.Unpack(codec, block.AsMemory(0, (int)length), ref unpacked, what);
        if (count > data.Length / Math.Max(1, Schema.LeastSize))
        {
            throw LakehouseException.InvalidData($"{what}: Avro: a block claims {count} objects in {data.Length} bytes");
        }

        return ((int)count, data);
    }

    private static async Task<Dictionary<string, byte[]>> ReadMetadataAsync(AvroInput input, string what, CancellationToken cancellationToken)
    {
        var metadata = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        while (true)
        {
            var count = await input.ReadLongAsync(cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                return metadata;
            }

            if (count < 0)
            {
                await input.ReadLongAsync(cancellationToken).ConfigureAwait(false);
                count = count == long.MinValue ? long.MaxValue : -count;
            }

            if (count > MaxMetadataEntries - metadata.Count)
            {
                throw LakehouseException.InvalidData($"{what}: Avro: the file's metadata has {count} entries");
            }

            for (var i = 0; i < count; i++)
            {
                var key = Encoding.UTF8.GetString(await input.ReadBytesAsync(AvroContainer.MaxMetadataLength, cancellationToken).ConfigureAwait(false));
                metadata[key] = await input.ReadBytesAsync(AvroContainer.MaxMetadataLength, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
