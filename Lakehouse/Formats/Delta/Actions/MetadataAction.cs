namespace Lakehouse.Formats.Delta.Actions;

/// <summary>The metadata of a table ("metaData"; PROTOCOL.md, "Change Metadata").</summary>
public sealed record MetadataAction : DeltaAction
{
    /// <summary>Id of the table, a GUID by the specification.</summary>
    public required string Id { get; init; }

    /// <summary>Name; null when absent.</summary>
    public string? Name { get; init; }

    /// <summary>Description; null when absent.</summary>
    public string? Description { get; init; }

    /// <summary>Format of the data files: <c>parquet</c>.</summary>
    public string FormatProvider { get; init; } = "parquet";

    /// <summary>Options of the format.</summary>
    public IReadOnlyDictionary<string, string> FormatOptions { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Schema as JSON text, which <see cref="Schemas.DeltaSchemaJson"/> reads; empty when the writer gave none.</summary>
    public required string SchemaString { get; init; }

    /// <summary>Logical names of the partition columns, in order.</summary>
    public IReadOnlyList<string> PartitionColumns { get; init; } = [];

    /// <summary>When this metadata was made; null when absent.</summary>
    public long? CreatedTime { get; init; }

    /// <summary>Properties of the table, for instance <c>delta.appendOnly</c>.</summary>
    public IReadOnlyDictionary<string, string> Configuration { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>What a client must understand to read and write the table ("protocol").</summary>
/// <param name="MinReaderVersion">Least version of a reader.</param>
/// <param name="MinWriterVersion">Least version of a writer.</param>
/// <param name="ReaderFeatures">Features that a reader must know; given if and only if the reader version is 3.</param>
/// <param name="WriterFeatures">Features that a writer must know; given if and only if the writer version is 7.</param>
public sealed record ProtocolAction(int MinReaderVersion, int MinWriterVersion, IReadOnlyList<string>? ReaderFeatures = null, IReadOnlyList<string>? WriterFeatures = null) : DeltaAction;
