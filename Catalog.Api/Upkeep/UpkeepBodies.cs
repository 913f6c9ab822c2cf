using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Database;

namespace LakeAspire.Catalog.Upkeep;

/// <summary>States of requests and of acts.</summary>
internal static class UpkeepStates
{
    public const string Queued = "queued";
    public const string Running = "running";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";

    /// <summary>How a worker may end a request.</summary>
    public static readonly IReadOnlySet<string> OfRequests = new HashSet<string>(StringComparer.Ordinal) { Running, Succeeded, Failed };

    /// <summary>States of an act: planned by a dry run; yielded to somebody's commit; else as they say.</summary>
    public static readonly IReadOnlySet<string> OfActs = new HashSet<string>(StringComparer.Ordinal) { "planned", Running, Succeeded, "yielded", Failed };
}

internal sealed record AskUpkeepRequest(string? Table, bool DryRun);

internal sealed record ClaimUpkeepRequest(string? Worker, int? LeaseSeconds);

internal sealed record PatchUpkeepRequest(string? Worker, string? State, string? Error, int? LeaseSeconds);

internal sealed record ReportUpkeepRequest(UpkeepActBody[]? Acts);

internal sealed record UpkeepActBody(
    Guid? Id, long? RequestId, string? Namespace, string? Table, string? Act, string? State, string? Reason, JsonObject? Details, string? Error, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt)
{
    public static UpkeepActBody Of(UpkeepActRow act) => new(
        act.Id, act.RequestId, act.Namespace, act.Table, act.Act, act.State, act.Reason, JsonSerializer.Deserialize<JsonObject>(act.Details), act.Error, act.StartedAt, act.FinishedAt);
}

internal sealed record UpkeepRequestBody(
    long Id, string? Table, bool DryRun, string State, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, string? Error, IReadOnlyList<UpkeepActBody> Acts)
{
    public static UpkeepRequestBody Of(UpkeepRequestRow request, IEnumerable<UpkeepActRow>? acts = null) =>
        new(request.Id, request.Table, request.DryRun, request.State, request.CreatedAt, request.FinishedAt, request.Error, [.. (acts ?? []).Select(UpkeepActBody.Of)]);
}

internal sealed record UpkeepActsBody(IReadOnlyList<UpkeepActBody> Acts);
