namespace Lakehouse.Formats.Iceberg;

/// <summary>What a file of a manifest holds (specification, "Manifests", <c>data_file.content</c>).</summary>
public enum FileContent
{
    /// <summary>Rows.</summary>
    Data = 0,

    /// <summary>Deletes by file and position.</summary>
    PositionDeletes = 1,

    /// <summary>Deletes by equal values.</summary>
    EqualityDeletes = 2,
}

/// <summary>A data or delete file of a table (specification, "Manifests", struct <c>data_file</c>).</summary>
public sealed record DataFile
{
    /// <summary>Absolute location.</summary>
    public required string FilePath { get; init; }

    /// <summary>What it holds.</summary>
    public FileContent Content { get; init; } = FileContent.Data;

    /// <summary>Upper-case format name: PARQUET, AVRO, ORC, PUFFIN.</summary>
    public string FileFormat { get; init; } = "PARQUET";

    /// <summary>Partition spec that <see cref="Partition"/> belongs to.</summary>
    public int SpecId { get; init; }

    /// <summary>
    /// Partition values in the order of the spec's fields; empty when unpartitioned. Boxed by result type: bool, int (also date, and the year, month, day and hour transforms), long
    /// (also time, timestamp), float, double, <see cref="Int128"/> (unscaled decimal), string, <see cref="Guid"/>, byte[]; null is null.
    /// </summary>
    public IReadOnlyList<object?> Partition { get; init; } = [];

    /// <summary>Rows in the file.</summary>
    public required long RecordCount { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long FileSizeInBytes { get; init; }

    /// <summary>Bytes by field id.</summary>
    public IReadOnlyDictionary<int, long>? ColumnSizes { get; init; }

    /// <summary>Values by field id, nulls and NaNs included.</summary>
    public IReadOnlyDictionary<int, long>? ValueCounts { get; init; }

    /// <summary>Nulls by field id.</summary>
    public IReadOnlyDictionary<int, long>? NullValueCounts { get; init; }

    /// <summary>NaNs by field id.</summary>
    public IReadOnlyDictionary<int, long>? NanValueCounts { get; init; }

    /// <summary>Lower bounds by field id, in the specification's single-value serialization.</summary>
    public IReadOnlyDictionary<int, byte[]>? LowerBounds { get; init; }

    /// <summary>Upper bounds by field id, in the specification's single-value serialization.</summary>
    public IReadOnlyDictionary<int, byte[]>? UpperBounds { get; init; }

    /// <summary>Encryption key metadata.</summary>
    public byte[]? KeyMetadata { get; init; }

    /// <summary>Offsets at which the file may be split.</summary>
    public IReadOnlyList<long>? SplitOffsets { get; init; }

    /// <summary>Field ids by which an equality delete file deletes.</summary>
    public IReadOnlyList<int>? EqualityIds { get; init; }

    /// <summary>Sort order of the rows.</summary>
    public int? SortOrderId { get; init; }

    /// <summary>Data file that all position deletes of this file refer to.</summary>
    public string? ReferencedDataFile { get; init; }

    /// <summary>Row id of the first row (v3).</summary>
    public long? FirstRowId { get; init; }

    /// <summary>Where the deletion vector starts in its Puffin file (v3).</summary>
    public long? ContentOffset { get; init; }

    /// <summary>Bytes of the deletion vector in its Puffin file (v3).</summary>
    public long? ContentSizeInBytes { get; init; }
}
