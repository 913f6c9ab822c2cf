using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>What a transaction does to one table.</summary>
sealed class StagedTable(LakeTable table)
{
    readonly List<(SnapshotChange Change, string Branch)> changes = [];
    readonly List<PreparedSnapshot> prepared = [];
    readonly List<string> outdated = [];
    readonly List<Func<TableMetadata, MetadataChange>> evolutions = [];
    readonly bool cannotReapply = table.Pending.Count > 0;
    Schema writerSchema = table.Schema;
    TableMetadata writerMetadata = table.Metadata;

    public LakeTable Table { get; private set; } = table;

    public bool HasChanges => changes.Count > 0;

    /// <summary>What the last attempt to commit makes of the table; null when it changes nothing.</summary>
    public TableMetadata? Left { get; private set; }

    /// <summary>Adds rows to main; several times are one snapshot.</summary>
    public void Append(IReadOnlyList<DataFile> added, IReadOnlyDictionary<string, string>? properties)
    {
        if (changes.Exists(staged => staged.Change.RemovesAll))
        {
            throw new InvalidOperationException($"{Table.Identifier} is overwritten in this transaction already.");
        }

        if (changes is not [.., ({ OnlyAppends: true, Validation: null, MergesManifests: true } last, SnapshotRef.Main)])
        {
            if (added.Count > 0)
            {
                Stage(new SnapshotChange { AddedDataFiles = added, Summary = properties ?? new SnapshotChange().Summary }, SnapshotRef.Main);
            }

            return;
        }

        var summary = new Dictionary<string, string>(last.Summary, StringComparer.Ordinal);
        foreach (var (key, value) in properties ?? new SnapshotChange().Summary)
        {
            summary[key] = value;
        }

        changes[^1] = (last with { AddedDataFiles = [.. last.AddedDataFiles, .. added], Summary = summary }, SnapshotRef.Main);
    }

    public void Overwrite(IReadOnlyList<DataFile> added, IReadOnlyDictionary<string, string>? properties)
    {
        if (changes.Count > 0)
        {
            throw new InvalidOperationException($"{Table.Identifier} is written in this transaction already.");
        }

        Stage(
            new SnapshotChange
            {
                AddedDataFiles = added,
                RemovesAll = true,
                Summary = properties ?? new SnapshotChange().Summary,
                Validation = new ChangeValidation { StartingSnapshotId = Table.Metadata.CurrentSnapshotId },
            },
            SnapshotRef.Main);
    }

    public LakeTable Evolve(Lake lake, Func<TableMetadata, MetadataChange> change)
    {
        Table = Table.Evolved(lake, change(Table.Metadata));
        evolutions.Add(change);
        writerSchema = Table.Schema;
        writerMetadata = Table.Metadata;
        outdated.AddRange(prepared.SelectMany(snapshot => snapshot.WrittenObjects));
        prepared.Clear();
        return Table;
    }

    public void Stage(SnapshotChange change, string branch) => changes.Add((change, branch));

    /// <summary>The change for an attempt, its manifests written; null when the table was opened only.</summary>
    /// <exception cref="LakehouseException">Conflict: what others committed since stands against a change.</exception>
    public async Task<TableChange?> BuildAsync(Lake lake, int attempt, CancellationToken cancellationToken)
    {
        if (changes.Count == 0)
        {
            Left = Table.Pending.Count == 0 ? null : Table.Metadata;
            return Table.Pending.Count == 0 ? null : new TableChange(Table.Identifier, Table.Required, Table.Pending);
        }

        if (prepared.Count < changes.Count)
        {
            await PrepareAsync(lake, attempt, cancellationToken);
        }

        // Only the first snapshot of a branch stands on what others may have moved; later ones stand on it.
        var requirements = Table.Required.Concat(prepared.Zip(changes).DistinctBy(pair => pair.Second.Branch).SelectMany(pair => pair.First.Requirements)).Distinct();
        return new TableChange(Table.Identifier, [.. requirements], [.. Table.Pending, .. prepared.SelectMany(snapshot => snapshot.Updates)]);
    }

    /// <summary>Looks at the table again, and says whether the change still makes sense.</summary>
    public async Task<bool> RefreshAsync(Lake lake, CancellationToken cancellationToken)
    {
        var current = await lake.FindTableAsync(Table.Identifier, cancellationToken);
        if (current?.MetadataLocation == Table.MetadataLocation)
        {
            return true;
        }

        // Files of a table that another writer created in the meantime would lie outside of its location.
        if (current is null || Table.IsNew || cannotReapply)
        {
            return false;
        }

        foreach (var evolution in evolutions)
        {
            current = current.Evolved(lake, evolution(current.Metadata));
        }

        if (!TakesWrittenFiles(current.Metadata))
        {
            return false;
        }

        Table = current;
        outdated.AddRange(prepared.SelectMany(snapshot => snapshot.WrittenObjects));
        prepared.Clear();
        return true;
    }

    /// <summary>Takes the manifests and manifest lists that were written, to delete them.</summary>
    public IReadOnlyList<string> TakeWritten(bool onlyOutdated = false)
    {
        var taken = onlyOutdated ? outdated.ToList() : [.. outdated, .. prepared.SelectMany(snapshot => snapshot.WrittenObjects)];
        outdated.Clear();
        return taken;
    }

    async Task PrepareAsync(Lake lake, int attempt, CancellationToken cancellationToken)
    {
        var metadata = Table.Metadata;
        outdated.AddRange(prepared.SelectMany(snapshot => snapshot.WrittenObjects));
        prepared.Clear();
        try
        {
            foreach (var (change, branch) in changes)
            {
                var context = SnapshotContext.Random(lake.Time) with { Branch = branch, TableIsNew = Table.IsNew, Attempt = attempt };
                var snapshot = await SnapshotBuilder.PrepareAsync(lake.Store, metadata, change, context, cancellationToken);
                prepared.Add(snapshot);
                metadata = TableCommit.Apply(metadata, [], snapshot.Updates, new TableCommitContext(lake.Time.GetUtcNow())) switch
                {
                    TableCommitResult.Applied applied => applied.Metadata,
                    var other => throw new InvalidOperationException($"The snapshot was made for the table, and yet: {other}"),
                };
            }

            Left = metadata;
        }
        catch (LakehouseException exception) when (exception.Kind == LakehouseErrorKind.Conflict)
        {
            throw new LakehouseException(LakehouseErrorKind.Conflict, $"table {Table.Identifier}: {exception.Message}", exception);
        }
    }

    /// <summary>Whether files that were written for the table as it was fit the table as it is: by field ids, partition specs and format version.</summary>
    bool TakesWrittenFiles(TableMetadata current)
    {
        var specs = changes.SelectMany(staged => staged.Change.AddedDataFiles.Concat(staged.Change.AddedDeleteFiles)).Select(file => file.SpecId).Distinct().ToList();
        if (current.TableUuid != writerMetadata.TableUuid || specs.Count == 0)
        {
            return current.TableUuid == writerMetadata.TableUuid;
        }

        return (current.FormatVersion == writerMetadata.FormatVersion || changes.TrueForAll(staged => staged.Change.AddedDeleteFiles.Count == 0))
            && writerSchema.Fields.All(field => current.CurrentSchema.FindField(field.Id) is { } now && now.Type.Equals(field.Type))
            && current.CurrentSchema.Fields.All(field => !field.Required || writerSchema.FindField(field.Id) is not null)
            && specs.TrueForAll(id => current.SpecById(id) is { } spec && spec.Equals(writerMetadata.SpecById(id)));
    }
}
