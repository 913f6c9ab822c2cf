using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Table metadata files (specification, Appendix C, "Table Metadata and Snapshots"): v1, v2 and v3, plain or gzip.</summary>
public static class TableMetadataJson
{
    /// <summary>Longest metadata file that is read, unpacked: a guard against hostile gzip files.</summary>
    public const int MaxBytes = MetadataGzip.MaxBytes;

    /// <summary>Reads and checks a metadata file; gzip is recognised by its first bytes.</summary>
    /// <exception cref="LakehouseException">InvalidData names the field and the reason; Unsupported names a newer version or type.</exception>
    public static TableMetadata Parse(ReadOnlyMemory<byte> file) =>
        JsonText.Read(MetadataGzip.Unpack(file, "table metadata"), "table metadata", Read);

    /// <summary>Reads and checks a metadata file from a stream.</summary>
    public static async Task<TableMetadata> ParseAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        using var buffer = new MemoryStream();
        await CopyBoundedAsync(stream, buffer, cancellationToken).ConfigureAwait(false);
        return Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
    }

    /// <summary>Reads and checks metadata that stands within other JSON, for instance an answer of a REST catalog.</summary>
    public static TableMetadata Read(JsonElement json) => TableMetadataReader.Read(json);

    /// <summary>Metadata as the UTF-8 text of a metadata file.</summary>
    public static byte[] Write(TableMetadata metadata) => JsonText.Write(json => Write(json, metadata));

    /// <summary>Writes metadata as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, TableMetadata metadata) => TableMetadataWriter.Write(json, metadata);

    /// <summary>Metadata as a gzip file; its name has to end in <c>.gz.metadata.json</c>.</summary>
    public static byte[] WriteGzip(TableMetadata metadata) => MetadataGzip.Pack(Write(metadata));

    private static async Task CopyBoundedAsync(Stream from, MemoryStream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            MetadataGzip.CheckLength(to.Length + read, "table metadata");
            to.Write(buffer, 0, read);
        }
    }
}
