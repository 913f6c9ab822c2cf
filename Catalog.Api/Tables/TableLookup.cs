using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Tables;

/// <summary>Finds what a state of the lake holds.</summary>
internal sealed class TableLookup(CatalogReads reads, PointerReads pointers)
{
    /// <summary>The pointer of an Iceberg table.</summary>
    /// <exception cref="LakeAspire.ServiceDefaults.Errors.ApiException">404 when there is none, which says so of a view and of a registered Delta table. 503: rights were looked up for another of that name.</exception>
    public async Task<PointerRow> GetAsync(LakeView view, TableName name, CancellationToken cancellationToken)
    {
        var found = await FindAsync(view, name, cancellationToken);
        if (found is not null)
        {
            CheckedNames.Demand(view, name, found.TableId);
        }

        return found switch
        {
            null => throw CatalogErrors.NoSuchTable(name),
            { Kind: not PointerKind.Table } other => throw CatalogErrors.NotATable(other.Kind, name),
            var pointer => pointer,
        };
    }

    /// <summary>The pointer of a table, view or Delta table, or null.</summary>
    public async Task<PointerRow?> FindAsync(LakeView view, TableName name, CancellationToken cancellationToken) =>
        (await pointers.ReadAsync(view, "p.kind <> 2 AND p.namespace = $1 AND p.name = $2", [name.Namespace.Text, name.Name], cancellationToken)).FirstOrDefault();

    /// <summary>The pointers of some tables, views and Delta tables; what doesn't exist is left out.</summary>
    public async Task<Dictionary<TableName, PointerRow>> FindAsync(LakeView view, IReadOnlyCollection<TableName> names, CancellationToken cancellationToken)
    {
        if (names.Count == 1 && names.First() is var only)
        {
            return await FindAsync(view, only, cancellationToken) is { } found ? new Dictionary<TableName, PointerRow> { [only] = found } : [];
        }

        var rows = await pointers.ReadAsync(
            view,
            "p.kind <> 2 AND (p.namespace, p.name) IN (SELECT * FROM unnest($1::text[], $2::text[]))",
            [names.Select(n => n.Namespace.Text).ToArray(), names.Select(n => n.Name).ToArray()],
            cancellationToken);
        return rows.ToDictionary(NameOf);
    }

    /// <summary>The pointers of some things by their ids; what was dropped is among them if it is asked for.</summary>
    public async Task<Dictionary<Guid, PointerRow>> ByIdsAsync(LakeView view, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken, bool withDropped = false) =>
        (await pointers.ReadAsync(view, "p.table_id = ANY ($1)", [ids.ToArray()], cancellationToken, withDropped)).ToDictionary(p => p.TableId);

    /// <summary>The newest pointer, on whichever branch, of a table at a location; null when there was none.</summary>
    public Task<PointerRow?> LastAtAsync(string location, CancellationToken cancellationToken) => reads.QueryAsync(
        db => db.Pointers.Where(p => p.ToCommit == null && (p.Kind == PointerKind.Table || p.Kind == PointerKind.View) && p.Location == location).OrderByDescending(p => p.Id).FirstOrDefaultAsync(cancellationToken),
        cancellationToken);

    /// <summary>Names within a namespace (empty: at the top) after another, in order.</summary>
    public Task<List<string>> NamesAsync(LakeView view, string around, PointerKind kind, Iceberg.Pages.Page page, CancellationToken cancellationToken) =>
        pointers.NamesAsync(view, $"{KindIs(kind)} AND p.namespace = $1 AND p.name > $2", page.Limit, [around, page.After], cancellationToken);

    /// <summary>The pointer of a namespace, or null.</summary>
    public async Task<PointerRow?> FindNamespaceAsync(LakeView view, NamespaceName name, CancellationToken cancellationToken)
    {
        var entry = name.AsEntry();
        return (await pointers.ReadAsync(view, "p.kind = 2 AND p.namespace = $1 AND p.name = $2", [entry.Namespace.Text, entry.Name], cancellationToken)).FirstOrDefault();
    }

    /// <summary>Whether a namespace exists.</summary>
    public async Task<bool> NamespaceExistsAsync(LakeView view, NamespaceName name, CancellationToken cancellationToken) => await FindNamespaceAsync(view, name, cancellationToken) is not null;

    /// <summary>The pointers that a state of the lake shows and that meet a condition on <c>p</c>, which is applied within every layer.</summary>
    public static IQueryable<PointerRow> Seen(CatalogDb db, LakeView view, string filter = "true", params object[] parameters) => db.Pointers.FromSqlRaw(ViewSql.Pointers(view.Levels, filter), parameters);

    /// <summary>The current Iceberg tables on <c>main</c>.</summary>
    public static IQueryable<PointerRow> Current(CatalogDb db) =>
        db.Pointers.Where(p => p.ToCommit == null && !p.Dropped && p.Kind == PointerKind.Table && db.Branches.Any(b => b.Id == p.BranchId && b.Name == BranchRow.Main && b.DroppedAt == null));

    /// <summary>As the indexes over names have it.</summary>
    static string KindIs(PointerKind kind) => kind == PointerKind.Namespace ? "p.kind = 2" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"p.kind <> 2 AND p.kind = {(int)kind}");

    public static TableName NameOf(PointerRow pointer) => new(NamespaceName.FromDatabase(pointer.Namespace), pointer.Name);
}
