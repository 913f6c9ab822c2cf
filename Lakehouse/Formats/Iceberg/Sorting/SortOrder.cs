namespace Lakehouse.Formats.Iceberg;

/// <summary>Direction of a sort field.</summary>
public enum SortDirection
{
    /// <summary>asc.</summary>
    Ascending,

    /// <summary>desc.</summary>
    Descending,
}

/// <summary>Where nulls sort.</summary>
public enum NullOrder
{
    /// <summary>nulls-first.</summary>
    NullsFirst,

    /// <summary>nulls-last.</summary>
    NullsLast,
}

/// <summary>A field of a sort order.</summary>
/// <param name="SourceId">Field id of the source column.</param>
/// <param name="Transform">Transform from source value to the value that is compared.</param>
/// <param name="Direction">Direction.</param>
/// <param name="NullOrder">Where nulls sort.</param>
public sealed record SortField(int SourceId, Transform Transform, SortDirection Direction, NullOrder NullOrder);

/// <summary>How rows are sorted within a file (specification, "Sorting").</summary>
/// <param name="OrderId">Id within the table; 0 is the unsorted order.</param>
/// <param name="Fields">Fields in order.</param>
public sealed record SortOrder(int OrderId, IReadOnlyList<SortField> Fields)
{
    /// <summary>No order, id 0.</summary>
    public static SortOrder Unsorted { get; } = new(0, []);

    /// <summary>Whether there is no order.</summary>
    public bool IsUnsorted => Fields.Count == 0;

    /// <summary>Whether two orders sort alike, whatever their ids.</summary>
    public bool IsEquivalentTo(SortOrder other) => Fields.SequenceEqual(other.Fields);

    /// <inheritdoc />
    public bool Equals(SortOrder? other) => other is not null && OrderId == other.OrderId && IsEquivalentTo(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(OrderId, Fields.Count);
}
