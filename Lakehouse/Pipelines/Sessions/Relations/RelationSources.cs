using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions.Relations;

/// <summary>What all sessions read with: files that stay at hand, manifests that were read, Delta tables that are open.</summary>
internal sealed class RelationSources(Lake lake) : IDisposable
{
    const long ManifestBytes = 64 << 20;

    readonly CachedFiles files = lake.OpenFiles();
    readonly ManifestCache manifests = new(ManifestBytes);
    readonly Dictionary<TableIdentifier, DeltaLakeSnapshot> deltas = [];
    readonly SemaphoreSlim opening = new(1);

    public ILocalFiles Files => files;

    /// <summary>A table as a relation.</summary>
    /// <param name="connection">Connection to the database that reads it.</param>
    /// <param name="on">The lake that it lies in.</param>
    /// <param name="table">The table.</param>
    /// <param name="known">Its data files where they are known; null reads its manifests.</param>
    /// <param name="filter">Rows that are needed; null = all.</param>
    /// <param name="metadataColumns">Metadata columns after those of the table.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<SnapshotRelation> RelationAsync(
        DuckDbConnection connection, Lake on, LakeTable table, IReadOnlyList<ScanFile>? known, Expression? filter, IReadOnlyList<string> metadataColumns, CancellationToken cancellationToken)
    {
        var scans = known;
        if (scans is null || filter is not null)
        {
            var planned = new List<ScanFile>();
            await foreach (var file in table.PlanFilesAsync(null, cancellationToken, filter, new ScanPlanOptions { Schema = table.Schema, Cache = manifests }))
            {
                planned.Add(file);
            }

            scans = planned;
        }

        var target = new ScanTarget(table.Identifier.ToString(), table.Metadata, table.Schema, scans) { Store = on.Store, MetadataColumns = metadataColumns };
        return await SnapshotRelation.BuildAsync(connection, target, files, cancellationToken);
    }

    public async Task<DeltaLakeSnapshot> DeltaAsync(Lake on, TableIdentifier name, CancellationToken cancellationToken)
    {
        await opening.WaitAsync(cancellationToken);
        try
        {
            if (!deltas.TryGetValue(name, out var version))
            {
                var table = await on.FindDeltaTableAsync(name, cancellationToken) ?? throw new LakehouseException(LakehouseErrorKind.NotFound, $"the Delta table {name} is not registered any more");
                deltas[name] = version = await table.OpenAsync(cancellationToken: cancellationToken);
            }

            return version;
        }
        finally
        {
            opening.Release();
        }
    }

    public void Dispose()
    {
        foreach (var version in deltas.Values)
        {
            version.Dispose();
        }

        files.Dispose();
        opening.Dispose();
    }
}
