namespace Lakehouse.Formats.Iceberg;

/// <summary>A schema of a table: a struct with an id (specification, "Schemas and Data Types").</summary>
/// <param name="SchemaId">Id within the table.</param>
/// <param name="Fields">Top-level columns in order.</param>
/// <param name="IdentifierFieldIds">Ids of the columns that identify a row; may be empty.</param>
public sealed record Schema(int SchemaId, IReadOnlyList<NestedField> Fields, IReadOnlyList<int> IdentifierFieldIds)
{
    /// <summary>A schema without identifier columns.</summary>
    public Schema(int schemaId, IReadOnlyList<NestedField> fields)
        : this(schemaId, fields, [])
    {
    }

    /// <summary>The columns as one struct.</summary>
    public StructType AsStruct => new(Fields);

    /// <summary>The top-level column of that exact name, or null.</summary>
    public NestedField? FindColumn(string name) => Fields.FirstOrDefault(f => f.Name == name);

    /// <summary>Whether two schemas have the same columns and identifiers, whatever their ids.</summary>
    public bool SameColumns(Schema other) => Fields.SequenceEqual(other.Fields) && IdentifierFieldIds.SequenceEqual(other.IdentifierFieldIds);

    /// <inheritdoc />
    public bool Equals(Schema? other) => other is not null && SchemaId == other.SchemaId && SameColumns(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(SchemaId, Fields.Count);
}
