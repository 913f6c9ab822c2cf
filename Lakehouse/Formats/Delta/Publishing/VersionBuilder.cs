using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Parquet;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>Makes the actions of one version: looks at all files first, writes deletion vectors, and then tells the actions one by one.</summary>
internal sealed class VersionBuilder(IObjectStore store, TableMetadata metadata, IDeletedPositions? positions, PublishedLog log, Snapshot snapshot, VersionFiles files, bool isStep)
{
    private const int FootersAtOnce = 16;
    private const int MaxBuffered = 2000;

    private readonly VectorFiles vectors = new(store, metadata, positions);
    private readonly Dictionary<string, PublishedLog.Deleted> told = new(StringComparer.Ordinal);
    private List<(string Path, ScanFile File)>? buffered;

    // Commits that only rearrange rows say so, which spares readers of changes the work.
    private readonly bool dataChange = !(isStep && snapshot.Operation == "replace");

    /// <summary>The files with delete files that were told.</summary>
    public IReadOnlyDictionary<string, PublishedLog.Deleted> Told => told;

    /// <summary>Locations of the deletion vector files that were written, to be deleted when the version is not.</summary>
    public IReadOnlyList<string> Written => vectors.Written;

    /// <summary>Looks at the files of the version, and says what it is.</summary>
    /// <exception cref="PublishStopException">It cannot be published.</exception>
    public async Task<PublishedVersion> PrepareAsync(CancellationToken cancellationToken)
    {
        var version = PublishedVersion.Of(metadata, snapshot, log, partitioned: true, hasVectors: false);
        var deleted = await LookAsync(version, cancellationToken).ConfigureAwait(false);
        if (deleted is null)
        {
            version = PublishedVersion.Of(metadata, snapshot, log, partitioned: false, hasVectors: false);
            deleted = await LookAsync(version, cancellationToken).ConfigureAwait(false) ?? throw new InvalidOperationException("Without partition columns every partition value can be told.");
        }

        await vectors.WriteAsync(deleted, cancellationToken).ConfigureAwait(false);
        foreach (var (path, file) in deleted.Where(item => !vectors.Descriptors.ContainsKey(item.Path) && !files.IsAdded(item.Path) && log.DeletedRows.GetValueOrDefault(item.Path)?.Vector is null))
        {
            // Delete files that may apply to it, and do not: nothing about it changes.
            log.DeletedRows[path] = new PublishedLog.Deleted(DeleteKey.Of(file), Vector: null);
        }

        return PublishedVersion.Of(metadata, snapshot, log, partitioned: !version.Partitioning.IsNone, hasVectors: vectors.Descriptors.Count > 0);
    }

    /// <summary>The actions, in the order of the log.</summary>
    public async IAsyncEnumerable<DeltaAction> ActionsAsync(PublishedVersion version, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // With in-commit timestamps commitInfo stands first.
        yield return version.Info(snapshot, isStep, isFirst: log.Version < 0);
        if (version.ChangesProtocol(log))
        {
            yield return version.Protocol;
        }

        var all = version.TellsAllAnew(log);
        if (version.ChangesMetadata(log))
        {
            yield return version.Metadata;
        }

        yield return new TransactionAction(PublishedLog.AppId(metadata.TableUuid), snapshot.SequenceNumber, version.Timestamp);
        yield return new TransactionAction(PublishedLog.SnapshotAppId(metadata.TableUuid), snapshot.SnapshotId, version.Timestamp);
        foreach (var removed in files.Removed)
        {
            yield return Remove(removed.Path, removed.Size, removed.File, version, all);
        }

        await foreach (var (path, file) in ToldAsync(all, cancellationToken).ConfigureAwait(false))
        {
            var before = log.DeletedRows.GetValueOrDefault(path);
            var key = DeleteKey.Of(file);
            var isAdded = files.IsAdded(path);
            var isChanged = !isAdded && key != before?.Key;
            if (isChanged)
            {
                yield return Remove(path, file.File.FileSizeInBytes, file.File, version, all);
            }

            var vector = isAdded || isChanged ? vectors.Descriptors.GetValueOrDefault(path) : before?.Vector;
            if (key is not null)
            {
                told[path] = new PublishedLog.Deleted(key, vector);
            }

            yield return new AddFile
            {
                Path = path,
                PartitionValues = version.Partitioning.ValuesOf(file.File)!,
                Size = file.File.FileSizeInBytes,
                ModificationTime = snapshot.TimestampMs,
                DataChange = (isAdded || isChanged) && dataChange,
                Stats = PublishedStatistics.Of(file.File, version.Schema, version.Partitioning),
                DeletionVector = vector,
            };
        }
    }

