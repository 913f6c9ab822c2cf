using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using Lakehouse.Storage;

namespace LakeAspire.Catalog.DeltaTables;

/// <summary>Delta tables that others write, registered under names of the catalog: read in place, never written or deleted from here.</summary>
internal sealed class DeltaTableStore(CommitStore store, CommitRunner runner, TableLookup lookup, TimeProvider time)
{
    const int MaxLocation = 2048;

    /// <summary>Registers a table. Whether there is one at the location shows when it is read: its writer may come later, and the catalog need not reach its store.</summary>
    /// <exception cref="LakeAspire.ServiceDefaults.Errors.ApiException">400: no such location. 404: no such namespace. 409: the name is taken.</exception>
    public async Task<DeltaTableBody> RegisterAsync(LakeView view, TableName name, string location, string author, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        var target = new PointerTarget(name, MetadataLocation: "", TableFigures.None with { Location = Checked(location) }) { Kind = PointerKind.Delta, Owner = author };
        var at = await CommitAsync(view, name, new PointerChange(id, Base: null, target), author, $"register Delta table {name}", cancellationToken);
        return new DeltaTableBody(name.Namespace.Dotted, name.Name, id, target.Figures.Location, TableFormats.Delta, author, at ?? time.GetUtcNow());
    }

    /// <summary>Takes a table out of the catalog. Its files stay as they are.</summary>
    /// <exception cref="LakeAspire.ServiceDefaults.Errors.ApiException">404: there is none of that name.</exception>
    public async Task UnregisterAsync(LakeView view, TableName name, string author, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await lookup.FindAsync(view, name, cancellationToken) is not { Kind: PointerKind.Delta } pointer)
            {
                throw CatalogErrors.NoSuchTable(name);
            }

            CheckedNames.Demand(view, name, pointer.TableId);
            if (await CommitAsync(view, name, new PointerChange(pointer.TableId, pointer.Id, Next: null), author, $"unregister Delta table {name}", cancellationToken) is not null)
            {
                return;
            }
        }
    }

    /// <summary>Commits; null when another commit to the table was first.</summary>
    async Task<DateTimeOffset?> CommitAsync(LakeView view, TableName name, PointerChange change, string author, string message, CancellationToken cancellationToken)
    {
        var request = new CommitRequest { View = view.Writable(), Author = author, Message = message, Pointers = [change] };
        return await runner.RunAsync(store, request, [name], cancellationToken) switch
        {
            CommitOutcome.Committed committed => committed.At,
            CommitOutcome.Moved => null,
            var outcome => throw CommitRunner.ErrorOf(outcome),
        };
    }

    /// <summary>A location that a store can be opened for; no trailing slash.</summary>
    static string Checked(string location)
    {
        var text = ApiBodies.Required(location, "location", MaxLocation).TrimEnd('/');
        return StorageOptions.LocationProblem(text) is { } problem
            ? throw CatalogErrors.BadRequest($"the location '{NamespaceName.Shown(location)}' {problem}")
            : LocalPath.IsLocal(text) ? LocalPath.ToLocation(LocalPath.FromLocation(text)) : text;
    }
}
