using Lakehouse.Pipelines.Lineage;

namespace Lakehouse.Pipelines.Running;

/// <summary>Where a model is within a run.</summary>
public enum NodeState
{
    /// <summary>Waits for its turn.</summary>
    Pending,

    /// <summary>Is being built.</summary>
    Running,

    /// <summary>Is built; visible once the run is published.</summary>
    Succeeded,

    /// <summary>Has failed.</summary>
    Failed,

    /// <summary>Was not built, since something that it needs was not.</summary>
    Skipped,
}

/// <summary>What is known of a model within a run.</summary>
/// <param name="Model">Full name of its table.</param>
/// <param name="State">Where it is.</param>
/// <param name="StartedAt">When its build began.</param>
/// <param name="FinishedAt">When its build ended.</param>
/// <param name="Rows">Rows of its table.</param>
/// <param name="Error">Why it failed: file, line if known, and DuckDB's words.</param>
/// <param name="CompiledSql">The SQL that was run.</param>
public sealed record NodeReport(
    string Model, NodeState State, DateTimeOffset? StartedAt = null, DateTimeOffset? FinishedAt = null, long? Rows = null, string? Error = null, string? CompiledSql = null)
{
    /// <summary>What the model is made of, once its SQL was read; null when it could not be.</summary>
    public ModelLineage? Lineage { get; init; }

    /// <summary>Versions of the source tables that the run reads, by their full names.</summary>
    public IReadOnlyDictionary<string, string> SourceVersions { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Bytes of its table's files.</summary>
    public long? Bytes { get; init; }

    /// <summary>Number of its table's files.</summary>
    public int? Files { get; init; }
}

/// <summary>How a run ended. Closed.</summary>
public abstract record RunResult
{
    RunResult()
    {
    }

    /// <summary>Its tables are published.</summary>
    /// <param name="CommitId">The commit.</param>
    public sealed record Succeeded(long CommitId) : RunResult;

    /// <summary>No table has changed.</summary>
    /// <param name="Error">Why.</param>
    public sealed record Failed(string Error) : RunResult;

    /// <summary>The commit's outcome is not known yet: the run must be done again, which finds its commit if there is one.</summary>
    /// <param name="Reason">Why nobody knows.</param>
    public sealed record Undecided(string Reason) : RunResult;
}
