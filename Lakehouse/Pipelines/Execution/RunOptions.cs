using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Execution;

/// <summary>What a command does with the nodes that were selected.</summary>
public enum RunCommand
{
    /// <summary>Builds models.</summary>
    Run,

    /// <summary>Builds models, seeds and snapshots, and tests each before what comes after it.</summary>
    Build,

    /// <summary>Runs data and unit tests.</summary>
    Test,

    /// <summary>Loads seeds.</summary>
    Seed,

    /// <summary>Takes snapshots.</summary>
    Snapshot,
}

/// <summary>How nodes are run.</summary>
public sealed record RunOptions
{
    /// <summary>The command.</summary>
    public required RunCommand Command { get; init; }

    /// <summary>How many nodes are worked on at once.</summary>
    public int Threads { get; init; } = 4;

    /// <summary>Whether the first failure stops the run.</summary>
    public bool FailFast { get; init; }

    /// <summary>Whether what tests only warn of is a failure.</summary>
    public bool WarningsAreErrors { get; init; }

    /// <summary>First moment of the batches to build; null for the usual.</summary>
    public DateTimeOffset? EventTimeStart { get; init; }

    /// <summary>First moment after the batches to build; null for now.</summary>
    public DateTimeOffset? EventTimeEnd { get; init; }

    /// <summary>Whether the command has to do with a node; with empty files none has.</summary>
    public bool Takes(GraphNode node) => !IsEmpty(node) && Command switch
    {
        RunCommand.Run => node is ModelNode,
        RunCommand.Build => node is ModelNode or SeedNode or SnapshotNode or TestNode or UnitTestDefinition or Exposure,
        RunCommand.Test => node is TestNode or UnitTestDefinition,
        RunCommand.Seed => node is SeedNode,
        _ => node is SnapshotNode,
    };

    static bool IsEmpty(GraphNode node) => node is ManifestNode { RawCode: var code } and not SeedNode && string.IsNullOrWhiteSpace(code);
}

/// <summary>Hears how a run goes on. Called by several threads at once.</summary>
public interface IRunProgress
{
    /// <summary>The work on a node begins.</summary>
    /// <param name="node">The node.</param>
    /// <param name="index">Its place in the run, from 1.</param>
    /// <param name="total">Number of nodes of the run.</param>
    void Started(GraphNode node, int index, int total);

    /// <summary>The work on a node has ended.</summary>
    /// <param name="node">The node.</param>
    /// <param name="result">What became of it.</param>
    /// <param name="index">Its place in the run, from 1.</param>
    /// <param name="total">Number of nodes of the run.</param>
    void Ended(GraphNode node, NodeResult result, int index, int total);
}
