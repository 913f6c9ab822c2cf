using System.Text.Json;
using System.Text.Json.Serialization;

namespace LakeAspire.Cli.Calls;

internal sealed record Problem(string? Title, string? Detail, string? Type, string? ErrorId);

internal sealed record SignInLink(string Url, DateTimeOffset ExpiresAt);

internal sealed record ReceivedFile(string Id, string Stream, long? Accepted, long Quarantined, long Bytes, bool Duplicate);

internal sealed record SentFile(string File, string Stream, bool Ok, string? Id, long? Accepted, long? Quarantined, long? Bytes, bool? Duplicate, string? Error);

internal sealed record LastCommit(long Id, DateTimeOffset At, string? Author, string? Message);

internal sealed record TableEntry(string Namespace, string Name, long? Rows, long? Files, long? Bytes, LastCommit? LastCommit);

internal sealed record RunNode(string Model, string State, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, long? Rows, string? Error);

internal sealed record Run(
    long Id, string Pipeline, string State, string? Trigger, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, long? CommitId, string? Error, IReadOnlyList<RunNode>? Nodes);

internal sealed record RunRequest(string Pipeline, string Trigger);

internal sealed record UpkeepWish(string? Table, bool DryRun);

internal sealed record UpkeepAct(
    Guid Id, string Namespace, string Table, string Act, string State, string Reason, JsonElement? Details, string? Error, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);

internal sealed record UpkeepRequest(long Id, string? Table, bool DryRun, string State, string? Error, IReadOnlyList<UpkeepAct>? Acts);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(SignInLink))]
[JsonSerializable(typeof(ReceivedFile))]
[JsonSerializable(typeof(SentFile))]
[JsonSerializable(typeof(TableEntry))]
[JsonSerializable(typeof(Run))]
[JsonSerializable(typeof(RunRequest))]
[JsonSerializable(typeof(UpkeepWish))]
[JsonSerializable(typeof(LakeAspire.Cli.Tables.DeltaRegistration))]
[JsonSerializable(typeof(UpkeepAct))]
[JsonSerializable(typeof(UpkeepRequest))]
[JsonSerializable(typeof(LakeAspire.Cli.Safety.DroppedThing))]
[JsonSerializable(typeof(LakeAspire.Cli.Safety.UndropWish))]
[JsonSerializable(typeof(LakeAspire.Cli.Safety.RollbackWish))]
[JsonSerializable(typeof(LakeAspire.Cli.Safety.ProtectWish))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class CliJson : JsonSerializerContext;
