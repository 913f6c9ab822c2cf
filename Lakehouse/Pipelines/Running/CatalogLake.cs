using System.Globalization;
using Lakehouse.Engine;
using Lakehouse.Pipelines.Planning;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Running;

/// <summary>The lake as runs see it: Iceberg tables of the catalog, published by one catalog commit that takes in the run as an item, so that a run is published at most once.</summary>
/// <param name="lake">The lake.</param>
/// <param name="author">Name of the service that runs pipelines.</param>
public sealed class CatalogLake(Lake lake, string author) : IPipelineLake
{
    /// <inheritdoc />
    public async Task<OpenedSource?> OpenSourceAsync(DuckDbConnection connection, PlannedSource source, CancellationToken cancellationToken)
    {
        var table = await lake.FindTableAsync(new TableIdentifier(source.Namespace, source.Name), cancellationToken);
        if (table is null)
        {
            return await OpenDeltaAsync(connection, source, cancellationToken);
        }

        var files = lake.OpenFiles();
        try
        {
            var relation = await table.RelationAsync(connection, files, cancellationToken: cancellationToken);
            return new OpenedSource($"SELECT * FROM {relation.Sql}", table.CurrentSnapshot?.SnapshotId.ToString(CultureInfo.InvariantCulture)) { Held = files };
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public IPipelinePublication Begin(PipelineRun run, IReadOnlyDictionary<string, string> properties)
    {
        var transaction = lake.BeginTransaction(author, $"run {run.Id} of {run.Pipeline}", run.Id, run.Attempt);
        transaction.AddItem(ScopeOf(run), KeyOf(run), run.ProjectHash);
        return new CatalogPublication(transaction, ScopeOf(run), properties);
    }

    /// <inheritdoc />
    public async Task<long?> FindCommitAsync(PipelineRun run, CancellationToken cancellationToken)
    {
        var items = await lake.Catalog.LookupItemsAsync(ScopeOf(run), [KeyOf(run)], cancellationToken);
        return items is [var item, ..] ? item.CommitId : null;
    }

    /// <summary>Whether the pipeline's tables were built by this project from what the sources are now. False too when a table is missing or was written by others.</summary>
    /// <returns>Null when a source has nothing to read yet.</returns>
    public async Task<bool?> IsCurrentAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        var expected = new Dictionary<string, string>(StringComparer.Ordinal) { [RunProperties.Pipeline] = plan.Pipeline, [RunProperties.ProjectHash] = plan.ProjectHash };
        foreach (var source in plan.Sources)
        {
            var table = await lake.FindTableAsync(new TableIdentifier(source.Namespace, source.Name), cancellationToken);
            if (table is null && await lake.FindDeltaTableAsync(new TableIdentifier(source.Namespace, source.Name), cancellationToken) is { } delta)
            {
                using var version = await delta.OpenAsync(cancellationToken: cancellationToken);
                expected[RunProperties.Source(source)] = VersionOf(version);
                continue;
            }

            if (table?.CurrentSnapshot is not { } snapshot)
            {
                return null;
            }

            expected[RunProperties.Source(source)] = snapshot.SnapshotId.ToString(CultureInfo.InvariantCulture);
        }

        foreach (var step in plan.Steps)
        {
            var table = await lake.FindTableAsync(new TableIdentifier(step.Namespace, step.Table), cancellationToken);
            if (table?.CurrentSnapshot is not { } snapshot || expected.Any(e => snapshot.Summary.GetValueOrDefault(e.Key) != e.Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A Delta table that others write, at its newest version.</summary>
    async Task<OpenedSource?> OpenDeltaAsync(DuckDbConnection connection, PlannedSource source, CancellationToken cancellationToken)
    {
        if (await lake.FindDeltaTableAsync(new TableIdentifier(source.Namespace, source.Name), cancellationToken) is not { } table)
        {
            return null;
        }

        var version = await table.OpenAsync(cancellationToken: cancellationToken);
        try
        {
            var relation = await version.RelationAsync(connection, cancellationToken);
            return new OpenedSource($"SELECT * FROM {relation.Sql}", VersionOf(version)) { Held = version };
        }
        catch
        {
            version.Dispose();
            throw;
        }
    }

    static string VersionOf(DeltaLakeSnapshot version) => string.Create(CultureInfo.InvariantCulture, $"delta {version.Snapshot.Version}");

    static string ScopeOf(PipelineRun run) => $"runs/{run.Pipeline}";

    static string KeyOf(PipelineRun run) => run.Id.ToString(CultureInfo.InvariantCulture);
}
