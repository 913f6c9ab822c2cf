using LakeAspire.Query.Parsing;
using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Storage;
using Lakehouse.Tables;

namespace LakeAspire.Query.Tables;

/// <summary>Turns the tables that a query names into relations over the files of their current snapshots.</summary>
internal sealed class TableResolver(Lake lake, TrustedEngine engine)
{
    /// <summary>The views, and all files that they read.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">A table does not exist, or cannot be read.</exception>
    public async Task<(IReadOnlyList<TableView> Views, IReadOnlyList<string> Paths)> ResolveAsync(IReadOnlyList<TableIdentifier> tables, CancellationToken cancellationToken)
    {
        var resolved = await Task.WhenAll(tables.Select(table => ResolveAsync(table, cancellationToken)));
        return ([.. resolved.Select(table => table.View)], [.. resolved.SelectMany(table => table.Paths).Distinct(StringComparer.Ordinal)]);
    }

    async Task<(TableView View, IReadOnlyList<string> Paths)> ResolveAsync(TableIdentifier table, CancellationToken cancellationToken)
    {
        var found = await FindAsync(table, cancellationToken) ?? throw SqlErrors.NoSuchTable(table.ToString());
        try
        {
            using var connection = engine.Connect();
            var relation = await found.RelationAsync(connection, new LocalFiles(PathOf), cancellationToken: cancellationToken);
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

    /// <summary>The worker may open what this gives: only files of the warehouse, whatever the metadata says.</summary>
    string PathOf(string location)
    {
        var (path, root) = (Path.GetFullPath(LocalPath.FromLocation(location)), LocalPath.FromLocation(lake.Store.Root));
        return path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new LakehouseException(LakehouseErrorKind.Denied, $"data file {location} lies outside of the warehouse");
    }
}
