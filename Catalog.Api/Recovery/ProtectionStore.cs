using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Recovery;

/// <summary>Which tables, views and namespaces may be neither dropped nor renamed.</summary>
internal sealed class ProtectionStore(IDbContextFactory<CatalogDb> databases, CatalogReads reads, TableLookup lookup, TimeProvider time)
{
    /// <summary>What a name stands for.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">404 when for nothing.</exception>
    public async Task<PointerRow> FindAsync(LakeView view, TableName name, bool isNamespace, CancellationToken cancellationToken)
    {
        if (isNamespace)
        {
            var space = NamespaceName.Within(name.Namespace.Text, name.Name);
            return await lookup.FindNamespaceAsync(view, space, cancellationToken) ?? throw CatalogErrors.NoSuchNamespace(space);
        }

        return await lookup.FindAsync(view, name, cancellationToken) ?? throw CatalogErrors.NoSuchTable(name);
    }

    public async Task<ProtectionBody> GetAsync(LakeView view, PointerRow pointer, CancellationToken cancellationToken)
    {
        var own = await reads.QueryAsync(db => db.Set<ProtectionRow>().FirstOrDefaultAsync(p => p.TableId == pointer.TableId, cancellationToken), cancellationToken);
        if (own is not null)
        {
            return new ProtectionBody(Protected: true, own.At, own.By, ByNamespace: null);
        }

        for (NamespaceName? around = pointer.Namespace.Length == 0 ? null : NamespaceName.FromDatabase(pointer.Namespace); around is { } name; around = name.Parent)
        {
            var space = await lookup.FindNamespaceAsync(view, name, cancellationToken);
            if (space is not null && await reads.QueryAsync(db => db.Set<ProtectionRow>().FirstOrDefaultAsync(p => p.TableId == space.TableId, cancellationToken), cancellationToken) is { } found)
            {
                return new ProtectionBody(Protected: true, found.At, found.By, name.Dotted);
            }
        }

        return new ProtectionBody(Protected: false, At: null, By: null, ByNamespace: null);
    }

    public async Task SetAsync(Guid table, bool isProtected, string by, CancellationToken cancellationToken)
    {
        var now = StoredTime.Now(time);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (isProtected)
        {
            await db.Database.ExecuteSqlAsync($"INSERT INTO protections (table_id, at, by) VALUES ({table}, {now}, {by}) ON CONFLICT (table_id) DO NOTHING", cancellationToken);
        }
        else
        {
            await db.Set<ProtectionRow>().Where(p => p.TableId == table).ExecuteDeleteAsync(cancellationToken);
        }
    }
}
