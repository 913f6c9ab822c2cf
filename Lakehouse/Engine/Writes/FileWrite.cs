using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>
/// Writes rows into a staging folder: split by partition, sorted or clustered, in files of the target size. DuckDB does not do all of this in one COPY: where it can't, rows are written split by partition first,
/// and then file by file in their order and size.
/// </summary>
internal sealed class FileWrite(DuckDbConnection connection, string table, Schema schema, PartitionKeys keys, WriteOptions options, string folder)
{
    // Sizes are met roughly; a file is written again only where it is far off.
    const double Tolerance = 1.75;
    readonly CopyStatement copy = new(FieldIds.Option(schema.Fields), options);
    readonly IReadOnlyList<NestedField> clusterBy = [.. options.ClusterBy.Select(name => schema.FindColumn(name)!)];
    readonly string order = options is { ClusterBy.Count: 0, Order: { IsUnsorted: false } sort } ? RowOrder.Terms(sort, schema, table) : "";

    /// <summary>Sort order that the rows of each file are in.</summary>
    public int? SortOrderId => order.Length > 0 ? options.Order!.OrderId : options.ClusterBy.Count > 0 ? null : options.SortOrderId;

    /// <param name="query">Rows in the columns of the schema.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <returns>The files, each with rows of one partition.</returns>
    public async Task<IReadOnlyList<WrittenFile>> RunAsync(string query, CancellationToken cancellationToken)
    {
        var arranged = clusterBy.Count > 0 || order.Length > 0;
        if (keys.IsEmpty && clusterBy.Count == 0)
        {
            return order.Length > 0 ? await SortAsync(query, cancellationToken) : await CopyAsync(copy.ToFiles(query, NewPath()), cancellationToken);
        }

        if (!keys.IsEmpty)
        {
            await connection.ExecuteAsync(CopyStatement.KeepPartitionsOpen, cancellationToken: cancellationToken);
            query = $"SELECT *, {string.Join(", ", keys.Items)} FROM ({query}) AS t";
        }

        var split = await CopyAsync(copy.ToPartitions(query, NewPath(), keys.Names, isDraft: arranged), cancellationToken);
        var files = new List<WrittenFile>();
        foreach (var partition in split.GroupBy(file => Path.GetDirectoryName(file.Path), StringComparer.Ordinal))
        {
            files.AddRange(arranged || IsMisshapen([.. partition]) ? await ArrangeAsync([.. partition], cancellationToken) : partition);
        }

        return files;
    }

    /// <summary>Whether a partition has a file that is far too large, or far more files than its size asks for.</summary>
    bool IsMisshapen(IReadOnlyList<WrittenFile> partition) =>
        partition.Any(file => file.Bytes > options.TargetFileSize * Tolerance)
        || partition.Count > 1 + Math.Ceiling(partition.Sum(file => file.Bytes) * Tolerance / options.TargetFileSize);

    async Task<IReadOnlyList<WrittenFile>> ArrangeAsync(IReadOnlyList<WrittenFile> partition, CancellationToken cancellationToken)
    {
        var from = $"read_parquet({SqlText.Literal(partition.Select(file => file.Path))}, hive_partitioning = false)";
        var files = clusterBy.Count > 0
            ? await CopyAsync(copy.ToFiles($"SELECT * FROM {from} ORDER BY {await ZOrder.TermsAsync(connection, from, clusterBy, table, cancellationToken)}", NewPath()), cancellationToken)
            : order.Length > 0 ? await SortAsync($"SELECT * FROM {from}", cancellationToken)
            : await CopyAsync(copy.ToFiles($"SELECT * FROM {from}", NewPath()), cancellationToken);
        foreach (var draft in partition)
        {
            File.Delete(draft.Path);
        }

        return files;
    }

    /// <summary>Sorts into one file, which alone is in exact order, and cuts that one if it is too large.</summary>
    async Task<IReadOnlyList<WrittenFile>> SortAsync(string query, CancellationToken cancellationToken)
    {
        var sorted = await CopyAsync(copy.ToOneFile($"{query} ORDER BY {order}", NewPath() + ".parquet"), cancellationToken);
        if (sorted.Count == 0 || sorted[0].Bytes <= options.TargetFileSize * Tolerance)
        {
            return sorted;
        }

        var parts = new List<WrittenFile>();
        var rows = (sorted[0].Rows * options.TargetFileSize / sorted[0].Bytes) + 1;
        for (var start = 0L; start < sorted[0].Rows; start += rows)
        {
            var part = $"SELECT * EXCLUDE (file_row_number) FROM read_parquet({SqlText.Literal(sorted[0].Path)}, file_row_number = true, hive_partitioning = false) "
                + $"WHERE file_row_number >= {SqlText.Literal(start)} AND file_row_number < {SqlText.Literal(start + rows)} ORDER BY {order}";
            parts.AddRange(await CopyAsync(copy.ToOneFile(part, NewPath() + ".parquet"), cancellationToken));
        }

        File.Delete(sorted[0].Path);
        return parts;
    }

    async Task<IReadOnlyList<WrittenFile>> CopyAsync(string statement, CancellationToken cancellationToken) =>
        [.. (await WrittenFile.ReadAsync(connection, statement, cancellationToken)).Where(file => file.Rows > 0)];

    string NewPath() => Path.Combine(folder, Guid.CreateVersion7().ToString());
}
