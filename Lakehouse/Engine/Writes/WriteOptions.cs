using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>How data files are written.</summary>
public sealed record WriteOptions
{
    const string CompressionProperty = "write.parquet.compression-codec";
    const string TargetFileSizeProperty = "write.target-file-size-bytes";
    const string ClusterByProperty = "lakeaspire.cluster-by";

    /// <summary>The defaults.</summary>
    public static WriteOptions Default { get; } = new();

    /// <summary>Bytes after which a file is closed and the next begun; 512 MiB by default (Iceberg's <c>write.target-file-size-bytes</c>).</summary>
    public long TargetFileSize { get; init; } = 512L << 20;

    /// <summary>Rows in a row group; 122880 by default.</summary>
    public int RowGroupRows { get; init; } = 122_880;

    /// <summary>Parquet compression: <c>zstd</c> (the default), <c>snappy</c>, <c>lz4_raw</c>, <c>gzip</c> or <c>uncompressed</c>.</summary>
    public string Compression { get; init; } = "zstd";

    /// <summary>Which metrics are kept of which column (<see cref="MetricsConfig.Of"/>); null keeps counts, and bounds cut to 16 characters, of all.</summary>
    public MetricsConfig? Metrics { get; init; }

    /// <summary>Sort order id that the rows of the query are in already; null when unknown.</summary>
    public int? SortOrderId { get; init; }

    /// <summary>Order to sort the rows of each file by; null or the unsorted order leaves them as they come. Without partitions the files follow each other in that order too.</summary>
    public SortOrder? Order { get; init; }

    /// <summary>Names of the columns to cluster by: files and row groups are narrow in each of them (Z-order). Goes before <see cref="Order"/>; none by default, at most 7.</summary>
    public IReadOnlyList<string> ClusterBy { get; init; } = [];

    /// <summary>Whether the query also gives <c>_row_id</c> and <c>_last_updated_sequence_number</c> of its rows, to be written with them (specification, "Row Lineage").</summary>
    public bool RowLineage { get; init; }

    /// <summary>The columns of the query where they are known, as <see cref="DuckDbConnection.DescribeAsync"/> gives them; null has them found out.</summary>
    public IReadOnlyList<ResultColumn>? Columns { get; init; }

    /// <summary>
    /// What a table's properties ask for: <c>write.target-file-size-bytes</c>, <c>write.parquet.compression-codec</c>, its metrics modes, its sort order, and <c>lakeaspire.cluster-by</c>
    /// (names of columns, separated by commas).
    /// </summary>
    /// <exception cref="LakehouseException">InvalidData: a property has no such value.</exception>
    public static WriteOptions Of(TableMetadata metadata)
    {
        var options = new WriteOptions { Metrics = MetricsConfig.Of(metadata), Order = metadata.DefaultSortOrder.IsUnsorted ? null : metadata.DefaultSortOrder };
        if (metadata.Properties.TryGetValue(TargetFileSizeProperty, out var size))
        {
            options = long.TryParse(size, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var bytes) && bytes > 0
                ? options with { TargetFileSize = bytes }
                : throw LakehouseException.InvalidData($"table property \"{TargetFileSizeProperty}\" must be a positive integer, is \"{size}\"");
        }

        if (metadata.Properties.TryGetValue(CompressionProperty, out var codec))
        {
            options = options with { Compression = CodecOf(codec) };
        }

        return metadata.Properties.TryGetValue(ClusterByProperty, out var columns)
            ? options with { ClusterBy = columns.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) }
            : options;
    }

    // DuckDB's "lz4" is the framing that Parquet calls LZ4_RAW too.
    static string CodecOf(string codec) => codec.ToLowerInvariant() switch
    {
        "zstd" or "snappy" or "gzip" or "uncompressed" or "brotli" => codec.ToLowerInvariant(),
        "lz4" or "lz4_raw" => "lz4_raw",
        _ => throw LakehouseException.InvalidData($"table property \"{CompressionProperty}\" names no compression: \"{codec}\""),
    };
}
