using System.Collections.Concurrent;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>
/// Changes of any number of tables, source positions and items that become visible in one commit, or not at all. Not for use by several threads, but for <see cref="NewDataFile"/>
/// and <see cref="Track"/>. Disposing it deletes the files that were written for it, unless it committed, or may have.
/// </summary>
public sealed partial class TableTransaction : IAsyncDisposable
{
    readonly CatalogCommit template;
    Lake lake;
    readonly Dictionary<TableIdentifier, StagedTable> staged = [];
    readonly List<CursorMove> cursors = [];
    readonly List<SourceItem> items = [];
    readonly List<string> lineage = [];
    readonly ConcurrentBag<string> written = [];
    CommitRetry retry;
    CommitResult? result;
    CachedFiles? files;

    internal TableTransaction(Lake lake, CatalogCommit template)
    {
        this.lake = lake;
        this.template = template;
        retry = new CommitRetry(lake.Catalog, lake.Time, lake.Retry);
    }

    /// <summary>The lake's files as files of this machine; remote ones stay for as long as the transaction.</summary>
    public ILocalFiles Files => files ??= lake.OpenFiles();

    /// <summary>What is done, for people; may be set until the commit.</summary>
    public string? Message { get; set; }

    /// <summary>The lake that it changes.</summary>
    internal Lake Lake => lake;

    /// <summary>A table as it is, or as this transaction will leave it.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such table.</exception>
    public async Task<LakeTable> OpenAsync(TableIdentifier table, CancellationToken cancellationToken = default) =>
        staged.TryGetValue(table, out var known) ? known.Table : await lake.LoadTableAsync(table, cancellationToken);

