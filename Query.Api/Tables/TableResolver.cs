using LakeAspire.Query.Parsing;
using Lakehouse.Formats;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables;

namespace LakeAspire.Query.Tables;

/// <summary>Turns the tables that a query names into relations over the files of their current snapshots.</summary>
internal sealed class TableResolver(Lake lake, TrustedEngine engine, QueryUses uses, ManifestCache manifests)
{
    /// <summary>The lake's files for one query, which the worker may open: they stay until it has ended.</summary>
    public CachedFiles OpenFiles() => lake.OpenFiles();

    /// <summary>The views over the files that the query needs, and all files that they read.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">A table does not exist, or cannot be read.</exception>
    public async Task<ResolvedTables> ResolveAsync(ParsedQuery query, CachedFiles files, CancellationToken cancellationToken)
    {
        var finding = query.Tables.Select(table => FindAsync(table, cancellationToken)).ToArray();
        try
        {
            var tables = await Task.WhenAll(finding);
            var needs = await uses.OfAsync(query, tables, cancellationToken);
            return new ResolvedTables(await Task.WhenAll(tables.Select((table, i) => ResolveAsync(table, needs[i], files, cancellationToken))));
        }
        finally
        {
            foreach (var found in finding.Where(task => task.IsCompletedSuccessfully))
            {
                (await found).Dispose();
            }
        }
    }

    async Task<ResolvedTable> ResolveAsync(QueriedTable table, Expression? filter, CachedFiles files, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = engine.Connect();
            return await table.ResolveAsync(connection, filter, files, cancellationToken);
        }
        catch (LakehouseException unsupported) when (unsupported.Kind == LakehouseErrorKind.Unsupported)
        {
            throw SqlErrors.Bind(unsupported.Message);
        }
        catch (LakehouseException broken) when (table is QueriedDelta && broken.Kind is (LakehouseErrorKind.NotFound or LakehouseErrorKind.InvalidData))
        {
            // Others write it: what is wrong with it is no fault of this service.
            throw SqlErrors.Bind(broken.Message);
        }
        catch (LakehouseException outside) when (table is QueriedDelta && outside.Kind == LakehouseErrorKind.Denied)
        {
            throw SqlErrors.Bind($"Unsupported: the Delta table {table.Name} refers to files outside of its own folder, which are not read.");
        }
    }

    /// <summary>SQL names ignore case and the catalog's don't: as written, else in lower case.</summary>
    async Task<QueriedTable> FindAsync(TableIdentifier table, CancellationToken cancellationToken)
    {
        var lower = new TableIdentifier(table.Namespace.ToLowerInvariant(), table.Name.ToLowerInvariant());
        var iceberg = await lake.FindTableAsync(table, cancellationToken) ?? (lower == table ? null : await lake.FindTableAsync(lower, cancellationToken));
        if (iceberg is not null)
        {
            return new QueriedIceberg(table, iceberg, manifests);
        }

        var delta = await lake.FindDeltaTableAsync(table, cancellationToken) ?? (lower == table ? null : await lake.FindDeltaTableAsync(lower, cancellationToken));
        return delta is null ? throw SqlErrors.NoSuchTable(table.ToString()) : await OpenAsync(table, delta, cancellationToken);
    }

    static async Task<QueriedTable> OpenAsync(TableIdentifier name, DeltaLakeTable table, CancellationToken cancellationToken)
    {
        DeltaLakeSnapshot? version = null;
        try
        {
            version = await table.OpenAsync(cancellationToken);
            return new QueriedDelta(name, version);
        }
        catch (LakehouseException broken) when (broken.Kind is LakehouseErrorKind.NotFound or LakehouseErrorKind.InvalidData or LakehouseErrorKind.Unsupported)
        {
            version?.Dispose();
            throw SqlErrors.Bind(broken.Message);
        }
    }
}
