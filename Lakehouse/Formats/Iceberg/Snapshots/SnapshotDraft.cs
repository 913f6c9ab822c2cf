using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>A snapshot in the making: writes manifests and keeps account of what it wrote and changed.</summary>
internal sealed class SnapshotDraft(IObjectStore store, TableMetadata metadata, SnapshotContext context)
{
    // The specification of the property: commit.manifest.target-size-bytes.
    private const long DefaultTargetSize = 8 * 1024 * 1024;

    private readonly Guid fileId = context.NewFileId();
    private readonly List<string> written = [];
    private int manifestNumber;

    public IObjectStore Store => store;

    public TableMetadata Metadata => metadata;

    public long SnapshotId { get; } = UnusedId(metadata, context);

    public long SequenceNumber { get; } = metadata.NextSequenceNumber;

    public SummaryCounts Counts { get; } = new();

    public long TargetSize { get; } = TableProperties.Long(metadata, "commit.manifest.target-size-bytes", DefaultTargetSize);

    public string Branch => context.Branch;

    private Snapshot? Parent { get; } = metadata.SnapshotByRef(context.Branch);

    /// <summary>A snapshot of a change of files.</summary>
    public Task<PreparedSnapshot> FinishAsync(SnapshotChange change, CancellationToken cancellationToken) =>
        FinishAsync(change, change.AddedDataFiles.ToAsyncEnumerable(), cancellationToken);

    /// <summary>A snapshot that appends files which are never all in memory.</summary>
    public Task<PreparedSnapshot> AppendAsync(IAsyncEnumerable<DataFile> files, IReadOnlyDictionary<string, string> summary, CancellationToken cancellationToken) =>
        FinishAsync(new SnapshotChange { Operation = SnapshotOperation.Append, Summary = summary }, files, cancellationToken);

    private async Task<PreparedSnapshot> FinishAsync(SnapshotChange change, IAsyncEnumerable<DataFile> addedFiles, CancellationToken cancellationToken)
    {
        if (metadata.Refs.TryGetValue(context.Branch, out var branch) && branch.Type != SnapshotRefType.Branch)
        {
            throw LakehouseException.InvalidData($"\"{context.Branch}\" is a tag, and tags don't move");
        }

        if (change.DataSequenceNumber > SequenceNumber)
        {
            throw LakehouseException.InvalidData($"the data sequence number {change.DataSequenceNumber} is above that of the snapshot, {SequenceNumber}");
        }

        var conflicts = await ConflictCheck.RunAsync(this, change, Parent, cancellationToken).ConfigureAwait(false);
        var added = await AddAsync(addedFiles, ManifestContent.Data, change.DataSequenceNumber, cancellationToken).ConfigureAwait(false);
        var addedDeletes = await AddAsync(change.AddedDeleteFiles.ToAsyncEnumerable(), ManifestContent.Deletes, sequenceNumber: null, cancellationToken).ConfigureAwait(false);
        var removal = new FileRemoval(change, conflicts);
        var leastAdded = change.DataSequenceNumber is { } stated && added.Count > 0 ? stated : SequenceNumber;
        List<ManifestFile> existing = [];
        if (Parent is not null)
        {
            existing = await new ManifestCarrier(this, removal).CarryAsync(Parent, leastAdded, cancellationToken).ConfigureAwait(false);
        }

        removal.CheckAllFound(Branch);
        Counts.ManifestsCreated = added.Count + addedDeletes.Count + Counts.ManifestsReplaced;
        IReadOnlyList<ManifestFile> manifests = [.. added, .. addedDeletes, .. existing];
        if (change.RewrittenManifests.Count > 0)
        {
            manifests = await new ManifestRewriter(this).RewriteAsync(manifests, change.RewrittenManifests, cancellationToken).ConfigureAwait(false);
        }
        else if (change.MergesManifests)
        {
            manifests = await new ManifestMerger(this).MergeAsync(manifests, cancellationToken).ConfigureAwait(false);
        }

        await DeleteUnusedAsync(manifests).ConfigureAwait(false);
        var (numbered, addedRows) = RowIds.Assign(metadata, manifests);
        var listLocation = TableLocations.ManifestList(metadata, SnapshotId, context.Attempt, fileId);
        var snapshot = new Snapshot
        {
            SnapshotId = SnapshotId,
            ParentSnapshotId = Parent?.SnapshotId,
            SequenceNumber = SequenceNumber,
            TimestampMs = Math.Max(context.Time.GetUtcNow().ToUnixTimeMilliseconds(), Parent?.TimestampMs ?? 0),
            ManifestList = listLocation,
            Summary = SnapshotSummary.Build(Counts, change, Parent, numbered),
            SchemaId = metadata.CurrentSchemaId,
            FirstRowId = addedRows is null ? null : metadata.NextRowId ?? 0,
            AddedRows = addedRows,
        };
        await PutAsync(listLocation, ManifestListWriter.Write(snapshot, numbered, metadata.FormatVersion), cancellationToken).ConfigureAwait(false);
        return new PreparedSnapshot(
            [new AddSnapshot(snapshot), new SetSnapshotRef(context.Branch, (branch ?? new SnapshotRef(SnapshotId, SnapshotRefType.Branch)) with { SnapshotId = SnapshotId })],
            context.TableIsNew ? [new AssertCreate()] : [new AssertTableUuid(metadata.TableUuid), new AssertRefSnapshotId(context.Branch, Parent?.SnapshotId)],
            written,
            snapshot);
    }

