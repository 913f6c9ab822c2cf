using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>How data files are written.</summary>
public sealed record WriteOptions
{
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

    /// <summary>Sort order id that the rows of the query are in; null when unknown.</summary>
    public int? SortOrderId { get; init; }
}
