namespace Lakehouse.Formats.Iceberg;

/// <summary>A field of a partition spec.</summary>
/// <param name="SourceId">Field id of the source column.</param>
/// <param name="FieldId">Id of the partition field, unique in the table from v2 on; from 1000.</param>
/// <param name="Name">Name.</param>
/// <param name="Transform">Transform from source value to partition value.</param>
public sealed record PartitionField(int SourceId, int FieldId, string Name, Transform Transform);

/// <summary>How rows are split into partitions (specification, "Partitioning").</summary>
/// <param name="SpecId">Id within the table.</param>
/// <param name="Fields">Fields in order; none = unpartitioned.</param>
public sealed record PartitionSpec(int SpecId, IReadOnlyList<PartitionField> Fields)
{
    /// <summary>Partition field ids start here.</summary>
    public const int FirstFieldId = 1000;

    /// <summary>No partitions, spec id 0.</summary>
    public static PartitionSpec Unpartitioned { get; } = new(0, []);

    /// <summary>Whether rows are not split (no field, or only void ones).</summary>
    public bool IsUnpartitioned => Fields.All(f => f.Transform.Kind == TransformKind.Void);

    /// <summary>The highest partition field id; 999 when there are no fields.</summary>
    public int HighestFieldId => Fields.Select(f => f.FieldId).DefaultIfEmpty(FirstFieldId - 1).Max();

    /// <summary>Whether two specs split rows alike: same sources, transforms and names in order, whatever their ids.</summary>
    public bool IsEquivalentTo(PartitionSpec other) =>
        Fields.Count == other.Fields.Count && Fields.Zip(other.Fields).All(pair =>
            pair.First.SourceId == pair.Second.SourceId && pair.First.Transform == pair.Second.Transform && pair.First.Name == pair.Second.Name);

    /// <summary>
    /// The struct of partition values. A source column that none of the schemas has (dropped since) gives type null: its values are taken as their writer typed them.
    /// </summary>
    /// <param name="schemas">Schemas to look in, the one that counts most first.</param>
    public IReadOnlyList<IcebergType?> ResultTypes(IEnumerable<Schema> schemas)
    {
        var candidates = schemas.ToList();
        return Fields.Select(field =>
            candidates.Select(schema => schema.FindField(field.SourceId)).FirstOrDefault(source => source is not null) is { } found
                ? field.Transform.Kind == TransformKind.Unknown ? null : field.Transform.ResultType(found.Type)
                : FixedResultType(field.Transform)).ToList();
    }

    /// <summary>The partition values of a row, given the values of the source columns by field id, boxed as <see cref="DataFile.Partition"/> says.</summary>
    public IReadOnlyList<object?> PartitionOf(Schema schema, Func<int, object?> value) => Fields.Select(field =>
        field.Transform.Apply(
            value(field.SourceId),
            (schema.FindField(field.SourceId) ?? throw LakehouseException.InvalidData($"partition field \"{field.Name}\": the schema has no column with id {field.SourceId}")).Type)).ToList();

    /// <inheritdoc />
    public bool Equals(PartitionSpec? other) => other is not null && SpecId == other.SpecId && Fields.SequenceEqual(other.Fields);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(SpecId, Fields.Count);

    private static IcebergType? FixedResultType(Transform transform) => transform.Kind switch
    {
        TransformKind.Bucket or TransformKind.Year or TransformKind.Month or TransformKind.Hour => IcebergType.Int,
        TransformKind.Day => IcebergType.Date,
        _ => null,
    };
}
