using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Engine;
using Lakehouse.Engine.Delta;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Delta.Skipping;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables;

namespace LakeAspire.Query.Tables;

/// <summary>A table that a query names, in one state. The functions that its relation uses are not registered here: they are the worker's.</summary>
internal abstract class QueriedTable(TableIdentifier name) : IDisposable
{
    /// <summary>Its name, as the query wrote it.</summary>
    public TableIdentifier Name => name;

    /// <summary>Columns, in the types that filters are brought to.</summary>
    public abstract Schema Schema { get; }

    /// <summary>DuckDB's types of the columns where they are others; null for those.</summary>
    public virtual IReadOnlyList<string>? Types => null;

    /// <summary>Whether there can be files to leave out.</summary>
    public abstract bool HasChoice { get; }

    /// <summary>The snapshot of an Iceberg table, or the version of a Delta table; null while there is none.</summary>
    public abstract long? Version { get; }

    /// <summary>The files of which rows may pass the filter.</summary>
    public abstract Task<ResolvedTable> ResolveAsync(DuckDbConnection connection, Expression? filter, CachedFiles files, CancellationToken cancellationToken);

    public virtual void Dispose()
    {
        // An Iceberg table holds nothing.
    }
}

/// <summary>A table of the catalog.</summary>
/// <param name="name">Its name.</param>
/// <param name="table">Its metadata.</param>
/// <param name="snapshot">The snapshot that is read, with its own columns; null = the current one with the current columns.</param>
/// <param name="manifests">Manifests that were read before.</param>
internal sealed class QueriedIceberg(TableIdentifier name, LakeTable table, Snapshot? snapshot, ManifestCache manifests) : QueriedTable(name)
{
    public override Schema Schema { get; } = snapshot is null ? table.Schema : table.Metadata.SchemaOf(snapshot);

    /// <summary>With one file there is nothing to leave out.</summary>
    public override bool HasChoice => (snapshot ?? table.CurrentSnapshot) is { } read && (read.SummaryNumber("total-data-files") is null or > 1);

    public override long? Version => (snapshot ?? table.CurrentSnapshot)?.SnapshotId;

    public override async Task<ResolvedTable> ResolveAsync(DuckDbConnection connection, Expression? filter, CachedFiles files, CancellationToken cancellationToken)
    {
        var report = new ScanPlanReport();
        var relation = await table.RelationAsync(connection, files, snapshot, cancellationToken, filter, new ScanPlanOptions { Cache = manifests, Report = report }, registersInputs: false);
        return new ResolvedTable(relation.Sql, relation.Paths, relation.Inputs, TablePlan.Of(report));
    }
}

/// <summary>A Delta table that others write.</summary>
internal sealed class QueriedDelta(TableIdentifier name, DeltaLakeSnapshot version) : QueriedTable(name)
{
    public override Schema Schema { get; } = DeltaFileFilter.SchemaOf(version.Snapshot);

    public override IReadOnlyList<string> Types { get; } = [.. version.Snapshot.Schema.Fields.Select(field => DeltaSqlTypes.Of(field.Type))];

    public override bool HasChoice => version.Snapshot.Files.Count > 1;

    public override long? Version => version.Snapshot.Version;

    public override async Task<ResolvedTable> ResolveAsync(DuckDbConnection connection, Expression? filter, CachedFiles files, CancellationToken cancellationToken)
    {
        var relation = await version.RelationAsync(connection, cancellationToken, filter, registersInputs: false);
        return new ResolvedTable(relation.Sql, relation.Paths, relation.Inputs, new TablePlan(relation.Paths.Count, version.Snapshot.Files.Count));
    }

    public override void Dispose() => version.Dispose();
}
