using System.Globalization;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Lineage.Events;
using Npgsql;

namespace LakeAspire.Catalog.Lineage.Ingest;

/// <summary>A version of a table of this lake: its snapshot, and the commit by which it came.</summary>
internal sealed record TableVersion(long? SnapshotId, long CommitId, string Branch, DateTimeOffset At);

/// <summary>What the catalog itself knows of the versions that a run names: from a snapshot's id its commit, or from the commit the snapshot.</summary>
internal static class TableVersions
{
    /// <summary>The version of a table that an event means; null when it is none of this lake.</summary>
    public static async Task<TableVersion?> FindAsync(NpgsqlConnection connection, StoredDataset dataset, Guid? tableId, DatasetMention mention, long? commitId, CancellationToken cancellationToken)
    {
        var snapshot = SnapshotOf(mention);
        if ((tableId ?? dataset.TableId) is not { } table || (snapshot is null && commitId is null))
        {
            return null;
        }

        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.Command(
                    """
                    SELECT p.snapshot_id, p.from_commit, b.name, c.at FROM pointers p JOIN commits c ON c.id = p.from_commit JOIN branches b ON b.id = p.branch_id
                    WHERE p.table_id = $1 AND ($2::bigint IS NULL OR p.snapshot_id = $2) AND ($3::bigint IS NULL OR p.from_commit = $3) ORDER BY p.from_commit LIMIT 1
                    """,
                    table, snapshot, snapshot is null ? commitId : null),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new TableVersion(reader.IsDBNull(0) ? null : reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3))
            : null;
    }

    /// <summary>The version as it was said.</summary>
    public static string? TextOf(DatasetMention mention) => mention.Facets[FacetRules.Version]?["datasetVersion"]?.ToString();

    public static long? SnapshotOf(DatasetMention mention) => long.TryParse(TextOf(mention), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) ? id : null;
}
