using LakeAspire.Catalog.Database;

namespace LakeAspire.Catalog.Runs;

/// <summary>States of a run.</summary>
internal static class RunStates
{
    public const string Queued = "queued";
    public const string Running = "running";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    /// <summary>States that a worker may give its run.</summary>
    public static readonly IReadOnlySet<string> OfWorkers = new HashSet<string>(StringComparer.Ordinal) { Running, Succeeded, Failed, Cancelled };

    /// <summary>States of a model within a run.</summary>
    public static readonly IReadOnlySet<string> OfNodes = new HashSet<string>(StringComparer.Ordinal) { "pending", Running, Succeeded, Failed, "skipped" };
}

internal sealed record StartRunRequest(string? Pipeline, string? Trigger, string? TraceParent);

internal sealed record ClaimRunRequest(string[]? Pipelines, string? Worker, int? LeaseSeconds);

internal sealed record PatchRunRequest(string? Worker, string? State, string? Error, long? CommitId, int? LeaseSeconds, RunNodeBody[]? Nodes);

internal sealed record RunNodeBody(string? Model, string? State, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, long? Rows, string? Error, string? CompiledSql);

internal sealed record RunBody(
    long Id,
    string Pipeline,
    string State,
    string Trigger,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    long? CommitId,
    string? Error,
    int Attempt,
    string? TraceParent,
    IReadOnlyList<RunNodeBody> Nodes)
{
    public static RunBody Of(RunRow run) => new(
        run.Id, run.Pipeline, run.State, run.Trigger, run.CreatedAt, run.StartedAt, run.FinishedAt, run.CommitId, run.Error, run.Attempt, run.TraceParent,
        run.Nodes.OrderBy(n => n.Position).Select(n => new RunNodeBody(n.Model, n.State, n.StartedAt, n.FinishedAt, n.Rows, n.Error, n.CompiledSql)).ToList());
}

internal sealed record RunsBody(IReadOnlyList<RunBody> Runs);
