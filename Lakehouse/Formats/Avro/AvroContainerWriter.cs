using System.Text;

namespace Lakehouse.Formats.Avro;

/// <summary>Writes an Avro container file into memory.</summary>
internal sealed class AvroContainerWriter
{
    private const int BlockLength = 64 * 1024;

    private readonly MemoryStream file = new();
    private readonly AvroWriter head = new();
    private readonly byte[] sync = new byte[AvroContainer.SyncLength];
    private readonly AvroCodec codec;
    private int count;

    public AvroContainerWriter(string schemaJson, IEnumerable<KeyValuePair<string, string>> metadata, AvroCodec codec)
    {
        this.codec = codec;
        System.Security.Cryptography.RandomNumberGenerator.Fill(sync);
        var entries = new List<KeyValuePair<string, string>>(metadata)
        {
            new(AvroContainer.SchemaKey, schemaJson),
            new(AvroContainer.CodecKey, AvroBlocks.NameOf(codec)),
        };
        head.WriteFixed(AvroContainer.Magic);
        head.WriteLong(entries.Count);
        foreach (var (key, value) in entries)
        {
            head.WriteString(key);
            head.WriteBytes(Encoding.UTF8.GetBytes(value));
        }

        head.WriteLong(0);
        head.WriteFixed(sync);
        file.Write(head.Written.Span);
        head.Clear();
    }

    /// <summary>Where the next object goes; <see cref="EndObject"/> closes it.</summary>
    public AvroWriter Body { get; } = new();

    /// <summary>Bytes so far, unwritten ones uncompressed.</summary>
    public long Length => file.Length + Body.Length;

    public void EndObject()
    {
        count++;
        if (Body.Length >= BlockLength)
        {
            Flush();
        }
    }

    public byte[] Finish()
    {
        Flush();
        return file.ToArray();
    }

    private void Flush()
    {
        if (count == 0)
        {
            return;
        }

        var data = AvroBlocks.Pack(codec, Body.Written);
        head.WriteLong(count);
        head.WriteLong(data.Length);
        file.Write(head.Written.Span);
        file.Write(data.Span);
        file.Write(sync);
        head.Clear();
        Body.Clear();
        count = 0;
    }
}
