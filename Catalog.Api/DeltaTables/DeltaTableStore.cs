using Lakehouse.Storage;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.DeltaTables;

/// <summary>Delta tables that others write, registered under names of the catalog: read in place, never written or deleted from here.</summary>
internal sealed class DeltaTableStore(IDbContextFactory<CatalogDb> databases, CatalogReads reads, TimeProvider time)
{
    const int MaxLocation = 2048;

    /// <summary>Registers a table. Whether there is one at the location shows when it is read: its writer may come later, and the catalog need not reach its store.</summary>
    /// <exception cref="LakeAspire.ServiceDefaults.Errors.ApiException">400: no such location. 404: no such namespace. 409: the name is taken.</exception>
    public async Task<DeltaTableRow> RegisterAsync(TableName name, string location, string author, CancellationToken cancellationToken)
    {
        var row = new DeltaTableRow
        {
            Id = Guid.CreateVersion7(),
            Namespace = name.Namespace.Text,
            Name = name.Name,
            Location = Checked(location),
            Author = author,
            CreatedAt = StoredTime.Now(time),
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);

        // Commits lock the same row, so that no table takes the name in between.
        await db.Database.ExecuteSqlAsync($"SELECT id FROM branches WHERE name = {BranchRow.Main} FOR UPDATE", cancellationToken);
        if (!await db.Namespaces.AnyAsync(n => n.Name == row.Namespace, cancellationToken))
        {
            throw CatalogErrors.NoSuchNamespace(name.Namespace);
        }

        if (await TableLookup.Current(db).AnyAsync(p => p.Namespace == row.Namespace && p.Name == row.Name, cancellationToken)
            || await db.DeltaTables.AnyAsync(t => t.Namespace == row.Namespace && t.Name == row.Name, cancellationToken))
        {
            throw CatalogErrors.TableExists(name);
        }

        db.DeltaTables.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return row;
    }

    /// <summary>Takes a table out of the catalog. Its files stay as they are.</summary>
    /// <exception cref="LakeAspire.ServiceDefaults.Errors.ApiException">404: there is none of that name.</exception>
    public async Task UnregisterAsync(TableName name, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.DeltaTables.Where(t => t.Namespace == name.Namespace.Text && t.Name == name.Name).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            throw CatalogErrors.NoSuchTable(name);
        }
    }

    /// <summary>A table, or null.</summary>
    public Task<DeltaTableRow?> FindAsync(TableName name, CancellationToken cancellationToken) =>
        reads.QueryAsync(db => db.DeltaTables.FirstOrDefaultAsync(t => t.Namespace == name.Namespace.Text && t.Name == name.Name, cancellationToken), cancellationToken);

    /// <summary>All tables, by name.</summary>
    public Task<List<DeltaTableRow>> ListAsync(CancellationToken cancellationToken) =>
        reads.QueryAsync(db => db.DeltaTables.OrderBy(t => t.Namespace).ThenBy(t => t.Name).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>A location that a store can be opened for; no trailing slash.</summary>
    static string Checked(string location)
    {
        var text = ApiBodies.Required(location, "location", MaxLocation).TrimEnd('/');
        return StorageOptions.LocationProblem(text) is { } problem
            ? throw CatalogErrors.BadRequest($"the location '{NamespaceName.Shown(location)}' {problem}")
            : LocalPath.IsLocal(text) ? LocalPath.ToLocation(LocalPath.FromLocation(text)) : text;
    }
}
