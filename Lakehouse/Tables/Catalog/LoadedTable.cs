using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>A table as the catalog has it.</summary>
/// <param name="Identifier">Name.</param>
/// <param name="MetadataLocation">Location of its current metadata file.</param>
/// <param name="Metadata">Its metadata.</param>
public sealed record LoadedTable(TableIdentifier Identifier, string MetadataLocation, TableMetadata Metadata);