    /// <summary>Looks at every file that is told; gives those whose deleted rows have to be written, or null when a partition value has no text.</summary>
    private async Task<List<(string Path, ScanFile File)>?> LookAsync(PublishedVersion version, CancellationToken cancellationToken)
    {
        var all = version.TellsAllAnew(log);
        var columns = version.Schema.Columns.Where(column => !version.Partitioning.Columns.Any(item => item.Column.Id == column.Id)).ToList();
        var deleted = new List<(string, ScanFile)>();
        var checks = new List<Task>(FootersAtOnce);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        buffered = null;
        var few = new List<(string, ScanFile)>();
        await foreach (var (path, file) in ToldAsync(all, cancellationToken).ConfigureAwait(false))
        {
            if (!seen.Add(path))
            {
                throw new PublishStopException(PublishStopKind.DuplicateFiles, $"{file.File.FilePath} is in the table more than once, and would be read once");
            }

            if (version.Partitioning.ValuesOf(file.File) is null)
            {
                await Task.WhenAll(checks).ConfigureAwait(false);
                return null;
            }

            if (files.IsAdded(path) || all)
            {
                checks.Add(CheckAsync(file, columns, cancellationToken));
            }

            var key = DeleteKey.Of(file);
            if (key is not null && (files.IsAdded(path) || key != log.DeletedRows.GetValueOrDefault(path)?.Key))
            {
                deleted.Add((path, file));
            }

            if (few.Count <= MaxBuffered)
            {
                few.Add((path, file));
            }

            if (checks.Count == FootersAtOnce)
            {
                await Task.WhenAll(checks).ConfigureAwait(false);
                checks.Clear();
            }
        }

        await Task.WhenAll(checks).ConfigureAwait(false);
        buffered = few.Count <= MaxBuffered ? few : null;
        return deleted;
    }

    private async Task CheckAsync(ScanFile file, IReadOnlyList<PublishedNode> columns, CancellationToken cancellationToken)
    {
        if (file.File.FileFormat != "PARQUET" || file.File.KeyMetadata is not null)
        {
            throw new PublishStopException(PublishStopKind.FileFormat, $"{file.File.FilePath} is {(file.File.KeyMetadata is null ? file.File.FileFormat : "encrypted")}; Delta's data files are plain Parquet");
        }

        var footer = await ParquetFooter.ReadAsync(store, file.File.FilePath, file.File.FileSizeInBytes, cancellationToken).ConfigureAwait(false);
        if (footer.Rows != file.File.RecordCount)
        {
            throw LakehouseException.InvalidData($"{file.File.FilePath}: holds {footer.Rows} rows, the manifest says {file.File.RecordCount}");
        }

        PublishedFileCheck.Check(file.File, file.Spec, columns, footer.Schema);
    }

    /// <summary>The files that the version tells of: new ones, those whose deleted rows changed, or all.</summary>
    private async IAsyncEnumerable<(string Path, ScanFile File)> ToldAsync(bool all, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (buffered is { } known)
        {
            foreach (var item in known.Where(item => IsTold(item.Path, item.File, all)))
            {
                yield return item;
            }

            yield break;
        }

        await foreach (var file in files.FilesAsync(all || log.DeletedRows.Count > 0, cancellationToken).ConfigureAwait(false))
        {
            var path = VersionFiles.PathOf(metadata, file.File);
            if (IsTold(path, file, all))
            {
                yield return (path, file);
            }
        }
    }

    private bool IsTold(string path, ScanFile file, bool all) => all || files.IsAdded(path) || DeleteKey.Of(file) != log.DeletedRows.GetValueOrDefault(path)?.Key;

    private RemoveFile Remove(string path, long size, DataFile? file, PublishedVersion version, bool all)
    {
        var values = all || file is null ? null : version.Partitioning.ValuesOf(file);
        return new RemoveFile
        {
            Path = path,
            DeletionTimestamp = version.Timestamp,
            DataChange = dataChange,
            ExtendedFileMetadata = values is not null,
            PartitionValues = values,
            Size = values is null ? null : size,
            DeletionVector = log.DeletedRows.GetValueOrDefault(path)?.Vector,
        };
    }
}
