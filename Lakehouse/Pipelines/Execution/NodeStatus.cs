namespace Lakehouse.Pipelines.Execution;

/// <summary>What became of a node of a run.</summary>
public enum NodeStatus
{
    /// <summary>It was built.</summary>
    Success,

    /// <summary>It failed.</summary>
    Error,

    /// <summary>It was not tried, because of what it depends on or because the run was stopped.</summary>
    Skipped,

    /// <summary>Some of its batches were built.</summary>
    PartialSuccess,

    /// <summary>There was nothing to do for it.</summary>
    NoOp,

    /// <summary>A test found nothing.</summary>
    Pass,

    /// <summary>A test found something.</summary>
    Fail,

    /// <summary>A test found something that is only to be said; a source that is older than it should be.</summary>
    Warn,

    /// <summary>It was not known how fresh a source is.</summary>
    RuntimeError,
}

/// <summary>dbt's words for what became of nodes.</summary>
public static class NodeStatuses
{
    /// <summary>dbt's word, as its artifacts have it.</summary>
    public static string Word(this NodeStatus status) => status switch
    {
        NodeStatus.PartialSuccess => "partial success",
        NodeStatus.NoOp => "no-op",
        NodeStatus.RuntimeError => "runtime error",
        _ => status.ToString().ToLowerInvariant(),
    };

    /// <summary>What a word of dbt's means; null for a word that it does not have.</summary>
    public static NodeStatus? Parse(string word) => Enum.GetValues<NodeStatus>().Select(s => (NodeStatus?)s).FirstOrDefault(s => s!.Value.Word() == word);

    /// <summary>Whether a run in which it happens has failed.</summary>
    public static bool IsFailure(this NodeStatus status) => status is NodeStatus.Error or NodeStatus.Fail or NodeStatus.PartialSuccess or NodeStatus.RuntimeError;
}
