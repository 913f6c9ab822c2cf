using Lakehouse.Formats.IO;
using Lakehouse.Formats.Positions;
using Lakehouse.Formats.Puffin;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Deletion vectors as manifests name them (specification, "Deletion Vectors").</summary>
public static class DeletionVectors
{
    /// <summary>
    /// Whether a delete file is a deletion vector: it says where in its file the blob is. The format's name is not asked, since some writers call these files Parquet.
    /// </summary>
    public static bool IsDeletionVector(this DataFile file) => file is { Content: FileContent.PositionDeletes, ContentOffset: not null } || (file.Content == FileContent.PositionDeletes && file.FileFormat == "PUFFIN");

    /// <summary>Reads a deletion vector and checks it against its manifest entry.</summary>
    /// <exception cref="LakehouseException">InvalidData: the entry or the blob is wrong, or they disagree about the number of positions.</exception>
    public static async Task<PositionBitmap> ReadAsync(IObjectStore store, DataFile file, CancellationToken cancellationToken = default)
    {
        if (file is not { ContentOffset: { } offset, ContentSizeInBytes: { } size })
        {
            throw LakehouseException.InvalidData($"{file.FilePath}: a deletion vector has no content_offset or content_size_in_bytes");
        }

        var positions = DeletionVectorBlob.Read(await ObjectBytes.ReadAsync(store, file.FilePath, offset, size, "a deletion vector", cancellationToken).ConfigureAwait(false), file.FilePath);
        return positions.Cardinality == file.RecordCount
            ? positions
            : throw LakehouseException.InvalidData($"{file.FilePath}: a deletion vector holds {positions.Cardinality} positions, its manifest says {file.RecordCount}");
    }
}
