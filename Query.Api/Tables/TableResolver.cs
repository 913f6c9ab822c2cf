using LakeAspire.Query.Parsing;
using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Formats;
using Lakehouse.Tables;

namespace LakeAspire.Query.Tables;

/// <summary>Turns the tables that a query names into relations over the files of their current snapshots.</summary>
internal sealed class TableResolver(Lake lake, TrustedEngine engine)
{
    /// <summary>The lake's files for one query, which the worker may open: they stay until it has ended.</summary>
    public CachedFiles OpenFiles() => lake.OpenFiles();

    /// <summary>The views, and all files that they read.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">A table does not exist, or cannot be read.</exception>
    public async Task<(IReadOnlyList<TableView> Views, IReadOnlyList<string> Paths)> ResolveAsync(IReadOnlyList<TableIdentifier> tables, CachedFiles files, CancellationToken cancellationToken)
    {
        var resolved = await Task.WhenAll(tables.Select(table => ResolveAsync(table, files, cancellationToken)));
        return ([.. resolved.Select(table => table.View)], [.. resolved.SelectMany(table => table.Paths).Distinct(StringComparer.Ordinal)]);
    }

    async Task<(TableView View, IReadOnlyList<string> Paths)> ResolveAsync(TableIdentifier table, CachedFiles files, CancellationToken cancellationToken)
    {
        var found = await FindAsync(table, cancellationToken) ?? throw SqlErrors.NoSuchTable(table.ToString());
        try
        {
            using var connection = engine.Connect();
            var relation = await found.RelationAsync(connection, files, cancellationToken: cancellationToken);
            return (new TableView(table.Namespace, table.Name, relation.Sql), relation.Paths);
        }
        catch (LakehouseException unsupported) when (unsupported.Kind == LakehouseErrorKind.Unsupported)
        {
            throw SqlErrors.Bind(unsupported.Message);
        }
    }

    /// <summary>SQL names ignore case and the catalog's don't: as written, else in lower case.</summary>
    async Task<LakeTable?> FindAsync(TableIdentifier table, CancellationToken cancellationToken)
    {
        var lower = new TableIdentifier(table.Namespace.ToLowerInvariant(), table.Name.ToLowerInvariant());
        return await lake.FindTableAsync(table, cancellationToken) ?? (lower == table ? null : await lake.FindTableAsync(lower, cancellationToken));
    }
}