    /// <summary>A table to append to: as it is, or, when it does not exist, as this transaction's commit will create it (with its namespace, at once).</summary>
    /// <param name="table">Name.</param>
    /// <param name="schema">Columns of a new table; its ids only have to be distinct. An existing table keeps its own.</param>
    /// <param name="spec">Partitioning of a new table, by the ids of <paramref name="schema"/>.</param>
    /// <param name="order">Sort order of a new table, by the ids of <paramref name="schema"/>.</param>
    /// <param name="properties">Properties of a new table.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<LakeTable> OpenOrCreateAsync(
        TableIdentifier table, Schema schema, PartitionSpec? spec = null, SortOrder? order = null, IReadOnlyDictionary<string, string>? properties = null, CancellationToken cancellationToken = default)
    {
        if (staged.TryGetValue(table, out var known))
        {
            return known.Table;
        }

        if (await lake.FindTableAsync(table, cancellationToken) is { } existing)
        {
            return existing;
        }

        await lake.Catalog.EnsureNamespaceAsync(table.Namespace, cancellationToken);
        try
        {
            var metadata = await lake.Catalog.StageCreateAsync(table, schema, spec, order, properties, cancellationToken);
            var created = new LakeTable(lake, table, metadataLocation: null, metadata, metadata.ToCreateUpdates(), [new AssertCreate()]);
            staged[table] = new StagedTable(created);
            return created;
        }
        catch (LakehouseException exception) when (exception.Kind == LakehouseErrorKind.AlreadyExists)
        {
            return await lake.LoadTableAsync(table, cancellationToken);
        }
    }

    /// <summary>
    /// A table whose rows are to be replaced, with exactly these columns: created if it does not exist; otherwise its columns change with the commit, and those that stay, by name and
    /// type, keep their ids. Write files for the schema of the table that is returned, and stage them by <see cref="Overwrite"/>.
    /// </summary>
    /// <param name="table">Name.</param>
    /// <param name="schema">Columns; ids only have to be distinct.</param>
    /// <param name="properties">Properties of a new table.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<LakeTable> OpenForOverwriteAsync(
        TableIdentifier table, Schema schema, IReadOnlyDictionary<string, string>? properties = null, CancellationToken cancellationToken = default)
    {
        var current = await OpenOrCreateAsync(table, schema, properties: properties, cancellationToken: cancellationToken);
        if (current.IsNew || staged.ContainsKey(table) || SchemaReplacement.Of(current.Metadata, schema) is not { } replacement)
        {
            return current;
        }

        var changed = new LakeTable(lake, table, current.MetadataLocation, replacement.Metadata, replacement.Updates, replacement.Requirements);
        staged[table] = new StagedTable(changed);
        return changed;
    }

    /// <summary>A location for a new data file of a table, which is deleted again if the transaction does not commit.</summary>
    public string NewDataFile(LakeTable table)
    {
        var location = table.NewDataFileLocation();
        Track(location);
        return location;
    }

    /// <summary>Takes note of a file that is written for this transaction, to be deleted again if it does not commit.</summary>
    public void Track(string location) => written.Add(location);

    /// <summary>Stages rows to be added. On a conflict with other writers they are appended to what those left.</summary>
    /// <param name="table">A table that this transaction opened.</param>
    /// <param name="files">Data files, written for its schema and spec; may be none.</param>
    /// <param name="summary">Further members of the snapshot's summary.</param>
    public void Append(LakeTable table, IReadOnlyList<DataFile> files, IReadOnlyDictionary<string, string>? summary = null) =>
        Staged(table).Append(files, summary);

    /// <summary>
    /// Stages a change of files as a snapshot of its own. On a conflict with other writers it is applied to what those left if its validation holds there; otherwise the commit fails with
    /// a conflict that names the table, and the snapshot and file that stand against it. Several are one after the other.
    /// </summary>
    /// <param name="table">A table that this transaction opened.</param>
    /// <param name="change">What is added and removed; files written for the table's schema and specs.</param>
    /// <param name="branch">Branch that it goes to; created when there is none.</param>
    public void Stage(LakeTable table, SnapshotChange change, string branch = SnapshotRef.Main) => Staged(table).Stage(change, branch);

    /// <summary>Stages the replacement of all rows. On a conflict with another writer that changed rows the commit fails: what it replaces would not be what it saw.</summary>
    /// <param name="table">A table that this transaction opened, by <see cref="OpenForOverwriteAsync"/> when columns may differ.</param>
    /// <param name="files">Data files, written for its schema and spec; none empties the table.</param>
    /// <param name="summary">Further members of the snapshot's summary.</param>
    public void Overwrite(LakeTable table, IReadOnlyList<DataFile> files, IReadOnlyDictionary<string, string>? summary = null) =>
        Staged(table).Overwrite(files, summary);

    /// <summary>Where the engine's writer puts files for a table, to be staged by <see cref="Append"/> or <see cref="Overwrite"/>; they are deleted again if the transaction does not commit.</summary>
    public WriteTarget WriteTarget(LakeTable table) =>
        new(table.Identifier.ToString(), table.Schema, table.Metadata.DefaultSpec, new TransactionPlacement(this, lake, table.Metadata)) { FileSchema = PhysicalNames.Of(table.Metadata).Apply(table.Schema) };

    /// <summary>Whether rows or files of a table are staged already.</summary>
    internal bool HasChanges(LakeTable table) => staged.TryGetValue(table.Identifier, out var change) && change.HasChanges;

    /// <summary>Writes the result of a query and stages it by <see cref="Append"/>.</summary>
    /// <returns>The files.</returns>
    public async Task<IReadOnlyList<DataFile>> AppendQueryAsync(
        DuckDbConnection connection, LakeTable table, string select, WriteOptions? options = null, IReadOnlyDictionary<string, string>? summary = null, CancellationToken cancellationToken = default)
    {
        var files = await ParquetTableWriter.WriteAsync(connection, select, WriteTarget(table), options ?? WriteOptions.Of(table.Metadata), cancellationToken);
        Append(table, files, summary);
        return files;
    }

    /// <summary>Writes the result of a query and stages it by <see cref="Overwrite"/>.</summary>
    /// <returns>The files.</returns>
    public async Task<IReadOnlyList<DataFile>> OverwriteQueryAsync(
        DuckDbConnection connection, LakeTable table, string select, WriteOptions? options = null, IReadOnlyDictionary<string, string>? summary = null, CancellationToken cancellationToken = default)
    {
        var files = await ParquetTableWriter.WriteAsync(connection, select, WriteTarget(table), options ?? WriteOptions.Of(table.Metadata), cancellationToken);
        Overwrite(table, files, summary);
        return files;
    }

    /// <summary>Moves a source position with this commit.</summary>
    /// <param name="scope">Which position.</param>
    /// <param name="expected">Where it must be; null = nowhere yet.</param>
    /// <param name="next">Where it will be.</param>
    public void MoveCursor(string scope, string? expected, string next) => cursors.Add(new CursorMove(scope, expected, next));

    /// <summary>Takes in a thing of a source with this commit, unless one did before.</summary>
    public void AddItem(string scope, string key, string fingerprint, TimeSpan? retention = null) => items.Add(new SourceItem(scope, key, fingerprint, retention));

    /// <summary>Adds what is told of lineage with this commit: <see cref="CatalogCommit.Lineage"/>.</summary>
    public void AddLineage(params IEnumerable<string> events) => lineage.AddRange(events);

    /// <summary>
    /// Commits, once. Conflicts that a refresh cures are retried, lost answers are found out about; what remains is the result. <see cref="CommitResult.Unknown"/> means that the catalog
    /// stayed away for as long as <see cref="CommitRetryOptions"/> allow.
    /// </summary>
    public async Task<CommitResult> CommitAsync(CancellationToken cancellationToken = default)
    {
        if (result is not null)
        {
            throw new InvalidOperationException("A transaction commits once.");
        }

        result = await retry.RunAsync(BuildAsync, ReapplyAsync, cancellationToken);
        return result;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        files?.Dispose();
        if (result is CommitResult.Committed or CommitResult.Unknown || retry.IsInDoubt)
        {
            return;
        }

        await DeleteAsync(written.Concat(staged.Values.SelectMany(change => change.TakeWritten())));
    }

    StagedTable Staged(LakeTable table)
    {
        if (!staged.TryGetValue(table.Identifier, out var change))
        {
            staged[table.Identifier] = change = new StagedTable(table);
        }

        return change;
    }

    async Task<CatalogCommit> BuildAsync(int attempt, CancellationToken cancellationToken)
    {
        var changes = new List<TableChange>(staged.Count);
        foreach (var change in staged.Values)
        {
            if (await change.BuildAsync(lake, attempt, cancellationToken) is { } built)
            {
                changes.Add(built);
            }
        }

        return template with { Message = Message ?? template.Message, Tables = changes, Cursors = cursors, Items = items, Lineage = lineage };
    }

    async Task<bool> ReapplyAsync(CancellationToken cancellationToken)
    {
        foreach (var change in staged.Values)
        {
            if (!await change.RefreshAsync(lake, cancellationToken))
            {
                return false;
            }

            if (!retry.IsInDoubt)
            {
                await DeleteAsync(change.TakeWritten(onlyOutdated: true));
            }
        }

        return true;
    }

    /// <summary>Deletes what nothing refers to. A file that stays behind is found by orphan removal later.</summary>
    async Task DeleteAsync(IEnumerable<string> locations)
    {
        foreach (var location in locations.Distinct(StringComparer.Ordinal).ToList())
        {
            try
            {
                await lake.Store.DeleteAsync(location, CancellationToken.None);
            }
            catch (LakehouseException exception) when (exception.IsTransient)
            {
                return;
            }
        }
    }
}
