using LakeAspire.Query.Parsing;
using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Engine.Scans;
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
        var found = await Task.WhenAll(query.Tables.Select(table => FindAsync(table, cancellationToken)));

        // What a query needs is worked out over Iceberg tables; beside one of Delta all files are read.
        var iceberg = found.OfType<LakeTable>().ToList();
        var needs = iceberg.Count == found.Length ? await uses.OfAsync(query, iceberg, cancellationToken) : new Expression?[found.Length];
        return new ResolvedTables(await Task.WhenAll(found.Select((table, i) => table is null
            ? ResolveDeltaAsync(query.Tables[i], cancellationToken)
            : ResolveAsync(query.Tables[i], table, needs[i], files, cancellationToken))));
    }

    async Task<ResolvedTable> ResolveAsync(TableIdentifier name, LakeTable table, Expression? filter, CachedFiles files, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = engine.Connect();
            var report = new ScanPlanReport();
            var relation = await table.RelationAsync(connection, files, cancellationToken: cancellationToken, filter: filter, options: new ScanPlanOptions { Cache = manifests, Report = report }, registersInputs: false);
            return new ResolvedTable(new TableView(name.Namespace, name.Name, relation.Sql, relation.Inputs.Count == 0 ? null : RelationInputs.ToBytes(relation.Inputs)), relation.Paths, report);
        }
        catch (LakehouseException unsupported) when (unsupported.Kind == LakehouseErrorKind.Unsupported)
        {
            throw SqlErrors.Bind(unsupported.Message);
        }
    }

    /// <summary>A Delta table that others write, at its newest version.</summary>
    async Task<ResolvedTable> ResolveDeltaAsync(TableIdentifier table, CancellationToken cancellationToken)
    {
        var found = await lake.FindDeltaTableAsync(table, cancellationToken) ?? await lake.FindDeltaTableAsync(Lower(table), cancellationToken) ?? throw SqlErrors.NoSuchTable(table.ToString());
        try
        {
            using var connection = engine.Connect();
            using var snapshot = await found.OpenAsync(cancellationToken);
            var relation = await snapshot.RelationAsync(connection, cancellationToken);
            return relation.Inputs.Count == 0
                ? new ResolvedTable(new TableView(table.Namespace, table.Name, relation.Sql), relation.Paths, new ScanPlanReport())
                : throw LakehouseException.Unsupported($"Unsupported: the Delta table {table} has deletion vectors, which queries here do not apply.");
        }
        catch (LakehouseException broken) when (broken.Kind is LakehouseErrorKind.NotFound or LakehouseErrorKind.InvalidData or LakehouseErrorKind.Unsupported)
        {
            throw SqlErrors.Bind(broken.Message);
        }
    }

    static TableIdentifier Lower(TableIdentifier table) => new(table.Namespace.ToLowerInvariant(), table.Name.ToLowerInvariant());

    /// <summary>SQL names ignore case and the catalog's don't: as written, else in lower case.</summary>
    async Task<LakeTable?> FindAsync(TableIdentifier table, CancellationToken cancellationToken)
    {
        var lower = Lower(table);
        return await lake.FindTableAsync(table, cancellationToken) ?? (lower == table ? null : await lake.FindTableAsync(lower, cancellationToken));
    }
}
