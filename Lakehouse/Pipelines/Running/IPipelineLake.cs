using Lakehouse.Engine;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Planning;

namespace Lakehouse.Pipelines.Running;

/// <summary>What a run needs of the lake: source tables to read, and a publication to write to.</summary>
public interface IPipelineLake
{
    /// <summary>Opens the current snapshot of a source table.</summary>
    /// <param name="connection">The run's database, for what the relation needs there.</param>
    /// <param name="source">The table.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The relation; null when there is no such table.</returns>
    Task<OpenedSource?> OpenSourceAsync(DuckDbConnection connection, PlannedSource source, CancellationToken cancellationToken);

    /// <summary>Begins the publication of a run's tables.</summary>
    /// <param name="run">The run.</param>
    /// <param name="properties">What each table's snapshot summary says of the run.</param>
    IPipelinePublication Begin(PipelineRun run, IReadOnlyDictionary<string, string> properties);

    /// <summary>The commit of a run that is published already; null when it is not.</summary>
    Task<long?> FindCommitAsync(PipelineRun run, CancellationToken cancellationToken);
}

/// <summary>Tables that become visible together, or not at all. Disposed without having been published, it removes the files that it has written.</summary>
public interface IPipelinePublication : IAsyncDisposable
{
    /// <summary>Writes a query's rows as the new content of a table; nobody sees it yet. May be called by several models at once, each with a connection of its own.</summary>
    /// <param name="connection">Connection to the run's database.</param>
    /// <param name="model">The model.</param>
    /// <param name="sql">Its query.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<WrittenModel> WriteAsync(DuckDbConnection connection, ParsedModel model, string sql, CancellationToken cancellationToken);

    /// <summary>Makes all that was written visible, in one commit.</summary>
    /// <param name="lineage">OpenLineage events that are kept with the commit, each a JSON object.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<PublicationResult> PublishAsync(IReadOnlyList<string> lineage, CancellationToken cancellationToken);
}

/// <summary>A run to be done.</summary>
/// <param name="Id">Id of the run; for one pipeline never used again.</param>
/// <param name="Attempt">Which attempt it is, from 1.</param>
/// <param name="Pipeline">Name of the pipeline.</param>
/// <param name="ProjectHash">Hash of the project's files.</param>
public sealed record PipelineRun(long Id, int Attempt, string Pipeline, string ProjectHash);

/// <summary>A source table as a run reads it.</summary>
/// <param name="Query">A SELECT of its rows.</param>
/// <param name="SnapshotId">The snapshot; null when the table has none yet, and no rows.</param>
public sealed record OpenedSource(string Query, string? SnapshotId)
{
    /// <summary>What is to be disposed when the run has ended; null for nothing.</summary>
    public IDisposable? Held { get; init; }
}

/// <summary>A model's rows as files.</summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Query">A SELECT of them.</param>
public sealed record WrittenModel(long Rows, string Query)
{
    /// <summary>Bytes of the files; null when nobody counted.</summary>
    public long? Bytes { get; init; }

    /// <summary>Number of the files; null when nobody counted.</summary>
    public int? Files { get; init; }
}

/// <summary>What became of a publication. Closed.</summary>
public abstract record PublicationResult
{
    PublicationResult()
    {
    }

    /// <summary>All tables are visible.</summary>
    /// <param name="CommitId">The commit.</param>
    public sealed record Published(long CommitId) : PublicationResult;

    /// <summary>No table has changed, and none will.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(string Reason) : PublicationResult;

    /// <summary>The tables may have changed or not.</summary>
    /// <param name="Reason">Why nobody knows.</param>
    public sealed record Unknown(string Reason) : PublicationResult;
}
