using System.Globalization;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Execution;

/// <summary>What is said of a run while it goes on and when it has ended: one line for each thing, in the words that dbt's users know.</summary>
public static class ProgressText
{
    /// <summary>That the work on a node begins, such as <c>3 of 40 START table model gold.customer_360</c>.</summary>
    /// <param name="node">The node.</param>
    /// <param name="index">Its place in the run, from 1.</param>
    /// <param name="total">Number of nodes of the run.</param>
    public static string Started(GraphNode node, int index, int total) => $"{index} of {total} START {What(node)} {NameOf(node)}";

    /// <summary>What became of a node, such as <c>3 of 40 OK created table model gold.customer_360 [12,345 rows in 0.42s]</c>.</summary>
    /// <param name="node">The node.</param>
    /// <param name="result">What became of it.</param>
    /// <param name="index">Its place in the run, from 1.</param>
    /// <param name="total">Number of nodes of the run.</param>
    public static string Ended(GraphNode node, NodeResult result, int index, int total)
    {
        var place = $"{index} of {total}";
        var (what, name, time) = (What(node), NameOf(node), Seconds(result.Duration));
        return result.Status switch
        {
            NodeStatus.Skipped => $"{place} SKIP {what} {name}{(result.Cause is { } cause && cause != node.UniqueId ? $" [because of {LastPart(cause)}]" : "")}",
            NodeStatus.NoOp => $"{place} NO-OP {what} {name}",
            NodeStatus.Error or NodeStatus.RuntimeError => $"{place} ERROR {Doing(node)} {what} {name} [in {time}]",
            NodeStatus.PartialSuccess => $"{place} PARTIAL SUCCESS {what} {name} [{result.Batches?.Successful.Count} of {result.Batches?.Successful.Count + result.Batches?.Failed.Count} batches in {time}]",
            NodeStatus.Pass => $"{place} PASS {name} [in {time}]",
            NodeStatus.Fail or NodeStatus.Warn when node is SourceDefinition => $"{place} {result.Status.Word().ToUpperInvariant()} {name} [in {time}]",
            NodeStatus.Fail or NodeStatus.Warn => string.Create(CultureInfo.InvariantCulture, $"{place} {result.Status.Word().ToUpperInvariant()} {result.Failures:N0} {name} [in {time}]"),
            _ => $"{place} OK {Done(node)} {what} {name} [{Rows(result)}{time}]",
        };
    }

    /// <summary>The counts at the end, such as <c>Done. PASS=38 WARN=1 ERROR=1 SKIP=0 NO-OP=0 TOTAL=40</c>.</summary>
    /// <param name="results">What became of all nodes.</param>
    public static string Summary(IReadOnlyCollection<NodeResult> results)
    {
        int Count(params NodeStatus[] wanted) => results.Count(result => wanted.Contains(result.Status));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Done. PASS={Count(NodeStatus.Success, NodeStatus.Pass)} WARN={Count(NodeStatus.Warn)} ERROR={results.Count(r => r.Status.IsFailure())} SKIP={Count(NodeStatus.Skipped)} NO-OP={Count(NodeStatus.NoOp)} TOTAL={results.Count}");
    }

    /// <summary>What is a model, test and so on, in words: <c>incremental model</c>.</summary>
    static string What(GraphNode node) => node switch
    {
        ModelNode model => $"{model.Config.Materialized} model",
        SeedNode => "seed",
        SnapshotNode => "snapshot",
        TestNode => "test",
        UnitTestDefinition => "unit test",
        SourceDefinition => "freshness of",
        OperationNode => "hook",
        _ => node.ResourceType.Word().Replace('_', ' '),
    };

    static string NameOf(GraphNode node) => node switch
    {
        ModelNode or SeedNode or SnapshotNode => $"{((ManifestNode)node).Schema}.{((ManifestNode)node).Alias}",
        SourceDefinition source => $"{source.SourceName}.{source.Name}",
        UnitTestDefinition test => $"{test.Model}::{test.Name}",
        _ => node.Name,
    };

    static string Doing(GraphNode node) => node switch
    {
        ModelNode => "creating",
        SeedNode => "loading",
        SnapshotNode => "taking",
        _ => "in",
    };

    static string Done(GraphNode node) => node switch
    {
        ModelNode => "created",
        SeedNode => "loaded",
        SnapshotNode => "took",
        _ => "did",
    };

    static string Rows(NodeResult result) => result.Response?.RowsAffected is { } rows ? string.Create(CultureInfo.InvariantCulture, $"{rows:N0} {(rows == 1 ? "row" : "rows")} in ") : "in ";

    static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F2}s");

    static string LastPart(string id) => id.Split('.') is [_, _, var name, ..] ? name : id;
}
