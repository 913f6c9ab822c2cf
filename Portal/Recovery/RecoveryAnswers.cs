using System.Text.Json.Serialization;
using LakeAspire.Portal.Lake;

namespace LakeAspire.Portal.Recovery;

/// <summary>What a table was after a commit.</summary>
public sealed record TableState(StateCommit Commit, string Namespace, string Name, bool Dropped, string? SnapshotId, long? Rows, long? Files, long? Bytes);

public sealed record StateCommit(long Id, DateTimeOffset At, string? Author, string? Message);

public sealed record TableStates(IReadOnlyList<TableState> History, long? Before);

/// <summary>Something that was dropped.</summary>
public sealed record Dropped(Guid Id, string Namespace, string Name, string Kind, StateCommit DroppedBy, long? Rows, long? Files, long? Bytes, bool CanComeBack, DateTimeOffset? FilesUntil, string? Purge, bool MayUndrop = true)
{
    public string FullName => TableName.Text(Namespace, Name);
}

public sealed record DroppedList([property: JsonPropertyName("dropped")] IReadOnlyList<Dropped> Things);

public sealed record UndropWish(Guid Id, string? As);

public sealed record Undropped(string Namespace, string Name, long CommitId);

public sealed record RollbackWish(long Commit, bool DryRun);

public sealed record RollbackPoint(string? SnapshotId, DateTimeOffset? At, long? Rows, long? Files);

public sealed record RolledBack(RollbackPoint From, RollbackPoint To, int SnapshotsBetween, bool SchemaDiffers, long? CommitId);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TableStates))]
[JsonSerializable(typeof(DroppedList))]
[JsonSerializable(typeof(UndropWish))]
[JsonSerializable(typeof(Undropped))]
[JsonSerializable(typeof(RollbackWish))]
[JsonSerializable(typeof(RolledBack))]
[JsonSerializable(typeof(TableDetail))]
internal sealed partial class RecoveryJson : JsonSerializerContext;
