namespace Lakehouse.Formats.Parquet;

/// <summary>How a leaf of a Parquet file is stored (<c>parquet.thrift</c>, "Type").</summary>
public enum ParquetPhysicalType
{
    /// <summary>One bit.</summary>
    Boolean = 0,

    /// <summary>32-bit integer.</summary>
    Int32 = 1,

    /// <summary>64-bit integer.</summary>
    Int64 = 2,

    /// <summary>96-bit timestamp of old writers.</summary>
    Int96 = 3,

    /// <summary>32-bit floating point.</summary>
    Float = 4,

    /// <summary>64-bit floating point.</summary>
    Double = 5,

    /// <summary>Bytes of any length.</summary>
    ByteArray = 6,

    /// <summary>Bytes of one length.</summary>
    FixedLenByteArray = 7,
}

/// <summary>What the values of a leaf, or a group, mean (<c>parquet.thrift</c>, "LogicalType" and "ConvertedType").</summary>
public enum ParquetMeaning
{
    /// <summary>Not said.</summary>
    None,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Group that is a map.</summary>
    Map,

    /// <summary>Group that is a list.</summary>
    List,

    /// <summary>Decimal number.</summary>
    Decimal,

    /// <summary>Days since 1970-01-01.</summary>
    Date,

    /// <summary>Microseconds since 1970-01-01, of UTC.</summary>
    TimestampMicrosUtc,

    /// <summary>Microseconds since 1970-01-01, of no zone.</summary>
    TimestampMicrosLocal,

    /// <summary>Signed integer as wide as its storage.</summary>
    Integer,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>A node of a Parquet file's schema: the file itself, a group or a leaf.</summary>
/// <param name="Name">Its name.</param>
public sealed record ParquetNode(string Name)
{
    /// <summary>Field id; null when the writer gave none.</summary>
    public int? FieldId { get; init; }

    /// <summary>Whether it may be null.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether it may be there more than once.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>How a leaf is stored; null for a group.</summary>
    public ParquetPhysicalType? Physical { get; init; }

    /// <summary>What it means.</summary>
    public ParquetMeaning Meaning { get; init; }

    /// <summary>Digits of a decimal.</summary>
    public int Precision { get; init; }

    /// <summary>Digits right of a decimal's point.</summary>
    public int Scale { get; init; }

    /// <summary>Nodes within a group.</summary>
    public IReadOnlyList<ParquetNode> Children { get; init; } = [];

    /// <summary>Whether it, or a node within it, has a field id.</summary>
    public bool HasFieldIds => FieldId is not null || Children.Any(child => child.HasFieldIds);
}
