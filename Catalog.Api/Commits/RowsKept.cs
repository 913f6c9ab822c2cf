using Lakehouse.Formats.Iceberg;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Commits;

/// <summary>Whether changes leave every row of their tables as it is, as table upkeep does: files are rewritten, snapshots expire. That a rewrite is one is its writer's word, so only services of this installation are taken at it.</summary>
internal static class RowsKept
{
    const string Replace = "replace";

    public static bool By(HttpContext caller, IReadOnlyList<TableChangeRequest> changes) => caller.User.IsInRole(LakeRoles.Service) && changes.Count > 0 && changes.All(By);

    static bool By(TableChangeRequest change)
    {
        var added = change.Updates.OfType<AddSnapshot>().Select(update => update.Snapshot.SnapshotId).ToHashSet();
        return change.Updates.All(update => update switch
        {
            AddSnapshot add => add.Snapshot.Operation == Replace,
            SetSnapshotRef set => added.Contains(set.Reference.SnapshotId),
            RemoveSnapshots or SetStatistics or RemoveStatistics or SetPartitionStatistics or RemovePartitionStatistics => true,
            _ => false,
        });
    }
}
