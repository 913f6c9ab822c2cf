namespace Lakehouse.Formats.Iceberg;

/// <summary>Which state of a table is meant.</summary>
public abstract record SnapshotSelector
{
    private SnapshotSelector()
    {
    }

    /// <summary>The current one.</summary>
    public static SnapshotSelector Newest { get; } = new Current();

    /// <summary>The current snapshot, with the current schema.</summary>
    public sealed record Current : SnapshotSelector;

    /// <summary>A snapshot by id, with its own schema.</summary>
    /// <param name="Id">Snapshot id.</param>
    public sealed record ById(long Id) : SnapshotSelector;

    /// <summary>A branch, with the table's current schema, or a tag, with its snapshot's own.</summary>
    /// <param name="Name">Name of the branch or tag.</param>
    public sealed record ByRef(string Name) : SnapshotSelector;

    /// <summary>The snapshot that was current at a time, with its own schema.</summary>
    /// <param name="Time">The time; what became current at it counts.</param>
    public sealed record AsOf(DateTimeOffset Time) : SnapshotSelector;

    /// <summary>The snapshot of a sequence number, with its own schema. Tables of format 1 have none.</summary>
    /// <param name="SequenceNumber">Sequence number.</param>
    public sealed record ByVersion(long SequenceNumber) : SnapshotSelector;
}

/// <summary>A state of a table.</summary>
/// <param name="Snapshot">The snapshot; null for a table, or branch, without any.</param>
/// <param name="Schema">The schema to read it with.</param>
public sealed record SelectedSnapshot(Snapshot? Snapshot, Schema Schema);
