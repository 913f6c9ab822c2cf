using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>Rows of data files of one partition to delete, for one position delete file.</summary>
/// <param name="Spec">Partition spec of the data files.</param>
/// <param name="Partition">Their partition values.</param>
/// <param name="DataFiles">Their locations.</param>
public sealed record PositionDeleteGroup(PartitionSpec Spec, IReadOnlyList<object?> Partition, IReadOnlyList<string> DataFiles);

/// <summary>Writes position delete files (specification, "Position Delete Files"): location and position of each deleted row, sorted.</summary>
public static class PositionDeleteWriter
{
    /// <summary>Field id of <c>file_path</c>.</summary>
    public const int FilePathField = 2147483546;

    /// <summary>Field id of <c>pos</c>.</summary>
    public const int PositionField = 2147483545;

    static readonly Schema Columns = new(0, [new NestedField(FilePathField, "file_path", true, IcebergType.String), new NestedField(PositionField, "pos", true, IcebergType.Long)]);

    /// <summary>Writes a file for each group. When the call fails or is cancelled none is left.</summary>
    /// <param name="connection">Connection to read the positions on.</param>
    /// <param name="positions">Gives a query over columns <c>file_path</c> and <c>pos</c> for a group: the rows to delete, each once, and no others.</param>
    /// <param name="groups">The files to write.</param>
    /// <param name="table">Name of the table, for errors.</param>
    /// <param name="placement">Where files go.</param>
    /// <param name="options">Compression and row groups; null takes the defaults.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <returns>The delete files; none for a group without positions. One about a single data file says so, also by the bounds of its paths.</returns>
    public static async Task<IReadOnlyList<DataFile>> WriteAsync(
        DuckDbConnection connection,
        Func<PositionDeleteGroup, string> positions,
        IReadOnlyList<PositionDeleteGroup> groups,
        string table,
        IDataFilePlacement placement,
        WriteOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        using var staging = StagingFolder.Create(placement.StagingRoot);
        var copy = new CopyStatement(FieldIds.Option(Columns.Fields), options ?? WriteOptions.Default);
        var metrics = new FileMetrics(Columns, config: null, table, new Dictionary<(string, int), long>());
        var files = new List<DataFile>();
        foreach (var group in groups)
        {
            var path = Path.Combine(staging.Path, $"{Guid.CreateVersion7()}-deletes.parquet");
            var query = $"SELECT CAST(file_path AS VARCHAR) AS file_path, CAST(pos AS BIGINT) AS pos FROM ({positions(group)}) ORDER BY file_path, pos";
            foreach (var written in (await WrittenFile.ReadAsync(connection, copy.ToOneFile(query, path), cancellationToken)).Where(file => file.Rows > 0))
            {
                files.Add(Describe(metrics.Of(written), group));
            }
        }

        return await ParquetTableWriter.PlaceAsync(placement, files, cancellationToken);
    }

    static DataFile Describe(DataFile file, PositionDeleteGroup group)
    {
        file = file with { Content = FileContent.PositionDeletes, SpecId = group.Spec.SpecId, Partition = group.Partition };
        if (group.DataFiles.Count != 1)
        {
            return file;
        }

        // Readers of before "referenced_data_file" tell the one data file by equal bounds, which must not be cut for that.
        var bound = SingleValue.ToBytes(IcebergType.String, group.DataFiles[0]);
        return file with
        {
            ReferencedDataFile = group.DataFiles[0],
            LowerBounds = new Dictionary<int, byte[]>(file.LowerBounds ?? new Dictionary<int, byte[]>()) { [FilePathField] = bound },
            UpperBounds = new Dictionary<int, byte[]>(file.UpperBounds ?? new Dictionary<int, byte[]>()) { [FilePathField] = bound },
        };
    }
}
