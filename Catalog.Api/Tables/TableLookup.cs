using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Tables;

/// <summary>Finds the current pointers of tables on <c>main</c>.</summary>
internal sealed class TableLookup(CatalogReads reads)
{
    /// <summary>The pointer of a table.</summary>
    /// <exception cref="LakeAspire.ServiceDefaults.Errors.ApiException">404 when there is none, which says so of a registered Delta table.</exception>
    public async Task<PointerRow> GetAsync(TableName name, CancellationToken cancellationToken) =>
        await FindAsync(name, cancellationToken) ?? throw (await IsDeltaAsync(name, cancellationToken) ? CatalogErrors.DeltaTable(name) : CatalogErrors.NoSuchTable(name));

    /// <summary>Whether the name is that of a registered Delta table.</summary>
    public Task<bool> IsDeltaAsync(TableName name, CancellationToken cancellationToken) =>
        reads.QueryAsync(db => db.DeltaTables.AnyAsync(t => t.Namespace == name.Namespace.Text && t.Name == name.Name, cancellationToken), cancellationToken);

    /// <summary>The pointer of a table, or null.</summary>
    public Task<PointerRow?> FindAsync(TableName name, CancellationToken cancellationToken) =>
        reads.QueryAsync(db => Current(db).FirstOrDefaultAsync(p => p.Namespace == name.Namespace.Text && p.Name == name.Name, cancellationToken), cancellationToken);

    /// <summary>The pointers of some tables; tables that don't exist are left out.</summary>
    public async Task<Dictionary<TableName, PointerRow>> FindAsync(IReadOnlyCollection<TableName> names, CancellationToken cancellationToken)
    {
        var namespaces = names.Select(n => n.Namespace.Text).ToArray();
        var tables = names.Select(n => n.Name).ToArray();
        var rows = await reads.QueryAsync(
            db => db.Pointers.FromSql($"""
                SELECT p.* FROM pointers p JOIN branches b ON b.id = p.branch_id
                JOIN unnest({namespaces}, {tables}) AS wanted (namespace, name) ON wanted.namespace = p.namespace AND wanted.name = p.name
                WHERE b.name = {BranchRow.Main} AND p.to_commit IS NULL
                """).ToListAsync(cancellationToken),
            cancellationToken);
        return rows.ToDictionary(NameOf);
    }

    /// <summary>Whether a namespace exists.</summary>
    public Task<bool> NamespaceExistsAsync(NamespaceName name, CancellationToken cancellationToken) =>
        reads.QueryAsync(db => db.Namespaces.AnyAsync(n => n.Name == name.Text, cancellationToken), cancellationToken);

    /// <summary>The current pointers on <c>main</c>.</summary>
    public static IQueryable<PointerRow> Current(CatalogDb db) =>
        db.Pointers.Where(p => p.ToCommit == null && db.Branches.Any(b => b.Id == p.BranchId && b.Name == BranchRow.Main));

    public static TableName NameOf(PointerRow pointer) => new(NamespaceName.FromDatabase(pointer.Namespace), pointer.Name);
}
