using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// Makes snapshots: writes their manifests and manifest list, and says what the catalog has to commit. Data files are written before and stay valid whatever comes of the commit:
/// after a conflict, load the table again and prepare the snapshot again with the same files.
/// </summary>
public static class SnapshotBuilder
{
    /// <summary>Makes a change of files a snapshot of the context's branch.</summary>
    /// <param name="store">Where the table lies.</param>
    /// <param name="metadata">The table; of a table that is created in the same commit, what its create updates give.</param>
    /// <param name="change">What is added and removed, and what others may not have done since.</param>
    /// <param name="context">Ids, time and branch.</param>
    /// <param name="cancellationToken">Cancels the call; what was written is deleted then.</param>
    /// <exception cref="LakehouseException">
    /// InvalidData: a file does not fit the table; Unsupported: the table's format version can't be written, or has no such files; Conflict: a file to remove is not part of the branch
    /// any more, or the change's validation fails.
    /// </exception>
    public static async Task<PreparedSnapshot> PrepareAsync(
        IObjectStore store, TableMetadata metadata, SnapshotChange change, SnapshotContext context, CancellationToken cancellationToken = default)
    {
        ChangeRules.Check(metadata, change);
        var draft = new SnapshotDraft(store, metadata, context);
        try
        {
            return await draft.FinishAsync(change, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Nothing refers to these objects before the snapshot is handed out.
            await draft.DeleteWrittenAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Adds data files to a branch.</summary>
    /// <param name="store">Where the table lies.</param>
    /// <param name="metadata">The table, as for <see cref="PrepareAsync"/>.</param>
    /// <param name="files">Files to add; may be none.</param>
    /// <param name="summary">Properties to add to the snapshot's summary.</param>
    /// <param name="context">Ids, time and branch.</param>
    /// <param name="cancellationToken">Cancels the call; what was written is deleted then.</param>
    /// <exception cref="LakehouseException">As for <see cref="PrepareAsync"/>.</exception>
    public static Task<PreparedSnapshot> AppendAsync(
        IObjectStore store,
        TableMetadata metadata,
        IReadOnlyList<DataFile> files,
        IReadOnlyDictionary<string, string> summary,
        SnapshotContext context,
        CancellationToken cancellationToken = default) =>
        PrepareAsync(store, metadata, new SnapshotChange { AddedDataFiles = files, Summary = summary }, context, cancellationToken);

    /// <summary>Replaces files of a branch.</summary>
    /// <param name="store">Where the table lies.</param>
    /// <param name="metadata">The table, as for <see cref="PrepareAsync"/>.</param>
    /// <param name="files">Files to add; may be none.</param>
    /// <param name="deletedFiles">Locations of the data files to remove, each of which has to be part of the branch; null removes everything, delete files too.</param>
    /// <param name="summary">Properties to add to the snapshot's summary.</param>
    /// <param name="context">Ids, time and branch.</param>
    /// <param name="cancellationToken">Cancels the call; what was written is deleted then.</param>
    /// <exception cref="LakehouseException">As for <see cref="PrepareAsync"/>.</exception>
    public static Task<PreparedSnapshot> OverwriteAsync(
        IObjectStore store,
        TableMetadata metadata,
        IReadOnlyList<DataFile> files,
        IReadOnlyCollection<string>? deletedFiles,
        IReadOnlyDictionary<string, string> summary,
        SnapshotContext context,
        CancellationToken cancellationToken = default) =>
        PrepareAsync(
            store,
            metadata,
            new SnapshotChange { AddedDataFiles = files, RemovedDataFiles = deletedFiles ?? [], RemovesAll = deletedFiles is null, Summary = summary },
            context,
            cancellationToken);
}
