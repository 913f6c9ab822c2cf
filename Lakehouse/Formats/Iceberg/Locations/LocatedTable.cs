using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>A table that was opened by its place.</summary>
/// <param name="Metadata">Its metadata.</param>
/// <param name="MetadataLocation">The metadata file, as <paramref name="Store"/> spells it.</param>
/// <param name="Folder">The table's folder, as the store spells it.</param>
/// <param name="Store">Finds the locations that the metadata names, also when the table was moved.</param>
public sealed record LocatedTable(TableMetadata Metadata, string MetadataLocation, string Folder, RelocatedStore Store);
