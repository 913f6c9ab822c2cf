using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>A table to write files for.</summary>
/// <param name="Name">Its name, for errors.</param>
/// <param name="Schema">Schema to write with.</param>
/// <param name="Spec">Partition spec to split by.</param>
/// <param name="Placement">Where files go.</param>
public sealed record WriteTarget(string Name, Schema Schema, PartitionSpec Spec, IDataFilePlacement Placement)
{
    /// <summary>The same fields under the names that they have in data files (<see cref="PhysicalNames"/>); those of <see cref="Schema"/> by default.</summary>
    public Schema FileSchema { get; init; } = Schema;
}

/// <summary>Writes the result of a query as Parquet data files of a table, with field ids and column metrics.</summary>
public static class ParquetTableWriter
{
    const int PlacedAtOnce = 4;

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
        var columns = options.Columns ?? await SchemaInference.ColumnsAsync(connection, select, cancellationToken);
        var (logical, schema) = options.RowLineage ? (Lineage.AddTo(target.Schema), Lineage.AddTo(target.FileSchema)) : (target.Schema, target.FileSchema);
        var items = WriteProjection.Items(logical, schema, columns, target.Name);
        schema = schema with { Fields = [.. schema.Fields.Where(WriteProjection.IsStored)] };
        options = options with { ClusterBy = ZOrder.PhysicalNames(logical, schema, options.ClusterBy, target.Name) };
        var keys = new PartitionKeys(target.Spec, schema, target.Name);
        if (keys.NeedsBucketFunction || (options.Order is { } order && RowOrder.NeedsBucketFunction(order)))
        {
            BucketFunction.Register(connection);
        }

        using var staging = StagingFolder.Create(target.Placement.StagingRoot);
        var write = new FileWrite(connection, target.Name, schema, keys, options, staging.Path);
        var written = await write.RunAsync($"SELECT {string.Join(", ", items)} FROM (\n{select}\n) AS q", cancellationToken);
        var nans = await NanCounts.ReadAsync(connection, schema, written, cancellationToken);
        var metrics = new FileMetrics(schema, options.Metrics, target.Name, nans);
        var files = written.Select(metrics.Of).ToArray();
        if (written.Count > 0 && !keys.IsEmpty)
        {
            var partitions = await keys.ValuesAsync(connection, written.Select(file => file.Path), cancellationToken);
            files = [.. files.Select(file => file with { Partition = partitions[file.FilePath] })];
        }

        files = [.. files.Select(file => file with
        {
            SpecId = target.Spec.SpecId,
            SortOrderId = write.SortOrderId,
            Partition = file.Partition.Count == target.Spec.Fields.Count ? file.Partition : new object?[target.Spec.Fields.Count],
        })];
        return await PlaceAsync(target.Placement, files, cancellationToken);
    }

    internal static async Task<IReadOnlyList<DataFile>> PlaceAsync(IDataFilePlacement placement, IReadOnlyList<DataFile> files, CancellationToken cancellationToken)
    {
        var placed = new DataFile?[files.Count];
        try
        {
            // A store far away takes several at once in the time of one.
            await Parallel.ForAsync(0, files.Count, new ParallelOptions { MaxDegreeOfParallelism = PlacedAtOnce, CancellationToken = cancellationToken }, async (i, token) =>
                placed[i] = files[i] with { FilePath = await placement.PlaceAsync(files[i].FilePath, Path.GetFileName(files[i].FilePath), token) });
            return [.. placed.Select(file => file!)];
        }
        catch
        {
            foreach (var file in placed.OfType<DataFile>())
            {
                await placement.RemoveAsync(file.FilePath, CancellationToken.None);
            }

            throw;
        }
    }
}
