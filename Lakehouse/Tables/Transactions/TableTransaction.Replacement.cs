using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

public sealed partial class TableTransaction
{
    /// <summary>A table that this transaction's commit will create. Whether the name is free is not looked up: the catalog says so now, or at the commit.</summary>
    /// <param name="table">Name.</param>
    /// <param name="schema">Columns; ids only have to be distinct.</param>
    /// <param name="spec">Partitioning, by the ids of <paramref name="schema"/>.</param>
    /// <param name="order">Sort order, by the ids of <paramref name="schema"/>.</param>
    /// <param name="properties">Properties.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">NotFound: there is no such namespace. AlreadyExists: the name is taken.</exception>
    public async Task<LakeTable> CreateAsync(
        TableIdentifier table, Schema schema, PartitionSpec? spec = null, SortOrder? order = null, IReadOnlyDictionary<string, string>? properties = null, CancellationToken cancellationToken = default)
    {
        if (staged.ContainsKey(table))
        {
            throw new InvalidOperationException($"{table} is changed in this transaction already.");
        }

        var metadata = await lake.Catalog.StageCreateAsync(table, schema, spec, order, properties, cancellationToken);
        var created = new LakeTable(lake, table, metadataLocation: null, metadata, metadata.ToCreateUpdates(), [new AssertCreate()]);
        staged[table] = new StagedTable(created);
        return created;
    }

    /// <summary>A table whose rows are to be replaced, with exactly these columns, as <see cref="OpenForOverwriteAsync"/> does; the catalog is not asked.</summary>
    /// <param name="current">The table as it is.</param>
    /// <param name="schema">Columns; ids only have to be distinct.</param>
    public LakeTable OpenForOverwrite(LakeTable current, Schema schema)
    {
        ArgumentNullException.ThrowIfNull(current);
        if (staged.ContainsKey(current.Identifier))
        {
            throw new InvalidOperationException($"{current.Identifier} is changed in this transaction already.");
        }

        if (SchemaReplacement.Of(current.Metadata, schema) is not { } replacement)
        {
            return current;
        }

        var changed = new LakeTable(lake, current.Identifier, current.MetadataLocation, replacement.Metadata, replacement.Updates, replacement.Requirements);
        staged[current.Identifier] = new StagedTable(changed);
        return changed;
    }

    /// <summary>A table as this transaction will leave it where it has staged something of it; else as it is given.</summary>
    public LakeTable StagedOr(LakeTable current)
    {
        ArgumentNullException.ThrowIfNull(current);
        return staged.TryGetValue(current.Identifier, out var known) ? known.Table : current;
    }

    /// <summary>Has the transaction commit to another branch than it was begun on: one that was made from it, and shows the same tables.</summary>
    /// <param name="other">The lake on that branch.</param>
    public void CommitTo(Lake other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (result is not null || retry.IsInDoubt)
        {
            throw new InvalidOperationException("The transaction was committed already.");
        }

        lake = other;
        retry = new CommitRetry(other.Catalog, other.Time, other.Retry);
    }

    /// <summary>Tables as the commit left them, as far as they are known without asking the catalog: each has the metadata, but not the location that the catalog wrote it to.</summary>
    /// <exception cref="InvalidOperationException">The transaction has not committed.</exception>
    public IReadOnlyList<LakeTable> CommittedTables => result is CommitResult.Committed
        ? [.. staged.Values.Where(change => change.Left is not null).Select(change => lake.OpenTable(new LoadedTable(change.Table.Identifier, "", change.Left!)))]
        : throw new InvalidOperationException("The transaction has not committed.");
}
