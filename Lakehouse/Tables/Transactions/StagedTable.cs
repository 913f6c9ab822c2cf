using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>What a transaction does to one table.</summary>
sealed class StagedTable(LakeTable table)
{
    readonly List<DataFile> files = [];
    readonly Dictionary<string, string> summary = new(StringComparer.Ordinal);
    readonly List<string> outdated = [];
    readonly Schema writerSchema = table.Schema;
    readonly TableMetadata writerMetadata = table.Metadata;
    PreparedSnapshot? prepared;
    bool overwrites;
    bool hasSnapshot;

    public LakeTable Table { get; private set; } = table;

    public void Append(IReadOnlyList<DataFile> added, IReadOnlyDictionary<string, string>? properties)
    {
        if (overwrites)
        {
            throw new InvalidOperationException($"{Table.Identifier} is overwritten in this transaction already.");
        }

        hasSnapshot |= added.Count > 0;
        Add(added, properties);
    }

    public void Overwrite(IReadOnlyList<DataFile> added, IReadOnlyDictionary<string, string>? properties)
    {
        if (hasSnapshot)
        {
            throw new InvalidOperationException($"{Table.Identifier} is written in this transaction already.");
        }

        overwrites = true;
        hasSnapshot = true;
        Add(added, properties);
    }

    /// <summary>The change for an attempt, its manifests written; null when the table was opened only.</summary>
    public async Task<TableChange?> BuildAsync(Lake lake, int attempt, CancellationToken cancellationToken)
    {
        if (!hasSnapshot)
        {
            return Table.Pending.Count == 0 ? null : new TableChange(Table.Identifier, Table.Required, Table.Pending);
        }

        if (prepared is null)
        {
            var context = SnapshotContext.Random(lake.Time) with { TableIsNew = Table.IsNew, Attempt = attempt };
            prepared = overwrites
                ? await SnapshotBuilder.OverwriteAsync(lake.Store, Table.Metadata, files, deletedFiles: null, summary, context, cancellationToken)
                : await SnapshotBuilder.AppendAsync(lake.Store, Table.Metadata, files, summary, context, cancellationToken);
        }

        return new TableChange(Table.Identifier, Table.Required.Concat(prepared.Requirements).Distinct().ToList(), [.. Table.Pending, .. prepared.Updates]);
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
        if (current is null || Table.IsNew || overwrites || Table.Pending.Count > 0 || !TakesWrittenFiles(current.Metadata))
        {
            return false;
        }

        Table = current;
        outdated.AddRange(prepared?.WrittenObjects ?? []);
        prepared = null;
        return true;
    }

    /// <summary>Takes the manifests and manifest lists that were written, to delete them.</summary>
    public IReadOnlyList<string> TakeWritten(bool onlyOutdated = false)
    {
        var taken = onlyOutdated ? outdated.ToList() : [.. outdated, .. prepared?.WrittenObjects ?? []];
        outdated.Clear();
        return taken;
    }

    void Add(IReadOnlyList<DataFile> added, IReadOnlyDictionary<string, string>? properties)
    {
        files.AddRange(added);
        foreach (var (key, value) in properties ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            summary[key] = value;
        }
    }

    /// <summary>Whether files that were written for the table as it was fit the table as it is: by field ids and partition specs.</summary>
    bool TakesWrittenFiles(TableMetadata current) =>
        current.TableUuid == writerMetadata.TableUuid
        && writerSchema.Fields.All(field => current.CurrentSchema.FindField(field.Id) is { } now && now.Type.Equals(field.Type))
        && current.CurrentSchema.Fields.All(field => !field.Required || writerSchema.FindField(field.Id) is not null)
        && files.Select(file => file.SpecId).Distinct().All(id => current.SpecById(id) is { } spec && spec.Equals(writerMetadata.SpecById(id)));
}
