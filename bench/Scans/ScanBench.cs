using System.Diagnostics;
using System.Globalization;
using LakeAspire.Testing;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;
using Lakehouse.Formats.Puffin;
using Lakehouse.Storage;
using Lakehouse.Storage.Local;

namespace LakeAspire.Bench;

/// <summary>
/// Scans of a table beside DuckDB on the same files: plain, and with 1 % of the rows deleted by each kind of delete, where DuckDB joins against the same keys. Our time has in it what the relation takes
/// to build: looking into the files, and reading the deletes.
/// </summary>
internal static class ScanBench
{
    const int Files = 10;
    const long RowsPerFile = 1_000_000;
    const int Rounds = 9;

    static readonly Schema Table = new(0, [new NestedField(1, "id", false, IcebergType.Long), new NestedField(2, "amount", false, IcebergType.Double), new NestedField(3, "name", false, IcebergType.String)]);
    static readonly Schema Positions = new(0, [new NestedField(2147483546, "file_path", true, IcebergType.String), new NestedField(2147483545, "pos", true, IcebergType.Long)]);

    public static async Task RunAsync()
    {
        using var folder = new TempFolder();
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = Environment.ProcessorCount });
        using var connection = database.Connect();
        var data = new List<DataFile>();
        for (var file = 0; file < Files; file++)
        {
            data.Add(await WriteAsync($"SELECT {Text(file * RowsPerFile)} + i AS id, (i * 7919 % 100000) / 100.0 AS amount, 'name ' || (i % 1000) AS name FROM range({Text(RowsPerFile)}) t(i)", Table));
        }

        var paths = data.Select(file => LocalPath.FromLocation(file.FilePath)).ToArray();
        var all = $"read_parquet({SqlText.Literal(paths)})";
        var positions = new List<ScanDelete>();
        var vectors = new List<ScanDelete>();
        foreach (var file in data)
        {
            positions.Add(Delete(await WriteAsync($"SELECT {SqlText.Literal(file.FilePath)} AS file_path, i * 100 AS pos FROM range({Text(RowsPerFile / 100)}) t(i)", Positions) with { Content = FileContent.PositionDeletes }));
            vectors.Add(Delete(Vector(folder.Below($"{Guid.NewGuid():N}.puffin"))));
        }

        var equality = Delete(await WriteAsync($"SELECT i * 100 AS id FROM range({Text(Files * RowsPerFile / 100)}) t(i)", new Schema(0, [Table.Fields[0]])) with { Content = FileContent.EqualityDeletes, EqualityIds = [1] });
        var byPosition = string.Join(" UNION ALL ", paths.Select((path, i) =>
            $"SELECT id, amount, name FROM read_parquet({SqlText.Literal(path)}) AS f ANTI JOIN read_parquet({SqlText.Literal(LocalPath.FromLocation(positions[i].File.FilePath))}) AS d ON f.file_row_number = d.pos"));
        var byKey = $"SELECT f.* FROM {all} AS f ANTI JOIN read_parquet({SqlText.Literal(LocalPath.FromLocation(equality.File.FilePath))}) AS d ON f.id = d.id";

        await CompareAsync("plain scan", all, _ => []);
        await CompareAsync("1 % deleted by position deletes", $"({byPosition})", i => [positions[i]]);
        await CompareAsync("1 % deleted by deletion vectors", $"({byPosition})", i => [vectors[i]]);
        await CompareAsync("1 % deleted by equality deletes", $"({byKey})", _ => [equality]);

        async Task<DataFile> WriteAsync(string select, Schema schema) => (await ParquetTableWriter.WriteAsync(
            connection, select, new WriteTarget("bench", schema, PartitionSpec.Unpartitioned, new LocalPlacement(folder.Below("data"), LocalPath.ToLocation(folder.Below("data")))))).Single();

        async Task CompareAsync(string title, string bare, Func<int, IReadOnlyList<ScanDelete>> deletes)
        {
            var scans = data.Select((file, i) => new ScanFile(file, 1, 1, 1, PartitionSpec.Unpartitioned, deletes(i))).ToArray();
            var metadata = TableMetadata.Create("file:///bench", Table, null, null, null, Guid.NewGuid(), DateTimeOffset.UnixEpoch);
            var (theirs, ours, reading) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                theirs.Add(await TimeAsync(bare));
                var since = Stopwatch.StartNew();
                var relation = await SnapshotRelation.BuildAsync(connection, new ScanTarget("bench", metadata, Table, scans) { Store = LocalObjectStore.ReadOnly() }, new LocalFiles(LocalPath.FromLocation));
                reading.Add(await TimeAsync(relation.Sql));
                ours.Add(since.Elapsed.TotalMilliseconds);
            }

            var (a, b, c) = (Median(theirs), Median(ours), Median(reading));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: DuckDB {a:F0} ms, ours {b:F0} ms ({b / a:F2} ×), of which reading {c:F0} ms ({c / a:F2} ×)"));
        }

        async Task<double> TimeAsync(string relation)
        {
            var since = Stopwatch.StartNew();
            await connection.ScalarAsync<double>($"SELECT sum(amount) + max(id) + max(length(name)) FROM {relation}");
            return since.Elapsed.TotalMilliseconds;
        }
    }

    static DataFile Vector(string path)
    {
        var bitmap = new PositionBitmap();
        for (var position = 0L; position < RowsPerFile; position += 100)
        {
            bitmap.Add(position);
        }

        var blob = DeletionVectorBlob.Write(bitmap);
        File.WriteAllBytes(path, blob);
        return new DataFile
        {
            FilePath = LocalPath.ToLocation(path), FileFormat = "PUFFIN", Content = FileContent.PositionDeletes, RecordCount = bitmap.Cardinality, FileSizeInBytes = blob.Length, ContentOffset = 0, ContentSizeInBytes = blob.Length,
        };
    }

    static ScanDelete Delete(DataFile file) => new(file, 2, PartitionSpec.Unpartitioned);

    static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    static string Text(long number) => SqlText.Literal(number);
}
