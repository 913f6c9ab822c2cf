using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>A table as the catalog has it.</summary>
/// <param name="Identifier">Name.</param>
/// <param name="MetadataLocation">Location of its current metadata file.</param>
/// <param name="Metadata">Its metadata.</param>
public sealed record LoadedTable(TableIdentifier Identifier, string MetadataLocation, TableMetadata Metadata);

/// <summary>A name of the lake, and what bears it.</summary>
/// <param name="Identifier">The name.</param>
/// <param name="Format"><c>iceberg</c> for a table, <c>delta</c> for a registered one that others write, <c>view</c>.</param>
/// <param name="Commit">The commit that made it what it is.</param>
public sealed record LakeName(TableIdentifier Identifier, string Format, long? Commit);
