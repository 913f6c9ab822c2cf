using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Positions;
using Lakehouse.Formats.Puffin;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>
/// Writes the deletion vectors of a version as files of Delta's own form (PROTOCOL.md, "Deletion Vector File Storage Format": a byte 1, then length, vector and checksum of each), since readers refuse
/// Puffin files. A vector of Iceberg v3 is copied as it stands; other deletes are told as positions first.
/// </summary>
internal sealed class VectorFiles(IObjectStore store, TableMetadata metadata, IDeletedPositions? positions)
{
    private const long MaxLength = 256 << 20;
    private const int FilesAtOnce = 32;

    private readonly Dictionary<string, DeletionVectorDescriptor> descriptors = new(StringComparer.Ordinal);
    private readonly List<string> written = [];

    /// <summary>The vectors by path of the data file; a file that no position is deleted of has none.</summary>
    public IReadOnlyDictionary<string, DeletionVectorDescriptor> Descriptors => descriptors;

    /// <summary>Locations of the files that were written.</summary>
    public IReadOnlyList<string> Written => written;

    /// <summary>Writes the vectors of these files.</summary>
    /// <param name="files">Data files with delete files, by their path in the log.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task WriteAsync(IReadOnlyList<(string Path, ScanFile File)> files, CancellationToken cancellationToken)
    {
        var blobs = BlobsAsync(files, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (blobs.ConfigureAwait(false))
        {
            var more = await blobs.MoveNextAsync().ConfigureAwait(false);
            while (more)
            {
                var id = Guid.NewGuid();
                var location = $"{metadata.Location.TrimEnd('/')}/deletion_vector_{id:D}.bin";
                written.Add(location);
                var content = new GeneratedStream(Pieces(id));
                await using (content.ConfigureAwait(false))
                {
                    await store.PutAsync(location, content, cancellationToken).ConfigureAwait(false);
                }
            }

            async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces(Guid id)
            {
                yield return new byte[] { 1 };
                for (var offset = 1L; more && offset < MaxLength;)
                {
                    var (path, blob, cardinality) = blobs.Current;
                    descriptors[path] = new DeletionVectorDescriptor("u", Z85.Encode(id.ToByteArray(bigEndian: true)), (int)offset, blob.Length - 8, cardinality);
                    yield return blob;
                    offset += blob.Length;
                    more = await blobs.MoveNextAsync().ConfigureAwait(false);
                }
            }
        }
    }

    private async IAsyncEnumerable<(string Path, byte[] Blob, long Cardinality)> BlobsAsync(
        IReadOnlyList<(string Path, ScanFile File)> files, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var others = new List<(string Path, ScanFile File)>();
        foreach (var (path, file) in files)
        {
            if (DeleteKey.OnlyVector(file) is not { } vector)
            {
                others.Add((path, file));
                continue;
            }

            var blob = await ObjectBytes.ReadAsync(store, vector.FilePath, vector.ContentOffset!.Value, vector.ContentSizeInBytes!.Value, "deletion vector", cancellationToken).ConfigureAwait(false);
            var bitmap = DeletionVectorBlob.Read(blob, vector.FilePath);
            if (Checked(bitmap, file))
            {
                yield return (path, blob, bitmap.Cardinality);
            }
        }

        foreach (var some in others.Chunk(FilesAtOnce))
        {
            var bitmaps = await ResolveAsync([.. some.Select(item => item.File)], cancellationToken).ConfigureAwait(false);
            foreach (var ((path, file), bitmap) in some.Zip(bitmaps))
            {
                if (Checked(bitmap, file))
                {
                    yield return (path, DeletionVectorBlob.Write(bitmap), bitmap.Cardinality);
                }
            }
        }
    }

    private async Task<IReadOnlyList<PositionBitmap>> ResolveAsync(IReadOnlyList<ScanFile> files, CancellationToken cancellationToken)
    {
        var delete = files[0].Deletes[0].File;
        if (positions is null)
        {
            throw new PublishStopException(PublishStopKind.Deletes, $"the rows that {delete.FilePath} deletes cannot be told here");
        }

        try
        {
            return await positions.OfAsync(metadata, files, cancellationToken).ConfigureAwait(false);
        }
        catch (LakehouseException error) when (error.Kind == LakehouseErrorKind.Unsupported)
        {
            throw new PublishStopException(PublishStopKind.Deletes, $"the rows that {delete.FilePath} deletes cannot be told as positions: {error.Message}");
        }
    }

    /// <summary>Whether there are positions; a position behind the file's end would make readers count wrong.</summary>
    private static bool Checked(PositionBitmap bitmap, ScanFile file) =>
        bitmap.Maximum < file.File.RecordCount ? !bitmap.IsEmpty : throw LakehouseException.InvalidData($"{file.File.FilePath}: position {bitmap.Maximum} is deleted of {file.File.RecordCount} rows");
}
