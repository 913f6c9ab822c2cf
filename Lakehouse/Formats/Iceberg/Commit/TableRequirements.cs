namespace Lakehouse.Formats.Iceberg;

/// <summary>Checks requirements. What has changed is said in the reference implementation's words, which clients look for.</summary>
internal static class TableRequirements
{
    /// <summary>Why a requirement does not hold, or null when it does.</summary>
    public static string? Check(TableRequirement requirement, TableMetadata? current)
    {
        if (requirement is AssertCreate)
        {
            return current is null ? null : "table already exists";
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
            AssertTableUuid assert => assert.Uuid == current.TableUuid ? null : $"UUID does not match: expected {assert.Uuid} != {current.TableUuid}",
            AssertRefSnapshotId assert => CheckRef(assert, current),
            AssertLastAssignedFieldId assert => Differs("last assigned field id", assert.LastAssignedFieldId, current.LastColumnId),
            AssertCurrentSchemaId assert => Differs("current schema", assert.CurrentSchemaId, current.CurrentSchemaId),
            AssertLastAssignedPartitionId assert => Differs("last assigned partition id", assert.LastAssignedPartitionId, current.LastPartitionId),
            AssertDefaultSpecId assert => Differs("default partition spec", assert.DefaultSpecId, current.DefaultSpecId),
            AssertDefaultSortOrderId assert => Differs("default sort order", assert.DefaultSortOrderId, current.DefaultSortOrderId),
            _ => throw new ArgumentException($"Unknown requirement {requirement.Type}", nameof(requirement)),
        };
    }

    private static string? CheckRef(AssertRefSnapshotId assert, TableMetadata current)
    {
        current.Refs.TryGetValue(assert.Ref, out var reference);
        var kind = reference?.Type == SnapshotRefType.Tag ? "tag" : "branch";
        return (reference, assert.SnapshotId) switch
        {
            (null, null) => null,
            ({ } created, null) => $"{kind} {assert.Ref} was created concurrently, at snapshot {created.SnapshotId}",
            (null, { } expected) => $"branch or tag {assert.Ref} is missing, expected {expected}",
            ({ } found, { } expected) => found.SnapshotId == expected ? null : $"{kind} {assert.Ref} has changed: expected id {expected} != {found.SnapshotId}",
        };
    }

    private static string? Differs<T>(string what, T expected, T actual)
        where T : IEquatable<T> => expected.Equals(actual) ? null : $"{what} changed: expected id {expected} != {actual}";
}
