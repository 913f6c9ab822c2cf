namespace Lakehouse.Formats.Iceberg;

/// <summary>Checks requirements.</summary>
internal static class TableRequirements
{
    /// <summary>Why a requirement does not hold, or null when it does.</summary>
    public static string? Check(TableRequirement requirement, TableMetadata? current)
    {
        if (requirement is AssertCreate)
        {
            return current is null ? null : "the table exists already";
        }

        if (current is null && requirement is AssertRefSnapshotId { SnapshotId: null })
        {
            return null;
        }

        if (current is null)
        {
            return "the table does not exist";
        }

        return requirement switch
        {
            AssertTableUuid assert => Differs("table uuid", assert.Uuid, current.TableUuid),
            AssertRefSnapshotId assert => CheckRef(assert, current),
            AssertLastAssignedFieldId assert => Differs("last assigned field id", assert.LastAssignedFieldId, current.LastColumnId),
            AssertCurrentSchemaId assert => Differs("current schema id", assert.CurrentSchemaId, current.CurrentSchemaId),
            AssertLastAssignedPartitionId assert => Differs("last assigned partition id", assert.LastAssignedPartitionId, current.LastPartitionId),
            AssertDefaultSpecId assert => Differs("default spec id", assert.DefaultSpecId, current.DefaultSpecId),
            AssertDefaultSortOrderId assert => Differs("default sort order id", assert.DefaultSortOrderId, current.DefaultSortOrderId),
            _ => throw new ArgumentException($"Unknown requirement {requirement.Type}", nameof(requirement)),
        };
    }

    private static string? CheckRef(AssertRefSnapshotId assert, TableMetadata current)
    {
        var exists = current.Refs.TryGetValue(assert.Ref, out var reference);
        return (exists, assert.SnapshotId) switch
        {
            (false, null) => null,
            (true, null) => $"reference \"{assert.Ref}\" was created concurrently, at snapshot {reference!.SnapshotId}",
            (false, { } expected) => $"reference \"{assert.Ref}\" is missing, expected at snapshot {expected}",
            (true, { } expected) => reference!.SnapshotId == expected ? null : $"reference \"{assert.Ref}\" has changed: expected snapshot {expected}, is {reference.SnapshotId}",
        };
    }

    private static string? Differs<T>(string what, T expected, T actual)
        where T : IEquatable<T> => expected.Equals(actual) ? null : $"{what} has changed: expected {expected}, is {actual}";
}
