using System.Text;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;
using Lakehouse.Formats.Puffin;

namespace Lakehouse.Engine.Deletes;

/// <summary>The deleted positions of the files of a scan: from position delete files and deletion vectors (specification, "Position Delete Files" and "Deletion Vectors").</summary>
internal sealed class PositionDeletes
{
    const int FilePathField = 2147483546;
    const int PositionField = 2147483545;

    readonly Dictionary<(string DeleteFile, string DataFile), PositionBitmap> found = [];

    /// <summary>Reads the delete files that apply to the target's files, each once.</summary>
    public static async Task<PositionDeletes> LoadAsync(DuckDbConnection connection, ScanTarget target, ILocalFiles localFiles, CancellationToken cancellationToken)
    {
        var deletes = new PositionDeletes();
        var files = new Dictionary<string, DataFile>(StringComparer.Ordinal);
        foreach (var file in target.Files)
        {
            foreach (var delete in file.Deletes.Where(delete => delete.File.Content == FileContent.PositionDeletes))
            {
                if (IsVector(delete.File))
                {
                    await deletes.LoadVectorAsync(target, file.File, delete.File, cancellationToken);
                }
                else
                {
                    files.TryAdd(delete.File.FilePath, delete.File);
                }
            }
        }

        if (files.Count > 0)
        {
            var wanted = target.Files.Select(file => TableLocations.Normalize(file.File.FilePath)).ToHashSet(StringComparer.Ordinal);
            await deletes.LoadFilesAsync(connection, [.. files.Keys], wanted, localFiles, cancellationToken);
        }

        return deletes;
    }

    /// <summary>The deleted positions of a data file, or null when none is.</summary>
    public PositionBitmap? Of(ScanFile file)
    {
        var path = TableLocations.Normalize(file.File.FilePath);
        PositionBitmap? all = null;
        var isShared = true;
        foreach (var delete in file.Deletes.Where(delete => delete.File.Content == FileContent.PositionDeletes))
        {
            if (!found.TryGetValue((KeyOf(delete.File), path), out var positions))
            {
                continue;
            }

            if (all is null)
            {
                all = positions;
            }
            else
            {
                all = isShared ? all.Copy() : all;
                isShared = false;
                all.UnionWith(positions);
            }
        }

        return all;
    }

    // Some writers give the Puffin file another format name; the offset is what only a vector has.
    static bool IsVector(DataFile file) => file.FileFormat == "PUFFIN" || file.ContentOffset is not null;

    static string KeyOf(DataFile delete) => IsVector(delete) ? FormattableString.Invariant($"{delete.FilePath}#{delete.ContentOffset}") : delete.FilePath;

    async Task LoadVectorAsync(ScanTarget target, DataFile data, DataFile vector, CancellationToken cancellationToken)
    {
        if (vector is not { ContentOffset: { } offset, ContentSizeInBytes: { } size } || offset < 0 || size is < 0 or > int.MaxValue)
        {
            throw LakehouseException.InvalidData($"{vector.FilePath}: a deletion vector without content_offset and content_size_in_bytes");
        }

        var store = target.Store ?? throw new InvalidOperationException("A scan of files with deletion vectors needs the store of the table.");
        var bytes = new byte[(int)Math.Min(size, vector.FileSizeInBytes)];
        await using (var stream = await store.OpenReadAsync(vector.FilePath, new ByteRange(offset, bytes.Length), cancellationToken))
        {
            if (await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken) < size)
            {
                throw LakehouseException.InvalidData($"{vector.FilePath}: the deletion vector at {offset} is cut off");
            }
        }

        var positions = DeletionVectorBlob.Read(bytes, vector.FilePath);
        if (positions.Cardinality != vector.RecordCount)
        {
            throw LakehouseException.InvalidData($"{vector.FilePath}: the deletion vector at {offset} has {positions.Cardinality} positions, where its manifest has {vector.RecordCount}");
        }

        found[(KeyOf(vector), TableLocations.Normalize(data.FilePath))] = positions;
    }

    async Task LoadFilesAsync(DuckDbConnection connection, IReadOnlyList<string> files, HashSet<string> wanted, ILocalFiles localFiles, CancellationToken cancellationToken)
    {
        var paths = await localFiles.PathsAsync(files, cancellationToken);
        var layouts = await ParquetLayout.ReadAsync(connection, paths, cancellationToken);
        for (var i = 0; i < files.Count; i++)
        {
            var layout = layouts[paths[i]];
            var columns = layout.HasIds ? (layout.Find(FilePathField)?.Name, layout.Find(PositionField)?.Name) : (Named(layout, "file_path"), Named(layout, "pos"));
            if (columns is not ({ } filePath, { } position))
            {
                throw LakehouseException.InvalidData($"{files[i]}: a position delete file without the columns file_path and pos");
            }

            await LoadFileAsync(connection, files[i], $"SELECT CAST({SqlText.Identifier(filePath)} AS VARCHAR), CAST({SqlText.Identifier(position)} AS BIGINT) FROM read_parquet({SqlText.Literal(paths[i])}, hive_partitioning = false)", wanted, cancellationToken);
        }
    }

    static string? Named(FileLayout layout, string name) => layout.Columns.FirstOrDefault(column => column.Name == name)?.Name;

    async Task LoadFileAsync(DuckDbConnection connection, string file, string sql, HashSet<string> wanted, CancellationToken cancellationToken)
    {
        byte[]? before = null;
        PositionBitmap? positions = null;
        await using var result = await connection.QueryAsync(sql, cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                var (paths, values) = (batch.Columns[0], batch.Columns[1]);
                for (var row = 0; row < batch.RowCount && !(paths.HasNoNulls && values.HasNoNulls); row++)
                {
                    if (paths.IsNull(row) || values.IsNull(row) || values.Values<long>()[row] < 0)
                    {
                        throw LakehouseException.InvalidData($"{file}: a position delete without a path or a position");
                    }
                }

                for (var start = 0; start < batch.RowCount;)
                {
                    // Rows are sorted by path: those of one data file come together.
                    var path = paths.Bytes(start);
                    var end = start + 1;
                    while (end < batch.RowCount && paths.Bytes(end).SequenceEqual(path))
                    {
                        end++;
                    }

                    if (before is null || !path.SequenceEqual(before))
                    {
                        before = path.ToArray();
                        positions = BitmapOf(file, TableLocations.Normalize(Encoding.UTF8.GetString(path)), wanted);
                    }

                    positions?.AddAll(values.Values<long>()[start..end]);
                    start = end;
                }
            }
        }
    }

    /// <summary>Where to keep the positions of a data file; null when the scan doesn't read it.</summary>
    PositionBitmap? BitmapOf(string file, string path, HashSet<string> wanted)
    {
        if (!wanted.Contains(path))
        {
            return null;
        }

        if (!found.TryGetValue((file, path), out var positions))
        {
            found[(file, path)] = positions = new PositionBitmap();
        }

        return positions;
    }
}