    public ManifestWriter StartManifest(PartitionSpec spec, ManifestContent content) => new(metadata, spec, content, SnapshotId);

    public async Task<ManifestFile> WriteAsync(ManifestWriter writer, CancellationToken cancellationToken)
    {
        var location = TableLocations.Manifest(metadata, fileId, manifestNumber++);
        var manifest = writer.Finish(location, SequenceNumber);
        await PutAsync(location, manifest.Bytes, cancellationToken).ConfigureAwait(false);
        return manifest.File;
    }

    /// <summary>Deletes what was written.</summary>
    public Task DeleteWrittenAsync() => DeleteAsync(written);

    /// <summary>Deletes new manifests that a merge has taken into another one.</summary>
    private Task DeleteUnusedAsync(IReadOnlyList<ManifestFile> manifests)
    {
        var used = manifests.Select(manifest => manifest.ManifestPath).ToHashSet(StringComparer.Ordinal);
        var unused = written.Where(location => !used.Contains(location)).ToList();
        written.RemoveAll(unused.Contains);
        return DeleteAsync(unused);
    }

    private async Task DeleteAsync(IEnumerable<string> locations)
    {
        foreach (var location in locations)
        {
            try
            {
                await store.DeleteAsync(location, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception error) when (error is LakehouseException or IOException)
            {
                // Nothing refers to it: it is left to orphan removal.
            }
        }
    }

    private async Task<List<ManifestFile>> AddAsync(IAsyncEnumerable<DataFile> files, ManifestContent content, long? sequenceNumber, CancellationToken cancellationToken)
    {
        var manifests = new List<ManifestFile>();
        var writers = new Dictionary<int, ManifestWriter>();
        await foreach (var file in files.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (!writers.TryGetValue(file.SpecId, out var writer))
            {
                writers[file.SpecId] = writer = StartManifest(metadata.SpecById(file.SpecId)!, content);
            }

            // Row ids are assigned by the commit: a file's first one is inherited.
            writer.Add(new ManifestEntry(ManifestEntryStatus.Added, SnapshotId, sequenceNumber, null, file with { FirstRowId = null }));
            Counts.Add(file);
            if (writer.Length >= TargetSize)
            {
                manifests.Add(await WriteAsync(writer, cancellationToken).ConfigureAwait(false));
                writers.Remove(file.SpecId);
            }
        }

        foreach (var (_, writer) in writers.OrderBy(item => item.Key))
        {
            manifests.Add(await WriteAsync(writer, cancellationToken).ConfigureAwait(false));
        }

        return manifests;
    }

    private async Task PutAsync(string location, byte[] bytes, CancellationToken cancellationToken)
    {
        // Noted before, so that a write whose outcome is not known is cleaned up too.
        written.Add(location);
        using var content = new MemoryStream(bytes, writable: false);
        if (await store.PutIfAbsentAsync(location, content, cancellationToken).ConfigureAwait(false) != PutOutcome.Written)
        {
            written.Remove(location);
            throw new LakehouseException(LakehouseErrorKind.AlreadyExists, $"{location} exists already");
        }
    }

    private static long UnusedId(TableMetadata metadata, SnapshotContext context)
    {
        long id;
        do
        {
            id = context.NewSnapshotId();
        }
        while (metadata.SnapshotById(id) is not null);
        return id > 0 ? id : throw new ArgumentException("Snapshot ids are positive", nameof(context));
    }
}
