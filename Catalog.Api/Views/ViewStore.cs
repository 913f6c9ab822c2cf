using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;

namespace LakeAspire.Catalog.Views;

/// <summary>What happens to whole views: created, registered, renamed, dropped. Each is a commit.</summary>
internal sealed class ViewStore(CommitStore store, CommitRunner runner, ViewCommitter committer, TableLookup lookup, MetadataFiles files, WarehouseLocations locations)
{
    public async Task<CommittedView> CreateAsync(LakeView view, TableName name, CreateViewRequest request, string author, CancellationToken cancellationToken)
    {
        var (schema, version) = MetadataRequests.View(request);
        await CheckNameAsync(view, name, cancellationToken);
        var properties = request.Properties ?? [];
        locations.Check(properties);
        var id = Guid.CreateVersion7();
        var location = request.Location is null ? locations.ForNewTable(name, id) : locations.Inside(request.Location);
        var metadata = committer.Apply(name, current: null, [], ViewMetadata.CreateUpdates(id, location, schema, version, properties)).Metadata;
        string? written = null;
        var keep = false;
        try
        {
            var file = await files.WriteAsync(metadata, previous: null, started => written = started, cancellationToken);
            var target = new PointerTarget(name, file, ViewFigures.Of(metadata)) { Kind = PointerKind.View, Owner = author, Properties = ViewDefiner.Of(author) };
            var outcome = await RunAsync(view, name, new PointerChange(id, Base: null, target) { IsNewLocation = true }, author, $"create view {name}", cancellationToken);
            keep = outcome is CommitOutcome.Committed or CommitOutcome.Unknown;
            return outcome is CommitOutcome.Committed committed ? new CommittedView(committed.Id, file, metadata) : throw await ErrorOfAsync(view, name, outcome, cancellationToken);
        }
        finally
        {
            if (!keep && written is not null)
            {
                await files.DeleteAsync([written]);
            }
        }
    }

    /// <summary>Takes in a view that another catalog wrote into the warehouse, by its metadata file, which stays as it is.</summary>
    public async Task<CommittedView> RegisterAsync(LakeView view, TableName name, RegisterViewRequest request, string author, CancellationToken cancellationToken)
    {
        var location = locations.Inside(request.MetadataLocation ?? throw CatalogErrors.BadRequest("metadata-location is missing"));
        await CheckNameAsync(view, name, cancellationToken);
        ViewMetadata metadata;
        try
        {
            metadata = await files.ReadViewAsync(location, cancellationToken);
        }
        catch (LakehouseException exception) when (exception.Kind is LakehouseErrorKind.NotFound or LakehouseErrorKind.InvalidData or LakehouseErrorKind.Unsupported or LakehouseErrorKind.Denied)
        {
            throw CatalogErrors.BadRequest($"the metadata file cannot be registered: {exception.Message}");
        }

        locations.Check(metadata);
        var figures = ViewFigures.Of(metadata) with { Location = locations.Inside(metadata.Location) };
        var target = new PointerTarget(name, location, figures) { Kind = PointerKind.View, Owner = author, Properties = ViewDefiner.Of(author) };
        var outcome = await RunAsync(view, name, await ComebackAsync(view, target, cancellationToken), author, $"register view {name}", cancellationToken);
        return outcome is CommitOutcome.Committed committed ? new CommittedView(committed.Id, location, metadata) : throw await ErrorOfAsync(view, name, outcome, cancellationToken);
    }

    public async Task RenameAsync(LakeView view, TableName from, TableName to, string author, CancellationToken cancellationToken)
    {
        while (true)
        {
            var pointer = await lookup.GetViewAsync(view, from, cancellationToken);
            CheckedNames.Demand(view, from, pointer.TableId);
            var change = new PointerChange(pointer.TableId, pointer.Id, PointerTarget.Of(pointer) with { Name = to }) { IsRename = true };
            switch (await RunAsync(view, from, change, author, $"rename view {from} to {to}", cancellationToken))
            {
                case CommitOutcome.Committed:
                    return;
                case CommitOutcome.Moved:
                    break;
                case CommitOutcome.NameTaken:
                    if (await lookup.FindAsync(view, to, cancellationToken) is { } other)
                    {
                        throw CatalogErrors.RenameTaken(from, to, other.Kind);
                    }

                    break;
                case var outcome:
                    throw CommitRunner.ErrorOf(outcome);
            }
        }
    }

    /// <summary>Drops a view. Its metadata files stay, so that it can come back.</summary>
    public async Task DropAsync(LakeView view, TableName name, string author, CancellationToken cancellationToken)
    {
        while (true)
        {
            var pointer = await lookup.GetViewAsync(view, name, cancellationToken);
            CheckedNames.Demand(view, name, pointer.TableId);
            switch (await RunAsync(view, name, new PointerChange(pointer.TableId, pointer.Id, Next: null), author, $"drop view {name}", cancellationToken))
            {
                case CommitOutcome.Committed:
                    return;
                case CommitOutcome.Moved:
                    break;
                case var outcome:
                    throw CommitRunner.ErrorOf(outcome);
            }
        }
    }

    async Task CheckNameAsync(LakeView view, TableName name, CancellationToken cancellationToken)
    {
        if (!await lookup.NamespaceExistsAsync(view, name.Namespace, cancellationToken))
        {
            throw CatalogErrors.NoSuchNamespace(name.Namespace);
        }

        if (await lookup.FindAsync(view, name, cancellationToken) is { } existing)
        {
            throw CatalogErrors.ViewNameTaken(existing.Kind, name);
        }
    }

    /// <summary>A view that was here before at the same location, and that this branch does not show now, is the same thing again: its past stays its own.</summary>
    async Task<PointerChange> ComebackAsync(LakeView view, PointerTarget target, CancellationToken cancellationToken)
    {
        if (await lookup.LastAtAsync(target.Figures.Location, cancellationToken) is not { Kind: PointerKind.View } known)
        {
            return new PointerChange(Guid.CreateVersion7(), Base: null, target) { IsNewLocation = true };
        }

        var here = (await lookup.ByIdsAsync(view, [known.TableId], cancellationToken, withDropped: true)).GetValueOrDefault(known.TableId);
        return here is { Dropped: false }
            ? throw CommitRunner.ErrorOf(new CommitOutcome.LocationTaken(here.Location, TableLookup.NameOf(here)))
            : new PointerChange(known.TableId, here?.Id, target) { IsNewLocation = true };
    }

    /// <summary>Whoever came first with the name says what it is.</summary>
    async Task<Exception> ErrorOfAsync(LakeView view, TableName name, CommitOutcome outcome, CancellationToken cancellationToken) =>
        outcome is CommitOutcome.NameTaken && await lookup.FindAsync(view, name, cancellationToken) is { } other ? CatalogErrors.ViewNameTaken(other.Kind, name) : CommitRunner.ErrorOf(outcome);

    Task<CommitOutcome> RunAsync(LakeView view, TableName name, PointerChange change, string author, string message, CancellationToken cancellationToken) =>
        runner.RunAsync(store, new CommitRequest { View = view.Writable(), Author = author, Message = message, Pointers = [change] }, [name], cancellationToken);
}
