using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Upkeep;

/// <summary>
/// What branches, tags and dropped tables that may come back point to. It is asked for after an expiry is committed, or a folder listed: a branch that begins later at what another one is then begins at a state whose
/// snapshots are in metadata that is known here, and what is committed later has files that are too young to go. One that begins at a past state waits: see <see cref="FileHold"/>.
/// </summary>
internal static class OtherPointers
{
    /// <exception cref="LakehouseException">NotFound, Conflict: the name is another table's by now, so that nobody can say what this one's branches need.</exception>
    public static async Task<IReadOnlyList<TableMetadata>> ReadAsync(Lake lake, TableIdentifier table, Guid uuid, CancellationToken cancellationToken) =>
        await ReadAsync(lake, table, uuid, (await lake.Catalog.GetPointersAsync(table, cancellationToken)).Select(pointer => pointer.MetadataLocation).Distinct(StringComparer.Ordinal), cancellationToken);

    /// <summary>Reads what is pointed to.</summary>
    /// <exception cref="LakehouseException">Conflict: it is none of this table.</exception>
    public static async Task<IReadOnlyList<TableMetadata>> ReadAsync(Lake lake, TableIdentifier table, Guid uuid, IEnumerable<string> locations, CancellationToken cancellationToken)
    {
        var found = new List<TableMetadata>();
        foreach (var location in locations)
        {
            if (await FindAsync(lake, location, cancellationToken) is { } metadata)
            {
                found.Add(metadata);
            }
        }

        return found.Exists(metadata => metadata.TableUuid == uuid)
            ? found
            : throw new LakehouseException(LakehouseErrorKind.Conflict, $"table {table} was replaced by another meanwhile");
    }

    /// <summary>A metadata file that is gone can't be read by a branch either.</summary>
    static async Task<TableMetadata?> FindAsync(Lake lake, string location, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await lake.Store.OpenReadAsync(location, cancellationToken: cancellationToken);
            return await TableMetadataJson.ParseAsync(stream, cancellationToken);
        }
        catch (LakehouseException exception) when (exception.Kind == LakehouseErrorKind.NotFound)
        {
            return null;
        }
    }
}
