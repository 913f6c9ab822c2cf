using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.History;
using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Recovery;

/// <summary>Something that was dropped. <c>UndropUntil</c> is until when it may come back; <c>FilesUntil</c> is when its files go, if a purge was asked for.</summary>
internal sealed record DroppedBody(
    Guid Id, string Namespace, string Name, string Kind, CommitSummary DroppedBy, long? Rows, long? Files, long? Bytes, string? Location, bool CanComeBack, DateTimeOffset? FilesUntil, string? Purge, DateTimeOffset UndropUntil)
{
    /// <summary>Whether whoever asks may bring it back.</summary>
    public bool? MayUndrop { get; init; }

    /// <param name="dropped">The thing.</param>
    /// <param name="isHidden">Whether something of it is hidden from the caller: how much it holds is not told.</param>
    public static DroppedBody Of(DroppedThing dropped, bool isHidden = false) => new(
        dropped.Pointer.TableId,
        NamespaceName.FromDatabase(dropped.Pointer.Namespace).Dotted,
        dropped.Pointer.Name,
        dropped.Pointer.Kind.ToString().ToLowerInvariant(),
        CommitSummary.Of(dropped.Commit),
        dropped.Pointer.Kind == PointerKind.Table && !isHidden ? dropped.Pointer.Rows : null,
        dropped.Pointer.Kind == PointerKind.Table && !isHidden ? dropped.Pointer.Files : null,
        dropped.Pointer.Kind == PointerKind.Table && !isHidden ? dropped.Pointer.Bytes : null,
        dropped.Pointer.Kind == PointerKind.Namespace ? null : dropped.Pointer.Location,
        dropped.CanComeBack,
        dropped.Purge?.DueAt,
        dropped.Purge?.State,
        dropped.Until);
}

internal sealed record DroppedListBody(IReadOnlyList<DroppedBody> Dropped);

/// <summary>Files of a table that are to go, or went. <c>Reason</c> is <c>dropped</c> with a purge, or <c>branch</c>: the branches that it was on are dropped.</summary>
internal sealed record PurgeBody(
    long Id, Guid TableId, string Namespace, string Name, string Branch, string Reason, string Location, DateTimeOffset DueAt, string State, long Files, string? Error, DateTimeOffset? FinishedAt);

internal sealed record PurgesBody(IReadOnlyList<PurgeBody> Purges);

/// <summary>Which of several, and under which name (NAMESPACE.NAME).</summary>
internal sealed record UndropRequest(Guid? Id, string? As);

internal sealed record UndroppedBody(Guid Id, string Namespace, string Name, long CommitId);

internal sealed record ProtectionBody(bool Protected, DateTimeOffset? At, string? By, string? ByNamespace);

internal sealed record ProtectRequest(bool? Protected);

/// <summary>Exactly one of the three: a snapshot, or what the table had at a commit or a time.</summary>
internal sealed record RollbackRequest(string? SnapshotId, long? Commit, DateTimeOffset? Time, bool DryRun = false);

internal sealed record RollbackPoint(string? SnapshotId, DateTimeOffset? At, long? Rows, long? Files, string? Operation);

/// <summary>What a rollback did or would do. <c>SnapshotsBetween</c> stay in the table until they expire: a rollback to one of them by its commit or time is the way forward again.</summary>
internal sealed record RollbackBody(string Namespace, string Name, RollbackPoint From, RollbackPoint To, int SnapshotsBetween, bool SchemaDiffers, bool DryRun, long? CommitId);
