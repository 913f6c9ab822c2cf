using Npgsql;

namespace LakeAspire.Catalog.History;

/// <summary>Something that points to metadata of a table, so that its files are needed.</summary>
internal sealed record PointerBody(string MetadataLocation, string Branch, long Commit, bool Dropped);

internal sealed record PointersBody(Guid TableId, IReadOnlyList<PointerBody> Pointers);

/// <summary>
/// What points to the metadata of a table: each branch as it is now, what it and every tag see of their parents at the commits they started at, and where the table was dropped but may come back.
/// </summary>
internal sealed class TablePointers(NpgsqlDataSource database)
{
    // A branch that was dropped is needed for what started at it. UNION meets each of the starts once.
    const string Pointers = """
        WITH RECURSIVE chain AS (
            SELECT b.id, b.name, b.parent_id, b.parent_commit FROM branches b WHERE b.dropped_at IS NULL
            UNION SELECT b.id, c.name, b.parent_id, b.parent_commit FROM chain c JOIN branches b ON b.id = c.parent_id WHERE b.parent_id IS NOT NULL)
        SELECT p.metadata_location, b.name, p.from_commit, p.dropped FROM branches b JOIN pointers p ON p.branch_id = b.id AND p.to_commit IS NULL WHERE b.dropped_at IS NULL AND p.table_id = $1
        UNION
        SELECT p.metadata_location, c.name, p.from_commit, p.dropped FROM chain c
        JOIN pointers p ON p.branch_id = c.parent_id AND p.from_commit <= c.parent_commit AND (p.to_commit IS NULL OR p.to_commit > c.parent_commit) WHERE p.table_id = $1
        ORDER BY 2, 3
        """;

    public async Task<IReadOnlyList<PointerBody>> OfAsync(Guid tableId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Pointers);
        command.Parameters.Add(new NpgsqlParameter { Value = tableId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<PointerBody>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new PointerBody(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetBoolean(3)));
        }

        return found;
    }
}
