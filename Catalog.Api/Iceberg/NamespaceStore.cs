using System.Text.Json;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>Namespaces and their properties.</summary>
internal sealed class NamespaceStore(IDbContextFactory<CatalogDb> databases, CatalogReads reads, TimeProvider time)
{
    public async Task CreateAsync(NamespaceName name, IReadOnlyDictionary<string, string> properties, CancellationToken cancellationToken)
    {
        Check(properties);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await LockMainAsync(db, cancellationToken);
        if (name.Parent is { } parent && !await db.Namespaces.AnyAsync(n => n.Name == parent.Text, cancellationToken))
        {
            // The specification has no 404 here.
            throw CatalogErrors.BadRequest($"The namespace around it does not exist: {parent}");
        }

        if (await db.Namespaces.AnyAsync(n => n.Name == name.Text, cancellationToken))
        {
            throw CatalogErrors.NamespaceExists(name);
        }

        db.Namespaces.Add(new NamespaceRow { Name = name.Text, Properties = JsonSerializer.Serialize(properties), CreatedAt = StoredTime.Now(time) });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Creates a namespace, and those around it, unless they exist.</summary>
    public async Task EnsureAsync(NamespaceName name, CancellationToken cancellationToken)
    {
        if (await reads.QueryAsync(db => db.Namespaces.AnyAsync(n => n.Name == name.Text, cancellationToken), cancellationToken))
        {
            return;
        }

        if (name.Parent is { } parent)
        {
            await EnsureAsync(parent, cancellationToken);
        }

        try
        {
            await CreateAsync(name, new Dictionary<string, string>(StringComparer.Ordinal), cancellationToken);
        }
        catch (ServiceDefaults.Errors.ApiException exception) when (exception.Status == 409)
        {
            // Another caller was first.
        }
    }

    public async Task<IReadOnlyDictionary<string, string>> PropertiesAsync(NamespaceName name, CancellationToken cancellationToken)
    {
        var row = await reads.QueryAsync(db => db.Namespaces.FirstOrDefaultAsync(n => n.Name == name.Text, cancellationToken), cancellationToken);
        return Read(row ?? throw CatalogErrors.NoSuchNamespace(name));
    }

    /// <summary>Names below a parent (or at the top), one level deep.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(NamespaceName? parent, Pages.Page page, CancellationToken cancellationToken)
    {
        if (parent is { } existing && !await reads.QueryAsync(db => db.Namespaces.AnyAsync(n => n.Name == existing.Text, cancellationToken), cancellationToken))
        {
            throw CatalogErrors.NoSuchNamespace(existing);
        }

        var prefix = parent is { } around ? around.Text + NamespaceName.Separator : "";
        var start = prefix.Length + 1;
        var separator = NamespaceName.Separator.ToString();
        return await reads.QueryAsync(
            db => db.Database.SqlQuery<string>($"""
                SELECT name AS "Value" FROM namespaces
                WHERE starts_with(name, {prefix}) AND length(name) >= {start} AND strpos(substr(name, {start}), {separator}) = 0 AND name > {page.After}
                ORDER BY name LIMIT {page.Limit}
                """).ToListAsync(cancellationToken),
            cancellationToken);
    }

    public async Task<UpdateNamespacePropertiesResponse> UpdateAsync(NamespaceName name, UpdateNamespacePropertiesRequest change, CancellationToken cancellationToken)
    {
        var updates = change.Updates ?? [];
        var removals = (change.Removals ?? []).Distinct(StringComparer.Ordinal).ToList();
        if (removals.FirstOrDefault(updates.ContainsKey) is { } twice)
        {
            throw new ServiceDefaults.Errors.ApiException(422, $"the property '{NamespaceName.Shown(twice)}' is both updated and removed", "UnprocessableEntityException");
        }

        Check(updates);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await LockMainAsync(db, cancellationToken);
        var row = await db.Namespaces.FirstOrDefaultAsync(n => n.Name == name.Text, cancellationToken) ?? throw CatalogErrors.NoSuchNamespace(name);
        var properties = Read(row);
        var missing = removals.Where(key => !properties.Remove(key)).ToList();
        foreach (var (key, value) in updates)
        {
            properties[key] = value;
        }

        row.Properties = JsonSerializer.Serialize(properties);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new UpdateNamespacePropertiesResponse([.. updates.Keys], removals.Except(missing, StringComparer.Ordinal).ToList(), missing);
    }

    /// <summary>Drops an empty namespace. Its past tables stay in the history.</summary>
    public async Task DropAsync(NamespaceName name, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await LockMainAsync(db, cancellationToken);
        var row = await db.Namespaces.FirstOrDefaultAsync(n => n.Name == name.Text, cancellationToken) ?? throw CatalogErrors.NoSuchNamespace(name);
        var inside = name.Text + NamespaceName.Separator;
        if (await TableLookup.Current(db).AnyAsync(p => p.Namespace == name.Text, cancellationToken) || await db.DeltaTables.AnyAsync(t => t.Namespace == name.Text, cancellationToken))
        {
            throw CatalogErrors.NamespaceNotEmpty(name, "tables");
        }

        if (await db.Namespaces.AnyAsync(n => n.Name.StartsWith(inside), cancellationToken))
        {
            throw CatalogErrors.NamespaceNotEmpty(name, "namespaces");
        }

        db.Namespaces.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    static void Check(IReadOnlyDictionary<string, string> properties)
    {
        foreach (var (key, value) in properties)
        {
            if (key.Length == 0 || value is null || key.Contains('\0', StringComparison.Ordinal) || value.Contains('\0', StringComparison.Ordinal))
            {
                throw CatalogErrors.BadRequest($"the property '{NamespaceName.Shown(key)}' must have a name and a text without NUL");
            }
        }
    }

    /// <summary>Commits lock the same row, so that no table comes into a namespace that is being dropped.</summary>
    static Task<int> LockMainAsync(CatalogDb db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT id FROM branches WHERE name = {BranchRow.Main} FOR UPDATE", cancellationToken);

    static Dictionary<string, string> Read(NamespaceRow row) => JsonSerializer.Deserialize<Dictionary<string, string>>(row.Properties)!;
}
