namespace Lakehouse.Formats.Iceberg;

/// <summary>What has to hold for a commit to be applied (REST catalog specification, <c>TableRequirement</c>).</summary>
public abstract record TableRequirement
{
    private protected TableRequirement()
    {
    }

    /// <summary>Name in the REST specification.</summary>
    public abstract string Type { get; }
}

/// <summary>The table does not exist.</summary>
public sealed record AssertCreate : TableRequirement
{
    /// <inheritdoc />
    public override string Type => "assert-create";
}

/// <summary>It is that table.</summary>
/// <param name="Uuid">Its identity.</param>
public sealed record AssertTableUuid(Guid Uuid) : TableRequirement
{
    /// <inheritdoc />
    public override string Type => "assert-table-uuid";
}

/// <summary>A branch or tag is at that snapshot.</summary>
/// <param name="Ref">Name of the branch or tag.</param>
/// <param name="SnapshotId">The snapshot; null = the reference does not exist.</param>
public sealed record AssertRefSnapshotId(string Ref, long? SnapshotId) : TableRequirement
{
    /// <inheritdoc />
    public override string Type => "assert-ref-snapshot-id";
}

/// <summary>No column was added since.</summary>
/// <param name="LastAssignedFieldId">Highest column id.</param>
public sealed record AssertLastAssignedFieldId(int LastAssignedFieldId) : TableRequirement
{
    /// <inheritdoc />
    public override string Type => "assert-last-assigned-field-id";
}

/// <summary>The current schema is that one.</summary>
/// <param name="CurrentSchemaId">Its id.</param>
public sealed record AssertCurrentSchemaId(int CurrentSchemaId) : TableRequirement
{
    /// <inheritdoc />
    public override string Type => "assert-current-schema-id";
}

/// <summary>No partition field was added since.</summary>
/// <param name="LastAssignedPartitionId">Highest partition field id.</param>
public sealed record AssertLastAssignedPartitionId(int LastAssignedPartitionId) : TableRequirement
{
    /// <inheritdoc />
    public override string Type => "assert-last-assigned-partition-id";
}

/// <summary>The default spec is that one.</summary>
/// <param name="DefaultSpecId">Its id.</param>
public sealed record AssertDefaultSpecId(int DefaultSpecId) : TableRequirement
{
    /// <inheritdoc />
    public override string Type => "assert-default-spec-id";
}

/// <summary>The default sort order is that one.</summary>
/// <param name="DefaultSortOrderId">Its id.</param>
public sealed record AssertDefaultSortOrderId(int DefaultSortOrderId) : TableRequirement
{
    /// <inheritdoc />
    public override string Type => "assert-default-sort-order-id";
}
