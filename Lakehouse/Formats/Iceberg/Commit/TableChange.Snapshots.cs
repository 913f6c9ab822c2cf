namespace Lakehouse.Formats.Iceberg;

internal sealed partial class TableChange
{
    private readonly List<Snapshot> snapshots;
    private readonly List<SnapshotLogEntry> snapshotLog;
    private readonly Dictionary<string, SnapshotRef> refs;
    private readonly HashSet<long> addedSnapshots = [];
    private readonly HashSet<long> removedSnapshots = [];
    private long lastSequenceNumber;
    private long? nextRowId;
    private bool replacesTable;

    /// <summary>Whether the update that could not be applied would be valid on other metadata: it was made for an older state of the table.</summary>
    public bool IsConflict { get; private set; }

    private string? Add(Snapshot snapshot)
    {
        if (schemas.Count == 0 || specs.Count == 0)
        {
            return "the table has no schema or no partition spec yet";
        }

        if (snapshots.Exists(existing => existing.SnapshotId == snapshot.SnapshotId))
        {
            return $"snapshot {snapshot.SnapshotId} exists already";
        }

        if (formatVersion > 1)
        {
            if (snapshot.SequenceNumber <= lastSequenceNumber)
            {
                IsConflict = true;
                return $"sequence number {snapshot.SequenceNumber} is not above the table's last, {lastSequenceNumber}";
            }

            if (snapshot.ManifestList is null)
            {
                return "the snapshot has no manifest-list";
            }

            lastSequenceNumber = snapshot.SequenceNumber;
        }

        if (snapshot.SchemaId is { } schemaId && !schemas.Exists(schema => schema.SchemaId == schemaId))
        {
            return $"the snapshot's schema {schemaId} does not exist";
        }

        if (formatVersion >= 3 && AssignRows(snapshot) is { } problem)
        {
            return problem;
        }

        snapshots.Add(snapshot);
        addedSnapshots.Add(snapshot.SnapshotId);
        return null;
    }

    private string? AssignRows(Snapshot snapshot)
    {
        if (snapshot.FirstRowId is not { } first || snapshot.AddedRows is not { } rows || rows < 0)
        {
            return "format version 3 needs first-row-id and added-rows";
        }

        if (first < nextRowId)
        {
            IsConflict = true;
            return $"first-row-id {first} is below the table's next-row-id, {nextRowId}";
        }

        nextRowId = first + rows;
        return null;
    }

    private string? SetRef(string name, SnapshotRef reference)
    {
        if (name.Length == 0)
        {
            return "the reference has no name";
        }

        if (snapshots.Find(snapshot => snapshot.SnapshotId == reference.SnapshotId) is not { } target)
        {
            return $"there is no snapshot {reference.SnapshotId}";
        }

        if (reference.Type == SnapshotRefType.Tag && (reference.MinSnapshotsToKeep is not null || reference.MaxSnapshotAgeMs is not null))
        {
            return "a tag has no min-snapshots-to-keep and no max-snapshot-age-ms";
        }

        if (reference.MinSnapshotsToKeep <= 0 || reference.MaxSnapshotAgeMs <= 0 || reference.MaxRefAgeMs <= 0)
        {
            return $"the retention of \"{name}\" must be positive";
        }

        if (name != SnapshotRef.Main)
        {
            refs[name] = reference;
            return null;
        }

        if (reference.Type != SnapshotRefType.Branch)
        {
            return "main is a branch";
        }

        var moves = !refs.TryGetValue(name, out var existing) || existing.SnapshotId != reference.SnapshotId;
        refs[name] = reference;
        if (moves)
        {
            snapshotLog.Add(new SnapshotLogEntry(addedSnapshots.Contains(target.SnapshotId) ? target.TimestampMs : context.Now.ToUnixTimeMilliseconds(), target.SnapshotId));
        }

        return null;
    }

    private string? RemoveRef(string name)
    {
        // Removing main leaves a table without a current snapshot, as it was before its first: the first half of "create or replace".
        refs.Remove(name);
        if (name == SnapshotRef.Main)
        {
            replacesTable = true;
        }

        return null;
    }

    private string? Remove(IReadOnlyList<long> ids)
    {
        var removed = ids.ToHashSet();
        foreach (var (name, reference) in refs)
        {
            if (removed.Contains(reference.SnapshotId))
            {
                return $"snapshot {reference.SnapshotId} is referred to by \"{name}\"";
            }
        }

        snapshots.RemoveAll(snapshot => removed.Contains(snapshot.SnapshotId));
        statistics.RemoveAll(file => removed.Contains(file.SnapshotId));
        partitionStatistics.RemoveAll(file => removed.Contains(file.SnapshotId));
        removedSnapshots.UnionWith(removed);
        return null;
    }

    /// <summary>
    /// The log without snapshots that were current only within this commit, and without what lies before a snapshot that is gone. It cannot say that a table has no snapshot any more, and is then empty.
    /// </summary>
    private List<SnapshotLogEntry> FinishSnapshotLog(long? current)
    {
        var log = new List<SnapshotLogEntry>();
        if (current is null)
        {
            return log;
        }

        foreach (var entry in snapshotLog)
        {
            if (removedSnapshots.Contains(entry.SnapshotId))
            {
                log.Clear();
            }
            else if (entry.SnapshotId == current || !addedSnapshots.Contains(entry.SnapshotId))
            {
                log.Add(entry);
            }
        }

        return log;
    }
}
