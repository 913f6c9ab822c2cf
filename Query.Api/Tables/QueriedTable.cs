using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Engine;
using Lakehouse.Engine.Delta;
using Lakehouse.Formats.Delta.Skipping;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables;

namespace LakeAspire.Query.Tables;

/// <summary>A table that a query names, as it is now. The functions that its relation uses are not registered here: they are the worker's.</summary>
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

    /// <summary>The view over the files of which rows may pass the filter.</summary>
    public abstract Task<ResolvedTable> ResolveAsync(DuckDbConnection connection, Expression? filter, CachedFiles files, CancellationToken cancellationToken);

    public virtual void Dispose()
    {
        // An Iceberg table holds nothing.
    }

    /// <summary>The view that the query knows by the name that it wrote.</summary>
    protected TableView View(string relation) => new(name.Namespace, name.Name, relation);
}

/// <summary>A table of the catalog, at its current snapshot.</summary>
internal sealed class QueriedIceberg(TableIdentifier name, LakeTable table, ManifestCache manifests) : QueriedTable(name)
{
    public override Schema Schema => table.Schema;

    /// <summary>With one file there is nothing to leave out.</summary>
    public override bool HasChoice => table.CurrentSnapshot is { } snapshot && (snapshot.SummaryNumber("total-data-files") is null or > 1);

    public override async Task<ResolvedTable> ResolveAsync(DuckDbConnection connection, Expression? filter, CachedFiles files, CancellationToken cancellationToken)
    {
        var report = new ScanPlanReport();
        var relation = await table.RelationAsync(connection, files, cancellationToken: cancellationToken, filter: filter, options: new ScanPlanOptions { Cache = manifests, Report = report }, registersInputs: false);
        return new ResolvedTable(View(relation.Sql), relation.Paths, relation.Inputs, TablePlan.Of(report));
    }
}

/// <summary>A Delta table that others write, at its newest version.</summary>
internal sealed class QueriedDelta(TableIdentifier name, DeltaLakeSnapshot version) : QueriedTable(name)
{
    public override Schema Schema { get; } = DeltaFileFilter.SchemaOf(version.Snapshot);

    public override IReadOnlyList<string> Types { get; } = [.. version.Snapshot.Schema.Fields.Select(field => DeltaSqlTypes.Of(field.Type))];

    public override bool HasChoice => version.Snapshot.Files.Count > 1;

    public override async Task<ResolvedTable> ResolveAsync(DuckDbConnection connection, Expression? filter, CachedFiles files, CancellationToken cancellationToken)
    {
        var relation = await version.RelationAsync(connection, cancellationToken, filter, registersInputs: false);
        return new ResolvedTable(View(relation.Sql), relation.Paths, relation.Inputs, new TablePlan(relation.Paths.Count, version.Snapshot.Files.Count));
    }

    public override void Dispose() => version.Dispose();
}
