namespace Lakehouse.Formats.Iceberg;

/// <summary>A snapshot whose manifests are written and which waits for its commit.</summary>
/// <param name="Updates">What the commit changes.</param>
/// <param name="Requirements">What has to hold for it.</param>
/// <param name="WrittenObjects">Locations of the manifests and the manifest list that were written: to be deleted when, and only when, the commit is known to have failed.</param>
/// <param name="Snapshot">The snapshot.</param>
public sealed record PreparedSnapshot(
    IReadOnlyList<TableUpdate> Updates, IReadOnlyList<TableRequirement> Requirements, IReadOnlyList<string> WrittenObjects, Snapshot Snapshot);

/// <summary>Where a new snapshot gets its ids and its time from, and where it goes.</summary>
/// <param name="NewSnapshotId">Gives a random positive id.</param>
/// <param name="NewFileId">Gives a random id for the names of files.</param>
/// <param name="Time">The clock.</param>
public sealed record SnapshotContext(Func<long> NewSnapshotId, Func<Guid> NewFileId, TimeProvider Time)
{
    /// <summary>Branch that the snapshot becomes the newest of.</summary>
    public string Branch { get; init; } = SnapshotRef.Main;

    /// <summary>
    /// Whether the table is created by the same commit: the metadata is then what the create updates give, and the requirement is <c>assert-create</c>.
    /// The create updates go before the snapshot's.
    /// </summary>
    public bool TableIsNew { get; init; }

    /// <summary>Which attempt at this change it is, from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Random ids from the operating system's generator.</summary>
    public static SnapshotContext Random(TimeProvider time) => new(RandomSnapshotId, Guid.NewGuid, time);

    private static long RandomSnapshotId()
    {
        Span<byte> bytes = stackalloc byte[8];
        long id;
        do
        {
            System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);
            id = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(bytes) & long.MaxValue;
        }
        while (id == 0);
        return id;
    }
}
