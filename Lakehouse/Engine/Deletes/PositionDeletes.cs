using System.Text;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Avro;
using Lakehouse.Formats.Columns;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;

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
                if (delete.File.IsDeletionVector())
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
            await deletes.LoadFilesAsync(connection, [.. files.Values], wanted, localFiles, cancellationToken);
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

    static string KeyOf(DataFile delete) => delete.IsDeletionVector() ? FormattableString.Invariant($"{delete.FilePath}#{delete.ContentOffset}") : delete.FilePath;

    async Task LoadVectorAsync(ScanTarget target, DataFile data, DataFile vector, CancellationToken cancellationToken)
    {
        var store = target.Store ?? throw new InvalidOperationException("A scan of files with deletion vectors needs the store of the table.");
        found[(KeyOf(vector), TableLocations.Normalize(data.FilePath))] = await DeletionVectors.ReadAsync(store, vector, cancellationToken);
    }

    async Task LoadFilesAsync(DuckDbConnection connection, IReadOnlyList<DataFile> files, HashSet<string> wanted, ILocalFiles localFiles, CancellationToken cancellationToken)
    {
        var paths = await localFiles.PathsAsync([.. files.Select(file => file.FilePath)], cancellationToken);
        var layouts = await ParquetLayout.ReadAsync(connection, [.. paths.Where((_, i) => !SnapshotRelation.IsAvro(files[i]))], cancellationToken);
        for (var i = 0; i < files.Count; i++)
        {
            var sink = new Sink(this, files[i].FilePath, wanted);
            if (SnapshotRelation.IsAvro(files[i]))
            {
                await LoadAvroAsync(sink, paths[i], cancellationToken);
                continue;
            }

            var layout = layouts[paths[i]];
            var columns = layout.HasIds ? (layout.Find(FilePathField)?.Name, layout.Find(PositionField)?.Name) : (Named(layout, "file_path"), Named(layout, "pos"));
            if (columns is not ({ } filePath, { } position))
            {
                throw LakehouseException.InvalidData($"{files[i].FilePath}: a position delete file without the columns file_path and pos");
            }

            var sql = $"SELECT CAST({SqlText.Identifier(filePath)} AS VARCHAR), CAST({SqlText.Identifier(position)} AS BIGINT) FROM read_parquet({SqlText.Literal(paths[i])}, hive_partitioning = false)";
            await using var result = await connection.QueryAsync(sql, cancellationToken: cancellationToken);
            await foreach (var batch in result.ReadAsync(cancellationToken))
            {
                using (batch)
                {
                    sink.Take(batch);
                }
            }
        }
    }

    static string? Named(FileLayout layout, string name) => layout.Columns.FirstOrDefault(column => column.Name == name)?.Name;

    static async Task LoadAvroAsync(Sink sink, string path, CancellationToken cancellationToken)
    {
        var schema = new Schema(0, [new NestedField(FilePathField, "file_path", true, IcebergType.String), new NestedField(PositionField, "pos", true, IcebergType.Long)]);
        await using var stream = File.OpenRead(path);
        var reader = await AvroDataReader.OpenAsync(stream, path, schema, cancellationToken: cancellationToken);
        while (await reader.NextAsync(cancellationToken) is { } batch)
        {
            sink.Take(batch);
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

    /// <summary>Takes the rows of one delete file. They are sorted by path: those of one data file come together.</summary>
    sealed class Sink(PositionDeletes deletes, string file, HashSet<string> wanted)
    {
        byte[]? before;
        PositionBitmap? positions;

        public void Take(ColumnBatch batch)
        {
            var paths = batch.Columns[0];
            var values = batch.Columns[1].Values<long>()[..batch.RowCount];
            for (var row = 0; row < batch.RowCount; row++)
            {
                if (paths.IsNull(row) || batch.Columns[1].IsNull(row) || values[row] < 0)
                {
                    throw LakehouseException.InvalidData($"{file}: a position delete without a path or a position");
                }
            }

            for (var start = 0; start < batch.RowCount;)
            {
                var path = paths.Bytes(start);
                var end = start + 1;
                while (end < batch.RowCount && paths.Bytes(end).SequenceEqual(path))
                {
                    end++;
                }

                if (before is null || !path.SequenceEqual(before))
                {
                    before = path.ToArray();
                    positions = deletes.BitmapOf(file, TableLocations.Normalize(Encoding.UTF8.GetString(path)), wanted);
                }

                positions?.AddAll(values[start..end]);
                start = end;
            }
        }
    }
}
