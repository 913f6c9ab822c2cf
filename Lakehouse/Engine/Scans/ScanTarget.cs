using Lakehouse.Formats.IO;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>A column that is the same in all rows of a file.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">DuckDB's type.</param>
/// <param name="Of">SQL of the value, by the place of the file among those of the target.</param>
internal sealed record FileValue(string Name, string Type, Func<int, string> Of);

/// <summary>What to read of a table.</summary>
/// <param name="Name">Name of the table, for errors.</param>
/// <param name="Metadata">Its metadata, of which the schemas so far are looked at.</param>
/// <param name="Schema">The schema to read with: its columns are those of the relation.</param>
/// <param name="Files">Exactly the files to read, with the deletes that apply to each.</param>
public sealed record ScanTarget(string Name, TableMetadata Metadata, Schema Schema, IReadOnlyList<ScanFile> Files)
{
    /// <summary>The store of the table: deletion vectors and Avro files are read from it. Needed when there are such.</summary>
    public IObjectStore? Store { get; init; }

    /// <summary>Metadata columns that the relation has after those of the schema, by the names in <see cref="Scans.MetadataColumns"/>; none by default.</summary>
    public IReadOnlyList<string> MetadataColumns { get; init; } = [];

    /// <summary>Whether the functions that the relation needs are registered with the database that it is built with. Off for a relation that only other databases read.</summary>
    public bool RegistersInputs { get; init; } = true;

    /// <summary>Further columns after those, each with one value for all rows of a file.</summary>
    internal IReadOnlyList<FileValue> FileValues { get; init; } = [];
}
