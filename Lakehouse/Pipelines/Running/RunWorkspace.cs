using Lakehouse.Engine;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Planning;

namespace Lakehouse.Pipelines.Running;

/// <summary>The database of one run: the tables of the lake as views under the names that models use, <c>lake.namespace.table</c>.</summary>
internal sealed class RunWorkspace(DuckDbDatabase database, IPipelineLake lake) : IDisposable
{
    readonly DuckDbConnection main = database.Connect();
    readonly SemaphoreSlim gate = new(1);
    readonly List<IDisposable> held = [];

    /// <summary>Makes views of all sources.</summary>
    /// <returns>Which snapshot of each source is read, as properties of the snapshots that are made from it.</returns>
    /// <exception cref="PipelineException">A source does not exist.</exception>
    public async Task<Dictionary<string, string>> PrepareAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        await main.ExecuteAsync($"ATTACH ':memory:' AS {SqlText.Identifier(PipelineTarget.Database)}", cancellationToken: cancellationToken);
        var namespaces = plan.Sources.Select(s => s.Namespace).Concat(plan.Steps.Select(s => s.Namespace)).Distinct(StringComparer.Ordinal);
        foreach (var ns in namespaces)
        {
            await main.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {SqlText.Identifier(PipelineTarget.Database, ns)}", cancellationToken: cancellationToken);
        }

        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var source in plan.Sources)
        {
            var opened = await lake.OpenSourceAsync(main, source, cancellationToken)
                ?? throw new PipelineException(PipelineErrorKind.Source, $"the source table {source.FullName} does not exist");
            if (opened.Held is { } files)
            {
                held.Add(files);
            }

            await AddViewAsync(source.Namespace, source.Name, opened.Query, cancellationToken);
            if (opened.SnapshotId is { } snapshot)
            {
                properties[RunProperties.Source(source)] = snapshot;
            }
        }

        return properties;
    }

    /// <summary>A connection for one model.</summary>
    public DuckDbConnection Connect() => database.Connect();

    /// <summary>Lets models read a table.</summary>
    public async Task AddViewAsync(string ns, string name, string query, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            await main.ExecuteAsync($"CREATE VIEW {SqlText.Identifier(PipelineTarget.Database, ns, name)} AS {query}", cancellationToken: cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        gate.Dispose();
        main.Dispose();
        held.ForEach(files => files.Dispose());
    }
}
