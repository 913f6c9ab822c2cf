namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// Checks a change against what others did on its branch since it was worked out. A rewrite (operation replace) keeps all rows, so only its own files matter; every other change also
/// says something of rows that it looked at.
/// </summary>
internal sealed class ConflictCheck
{
    private static readonly string[] AddingRows = ["append", "overwrite"];
    private static readonly string[] RemovingRows = ["overwrite", "delete"];
    private static readonly string[] RemovingFiles = ["overwrite", "delete", "replace"];

    private readonly SnapshotChange change;
    private readonly ChangeValidation validation;
    private readonly BranchHistory history;
    private readonly ConflictScope scope;
    private readonly DeleteIndex newDeletes = new();
    private readonly Dictionary<FileKey, long> newDeleteSnapshots = [];

    private ConflictCheck(SnapshotChange change, ChangeValidation validation, BranchHistory history, ConflictScope scope)
    {
        this.change = change;
        this.validation = validation;
        this.history = history;
        this.scope = scope;
    }

    /// <summary>Looks at the history; null when there is nothing that could stand against the change.</summary>
    /// <exception cref="LakehouseException">Conflict names the snapshot and the file.</exception>
    public static async Task<ConflictCheck?> RunAsync(SnapshotDraft draft, SnapshotChange change, Snapshot? parent, CancellationToken cancellationToken)
    {
        if (change.Validation is not { } validation || parent?.SnapshotId == validation.StartingSnapshotId)
        {
            return null;
        }

        var history = BranchHistory.Since(draft.Store, draft.Metadata, parent, validation.StartingSnapshotId);
        var check = new ConflictCheck(change, validation, history, new ConflictScope(draft.Metadata, change));
        var keepsRows = change.Operation == SnapshotOperation.Replace;
        if (!keepsRows && validation.IsolationLevel == IsolationLevel.Serializable)
        {
            await check.CheckNewDataAsync(cancellationToken).ConfigureAwait(false);
        }

        await check.CheckRemovedDataAsync(looksAtRows: !keepsRows, cancellationToken).ConfigureAwait(false);
        await check.CheckNewDeletesAsync(draft.Metadata, looksAtRows: !keepsRows, cancellationToken).ConfigureAwait(false);
        return check;
    }

    /// <summary>Throws when others deleted rows of a data file that the change removes: they would be there again in the files that take its place.</summary>
    public void CheckRemoval(ManifestEntry removed)
    {
        // What is removed without replacement takes its deletes along.
        if (change.AddedDataFiles.Count == 0)
        {
            return;
        }

        foreach (var delete in newDeletes.For(removed.DataFile, removed.SequenceNumber ?? 0))
        {
            throw Conflict($"snapshot {newDeleteSnapshots[DeleteScope.KeyOf(delete.File)]} deleted rows of data file {removed.DataFile.FilePath}, which is replaced here, by {delete.File.FilePath}");
        }
    }

    private async Task CheckNewDataAsync(CancellationToken cancellationToken)
    {
        await foreach (var (snapshot, entry) in history.FilesAsync(ManifestContent.Data, ManifestEntryStatus.Added, AddingRows, cancellationToken).ConfigureAwait(false))
        {
            if (scope.MayHoldRows(entry.DataFile))
            {
                throw Conflict($"snapshot {snapshot.SnapshotId} ({snapshot.Operation}) added data file {entry.DataFile.FilePath}{ConflictScope.PartitionText(entry.DataFile)}, which may hold rows that this change is about");
            }
        }
    }

    private async Task CheckRemovedDataAsync(bool looksAtRows, CancellationToken cancellationToken)
    {
        var referenced = validation.ReferencedDataFiles.Concat(change.AddedDeleteFiles.Select(DeleteScope.OnlyFile).OfType<string>()).Select(TableLocations.Normalize).ToHashSet(StringComparer.Ordinal);
        var looks = looksAtRows && validation is { DeletesConflict: true, IsolationLevel: IsolationLevel.Serializable };
        if (referenced.Count == 0 && !looks)
        {
            return;
        }

        await foreach (var (snapshot, entry) in history.FilesAsync(ManifestContent.Data, ManifestEntryStatus.Deleted, RemovingFiles, cancellationToken).ConfigureAwait(false))
        {
            if (referenced.Contains(TableLocations.Normalize(entry.DataFile.FilePath)))
            {
                throw Conflict($"snapshot {snapshot.SnapshotId} ({snapshot.Operation}) removed data file {entry.DataFile.FilePath}, of which this change deletes rows");
            }

            if (looks && snapshot.Operation != "replace" && scope.MayHoldRows(entry.DataFile))
            {
                throw Conflict($"snapshot {snapshot.SnapshotId} ({snapshot.Operation}) removed data file {entry.DataFile.FilePath}{ConflictScope.PartitionText(entry.DataFile)}, which may have held rows that this change is about");
            }
        }
    }

    private async Task CheckNewDeletesAsync(TableMetadata metadata, bool looksAtRows, CancellationToken cancellationToken)
    {
        // A rewrite whose files keep their old sequence number leaves them under later equality deletes.
        var ignoresEqualities = !looksAtRows && change.DataSequenceNumber is not null;
        var referenced = validation.ReferencedDataFiles.Select(TableLocations.Normalize).ToHashSet(StringComparer.Ordinal);
        await foreach (var (snapshot, entry) in history.FilesAsync(ManifestContent.Deletes, ManifestEntryStatus.Added, RemovingRows, cancellationToken).ConfigureAwait(false))
        {
            var file = entry.DataFile;
            if (looksAtRows && validation.DeletesConflict && Concerns(file, referenced))
            {
                throw Conflict($"snapshot {snapshot.SnapshotId} ({snapshot.Operation}) added delete file {file.FilePath}{ConflictScope.PartitionText(file)}, which may delete rows that this change is about");
            }

            if (!(ignoresEqualities && file.Content == FileContent.EqualityDeletes))
            {
                newDeletes.Add(file, entry.SequenceNumber ?? snapshot.SequenceNumber, metadata.SpecById(file.SpecId)!);
                newDeleteSnapshots[DeleteScope.KeyOf(file)] = snapshot.SnapshotId;
            }
        }
    }

    /// <summary>Whether a delete file is about rows that the change looked at. For snapshot isolation those that it changes are enough.</summary>
    private bool Concerns(DataFile file, HashSet<string> referenced) =>
        validation.IsolationLevel == IsolationLevel.Snapshot && DeleteScope.OnlyFile(file) is { } only ? referenced.Contains(only) : scope.MayDeleteRows(file);

    private static LakehouseException Conflict(string message) => new(LakehouseErrorKind.Conflict, message);
}
