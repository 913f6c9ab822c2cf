using Lakehouse.Engine;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;
using Lakehouse.Formats.Puffin;

namespace Lakehouse.Tables;

/// <summary>Writes deletion vectors (specification, "Deletion Vectors"): one Puffin file with a vector for each data file of a change.</summary>
static class DeletionVectors
{
    /// <summary>Positions by file number, from a query that gives them in order.</summary>
    public static async Task<IReadOnlyDictionary<int, PositionBitmap>> ReadAsync(DuckDbConnection connection, string positions, CancellationToken cancellationToken)
    {
        var bitmaps = new Dictionary<int, PositionBitmap>();
        await using var result = await connection.QueryAsync(positions, cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                var files = batch.Columns[0].Values<int>()[..batch.RowCount];
                var values = batch.Columns[1].Values<long>()[..batch.RowCount];
                for (var start = 0; start < files.Length;)
                {
                    var rest = files[start..].IndexOfAnyExcept(files[start]);
                    var end = rest < 0 ? files.Length : start + rest;
                    if (!bitmaps.TryGetValue(files[start], out var bitmap))
                    {
                        bitmaps[files[start]] = bitmap = new PositionBitmap();
                    }

                    bitmap.AddAll(values[start..end]);
                    start = end;
                }
            }
        }

        return bitmaps;
    }

    /// <summary>Writes the vectors into a new object.</summary>
    /// <param name="store">Store of the table.</param>
    /// <param name="location">Location of the object.</param>
    /// <param name="vectors">All deleted positions of each data file, those deleted before included.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <returns>The delete files, as a snapshot adds them.</returns>
    public static async Task<IReadOnlyList<DataFile>> WriteAsync(
        IObjectStore store, string location, IReadOnlyList<(DataFile File, PositionBitmap Positions)> vectors, CancellationToken cancellationToken)
    {
        await using var content = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        var writer = new PuffinWriter(content);
        var blobs = new List<PuffinBlob>(vectors.Count);
        foreach (var (file, positions) in vectors)
        {
            blobs.Add(await writer.AddDeletionVectorAsync(file.FilePath, positions, cancellationToken));
        }

        await writer.FinishAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["created-by"] = "LakeAspire" }, cancellationToken);
        content.Position = 0;
        if (await store.PutIfAbsentAsync(location, content, cancellationToken) != PutOutcome.Written)
        {
            throw new LakehouseException(LakehouseErrorKind.AlreadyExists, $"{location} exists, where a new Puffin file was to be written");
        }

        return
        [
            .. vectors.Zip(blobs, (vector, blob) => new DataFile
            {
                FilePath = location,
                Content = FileContent.PositionDeletes,
                FileFormat = "PUFFIN",
                SpecId = vector.File.SpecId,
                Partition = vector.File.Partition,
                RecordCount = vector.Positions.Cardinality,
                FileSizeInBytes = writer.Length,
                ReferencedDataFile = vector.File.FilePath,
                ContentOffset = blob.Offset,
                ContentSizeInBytes = blob.Length,
            }),
        ];
    }
}
