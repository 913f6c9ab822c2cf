using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>What happens to whole tables: created, registered, renamed, dropped. Each is a commit.</summary>
internal sealed class TableStore(
    CommitStore store, CommitRunner runner, TableLookup lookup, MetadataFiles files, WarehouseLocations locations, Recovery.Purger purger, IOptions<CatalogOptions> options, TimeProvider time)
{
    /// <summary>Metadata for a new table. It has a name for itself, but is nowhere yet.</summary>
    public async Task<TableMetadata> StageAsync(LakeView view, TableName name, CreateTableRequest request, CancellationToken cancellationToken)
    {
        if (!await lookup.NamespaceExistsAsync(view, name.Namespace, cancellationToken))
        {
            throw CatalogErrors.NoSuchNamespace(name.Namespace);
        }

        if (await lookup.FindAsync(view, name, cancellationToken) is { } existing)
        {
            throw CatalogErrors.NameTaken(existing.Kind, name);
        }

        locations.Check(request.Properties);
        var id = Guid.CreateVersion7();
        var location = request.Location is null ? locations.ForNewTable(name, id) : locations.Inside(request.Location);
        return MetadataRequests.Create(request, location, id, time.GetUtcNow());
    }

    public async Task<CommittedTable> CreateAsync(LakeView view, TableName name, CreateTableRequest request, string author, CancellationToken cancellationToken)
    {
        var metadata = await StageAsync(view, name, request, cancellationToken);
        string? written = null;
        var keep = false;
        try
        {
            var location = await files.WriteAsync(metadata, previous: null, started => written = started, cancellationToken);
            var target = new PointerTarget(name, location, TableFigures.Of(metadata)) { Owner = author };
            var outcome = await RunAsync(view, name, [new PointerChange(metadata.TableUuid, Base: null, target) { IsNewLocation = true }], author, $"create {name}", cancellationToken);
            keep = outcome is CommitOutcome.Committed or CommitOutcome.Unknown;
            return outcome is CommitOutcome.Committed ? new CommittedTable(name, location, metadata) : throw CommitRunner.ErrorOf(outcome);
        }
        finally
        {
            if (!keep && written is not null)
            {
                await files.DeleteAsync([written]);
            }
        }
    }

    /// <summary>Takes in a table that another catalog wrote into the warehouse, by its metadata file, which stays as it is.</summary>
    public async Task<CommittedTable> RegisterAsync(LakeView view, TableName name, RegisterTableRequest request, string author, CancellationToken cancellationToken)
    {
        var location = locations.Inside(request.MetadataLocation ?? throw CatalogErrors.BadRequest("metadata-location is missing"));
        if (!await lookup.NamespaceExistsAsync(view, name.Namespace, cancellationToken))
        {
            throw CatalogErrors.NoSuchNamespace(name.Namespace);
        }

        TableMetadata metadata;
        try
        {
            metadata = await files.ReadAsync(location, cancellationToken);
        }
        catch (LakehouseException exception) when (exception.Kind is LakehouseErrorKind.NotFound or LakehouseErrorKind.InvalidData or LakehouseErrorKind.Unsupported or LakehouseErrorKind.Denied)
        {
            throw CatalogErrors.BadRequest($"the metadata file cannot be registered: {exception.Message}");
        }

        locations.Check(metadata);
        var existing = await lookup.FindAsync(view, name, cancellationToken);
        if (existing is not null && (!request.Overwrite || existing.Kind != PointerKind.Table))
        {
            throw CatalogErrors.NameTaken(existing.Kind, name);
        }

        var figures = TableFigures.Of(metadata) with { Location = locations.Inside(metadata.Location) };
        var target = new PointerTarget(name, location, figures) { Owner = existing?.Owner ?? author };
        var outcome = await RunAsync(view, name, await ChangesAsync(view, existing, target, cancellationToken), author, $"register {name}", cancellationToken);
        return outcome is CommitOutcome.Committed ? new CommittedTable(name, location, metadata) : throw CommitRunner.ErrorOf(outcome);
    }

    /// <summary>What is registered over a table is another state of it, if it lies where the table does; else the table goes and another one comes.</summary>
    async Task<PointerChange[]> ChangesAsync(LakeView view, PointerRow? existing, PointerTarget target, CancellationToken cancellationToken)
    {
        if (existing is not null && existing.Location == target.Figures.Location)
        {
            return [new PointerChange(existing.TableId, existing.Id, target)];
        }

        var comeback = await ComebackAsync(view, target, cancellationToken);
        return existing is null ? [comeback] : [new PointerChange(existing.TableId, existing.Id, Next: null), comeback];
    }

    /// <summary>Takes a table out of the catalog; its files stay.</summary>
    /// <returns>What it was at the last.</returns>
    public async Task<CommittedTable> UnregisterAsync(LakeView view, TableName name, string author, CancellationToken cancellationToken)
    {
        // What cannot be read could not be told: then the table stays.
        var before = await lookup.GetAsync(view, name, cancellationToken);
        await files.ReadAsync(before.MetadataLocation, cancellationToken);
        var pointer = await ChangeAsync(view, name, found => new PointerChange(found.TableId, found.Id, Next: null), author, $"unregister {name}", cancellationToken);
        return new CommittedTable(name, pointer.MetadataLocation, await files.ReadAsync(pointer.MetadataLocation, cancellationToken));
    }

    /// <summary>
    /// A table that comes to the catalog. One that was here before at the same location, and that this branch does not show now, is the same thing again: its past stays its own.
    /// </summary>
    async Task<PointerChange> ComebackAsync(LakeView view, PointerTarget target, CancellationToken cancellationToken)
    {
        if (await lookup.LastAtAsync(target.Figures.Location, cancellationToken) is not { Kind: PointerKind.Table } known)
        {
            return new PointerChange(Guid.CreateVersion7(), Base: null, target) { IsNewLocation = true };
        }

        var here = (await lookup.ByIdsAsync(view, [known.TableId], cancellationToken, withDropped: true)).GetValueOrDefault(known.TableId);
        return here is { Dropped: false }
            ? throw CommitRunner.ErrorOf(new CommitOutcome.LocationTaken(here.Location, TableLookup.NameOf(here)))
            : new PointerChange(known.TableId, here?.Id, target) { IsNewLocation = true };
    }

    public async Task RenameAsync(LakeView view, TableName from, TableName to, string author, CancellationToken cancellationToken)
    {
        await ChangeAsync(
            view,
            from,
            pointer => new PointerChange(pointer.TableId, pointer.Id, PointerTarget.Of(pointer) with { Name = to }) { IsRename = true },
            author,
            $"rename {from} to {to}",
            cancellationToken);
    }

    /// <summary>
    /// Drops a table, so that it can come back. Its files stay; if <paramref name="purge"/> is asked for, until the retention of dropped tables is over.
    /// </summary>
    public async Task DropAsync(LakeView view, TableName name, bool purge, string author, CancellationToken cancellationToken)
    {
        DateTimeOffset? due = purge ? StoredTime.Now(time) + options.Value.DropRetention : null;
        await ChangeAsync(view, name, pointer => new PointerChange(pointer.TableId, pointer.Id, Next: null) { PurgeAt = due }, author, $"{(purge ? "drop and purge" : "drop")} {name}", cancellationToken);
        if (purge && options.Value.DropRetention == TimeSpan.Zero)
        {
            await purger.RunAsync(CancellationToken.None);
        }
    }

    /// <summary>Swaps one pointer, again while other commits to the table come first.</summary>
    async Task<PointerRow> ChangeAsync(LakeView view, TableName name, Func<PointerRow, PointerChange> next, string author, string message, CancellationToken cancellationToken)
    {
        while (true)
        {
            var pointer = await lookup.GetAsync(view, name, cancellationToken);
            CheckedNames.Demand(view, name, pointer.TableId);
            switch (await RunAsync(view, name, [next(pointer)], author, message, cancellationToken))
            {
                case CommitOutcome.Committed:
                    return pointer;
                case CommitOutcome.Moved:
                    break;
                case CommitOutcome.NameTaken taken when await lookup.FindAsync(view, taken.Name, cancellationToken) is { Kind: PointerKind.View }:
                    throw CatalogErrors.RenameTaken(name, taken.Name, PointerKind.View);
                case var outcome:
                    throw CommitRunner.ErrorOf(outcome);
            }
        }
    }

    Task<CommitOutcome> RunAsync(LakeView view, TableName name, PointerChange[] changes, string author, string message, CancellationToken cancellationToken) =>
        runner.RunAsync(store, new CommitRequest { View = view.Writable(), Author = author, Message = message, Pointers = changes }, [name], cancellationToken);
}
