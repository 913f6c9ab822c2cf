using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>A table to write files for.</summary>
/// <param name="Name">Its name, for errors.</param>
/// <param name="Schema">Schema to write with.</param>
/// <param name="Spec">Partition spec to split by.</param>
/// <param name="Placement">Where files go.</param>
public sealed record WriteTarget(string Name, Schema Schema, PartitionSpec Spec, IDataFilePlacement Placement);

/// <summary>Writes the result of a query as Parquet data files of a table, with field ids and column metrics.</summary>
public static class ParquetTableWriter
{
    /// <summary>
    /// Runs the query and writes its rows. Columns are matched by name (ignoring case) and cast to the table's types; optional columns that the query lacks are null.
    /// Files appear in their place only when all of them are whole; when the call fails or is cancelled none is left.
    /// </summary>
    /// <param name="connection">Connection to run the query on.</param>
    /// <param name="select">The query.</param>
    /// <param name="target">Table and place.</param>
    /// <param name="options">How to write; null takes the defaults.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <returns>The files with their metrics; none when the query has no rows.</returns>
    /// <exception cref="LakehouseException">The columns don't fit, a required value is null, or DuckDB fails.</exception>
    public static async Task<IReadOnlyList<DataFile>> WriteAsync(
        DuckDbConnection connection, string select, WriteTarget target, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= WriteOptions.Default;
        var columns = await SchemaInference.ColumnsAsync(connection, select, cancellationToken);
        var items = WriteProjection.Items(target.Schema, columns, target.Name);
        var keys = new PartitionKeys(target.Spec, target.Schema, target.Name);
        if (keys.NeedsBucketFunction)
        {
            BucketFunction.Register(connection);
        }

        using var staging = StagingFolder.Create(target.Placement.StagingRoot);
        var copy = CopyStatement(select, items, keys, target, options, staging.Path);
        var written = (await WrittenFile.ReadAsync(connection, copy, cancellationToken)).Where(file => file.Rows > 0).ToArray();
        var metrics = new FileMetrics(target.Schema, options.Metrics, target.Name);
        var files = written.Select(metrics.Of).ToArray();
        if (written.Length > 0 && !keys.IsEmpty)
        {
            var partitions = await keys.ValuesAsync(connection, written.Select(file => file.Path), cancellationToken);
            files = [.. files.Select(file => file with { Partition = partitions[file.FilePath] })];
        }

        files = [.. files.Select(file => file with
        {
            SpecId = target.Spec.SpecId,
            SortOrderId = options.SortOrderId,
            Partition = file.Partition.Count == target.Spec.Fields.Count ? file.Partition : new object?[target.Spec.Fields.Count],
        })];
        return await PlaceAsync(target.Placement, files, cancellationToken);
    }

    static string CopyStatement(string select, IReadOnlyList<string> items, PartitionKeys keys, WriteTarget target, WriteOptions options, string folder)
    {
        var query = $"SELECT {string.Join(", ", items)} FROM (\n{select}\n) AS q";
        if (!keys.IsEmpty)
        {
            query = $"SELECT *, {string.Join(", ", keys.Items)} FROM ({query}) AS t";
        }

        var partitionBy = keys.IsEmpty ? "" : $", PARTITION_BY ({string.Join(", ", keys.Names)})";

        // A partitioned COPY does not take FILE_SIZE_BYTES: its files are as large as their partition's share of the rows.
        var size = keys.IsEmpty ? $", FILE_SIZE_BYTES {SqlText.Literal(options.TargetFileSize)}" : "";
        return $"""
            COPY ({query}) TO {SqlText.Literal(Path.Combine(folder, "files"))} (
              FORMAT parquet, COMPRESSION {SqlText.Identifier(options.Compression)}, ROW_GROUP_SIZE {SqlText.Literal(options.RowGroupRows)}, FIELD_IDS {FieldIds.Option(target.Schema.Fields)},
              FILENAME_PATTERN '{"{uuidv7}"}', RETURN_STATS{size}{partitionBy})
            """;
    }

    static async Task<IReadOnlyList<DataFile>> PlaceAsync(IDataFilePlacement placement, DataFile[] files, CancellationToken cancellationToken)
    {
        var placed = new List<DataFile>(files.Length);
        try
        {
            foreach (var file in files)
            {
                placed.Add(file with { FilePath = await placement.PlaceAsync(file.FilePath, Path.GetFileName(file.FilePath), cancellationToken) });
            }

            return placed;
        }
        catch
        {
            foreach (var file in placed)
            {
                await placement.RemoveAsync(file.FilePath, CancellationToken.None);
            }

            throw;
        }
    }
}
