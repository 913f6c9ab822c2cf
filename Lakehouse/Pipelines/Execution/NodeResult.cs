using Lakehouse.Pipelines.Context;

namespace Lakehouse.Pipelines.Execution;

/// <summary>What became of one node of a run.</summary>
/// <param name="UniqueId">The node.</param>
/// <param name="Status">What became of it.</param>
public sealed record NodeResult(string UniqueId, NodeStatus Status)
{
    /// <summary>What is to be said of it; null for nothing.</summary>
    public string? Message { get; init; }

    /// <summary>Rows that a test found; null for what is no test.</summary>
    public long? Failures { get; init; }

    /// <summary>What the last statement did; null when none ran.</summary>
    public AdapterResponse? Response { get; init; }

    /// <summary>Its SQL as it was compiled; null when it was not.</summary>
    public string? CompiledCode { get; init; }

    /// <summary>The full name of what was built; null for what has none.</summary>
    public string? RelationName { get; init; }

    /// <summary>Batches of a model that is built by intervals, and what became of them; null for others.</summary>
    public BatchResults? Batches { get; init; }

    /// <summary>When it was compiled and executed.</summary>
    public IReadOnlyList<NodeTiming> Timings { get; init; } = [];

    /// <summary>How long it took, in all.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Which of the run's threads did it, from 1; 0 for what none did.</summary>
    public int Thread { get; init; }

    /// <summary>The node for whose sake it was skipped; null for others.</summary>
    public string? Cause { get; init; }
}

/// <summary>A part of the work on a node.</summary>
/// <param name="Name"><c>compile</c> or <c>execute</c>.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="CompletedAt">When it ended.</param>
public sealed record NodeTiming(string Name, DateTimeOffset StartedAt, DateTimeOffset CompletedAt);

/// <summary>Intervals of a model that is built batch by batch; each from its start to its end.</summary>
/// <param name="Successful">Those that were built.</param>
/// <param name="Failed">Those that were not.</param>
public sealed record BatchResults(IReadOnlyList<(DateTimeOffset Start, DateTimeOffset End)> Successful, IReadOnlyList<(DateTimeOffset Start, DateTimeOffset End)> Failed);
