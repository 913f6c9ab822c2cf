using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.History;

/// <summary>Something that points to metadata of a table, so that its files are needed.</summary>
internal sealed record PointerBody(string MetadataLocation, string Branch, long Commit, bool Dropped);

internal sealed record PointersBody(Guid TableId, IReadOnlyList<PointerBody> Pointers);

/// <summary>What points to the metadata of a table, and so needs its files.</summary>
internal sealed class TablePointers(NpgsqlDataSource database, IOptions<CatalogOptions> options, TimeProvider time)
{
    // Clocks differ: what may come back by somebody's is kept.
    static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    static readonly string Pointers = $"""
        WITH RECURSIVE {FileHolders.Starts()}
        SELECT p.metadata_location, b.name, p.from_commit, p.dropped FROM branches b JOIN pointers p ON p.branch_id = b.id AND p.to_commit IS NULL
        WHERE b.dropped_at IS NULL AND p.table_id = $1 AND {FileHolders.MayBeWanted("p", "$2")}
        UNION
        SELECT p.metadata_location, s.name, p.from_commit, p.dropped FROM starts s JOIN pointers p ON {FileHolders.IsSeenFrom("s", "p")} WHERE p.table_id = $1 AND {FileHolders.MayBeWanted("p", "$2")}
        ORDER BY 2, 3
        """;

    public async Task<IReadOnlyList<PointerBody>> OfAsync(Guid tableId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Pointers);
        command.Parameters.Add(new NpgsqlParameter { Value = tableId });
        command.Parameters.Add(new NpgsqlParameter { Value = time.GetUtcNow() - options.Value.DropRetention - Margin });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<PointerBody>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new PointerBody(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetBoolean(3)));
        }

        return found;
    }
}
