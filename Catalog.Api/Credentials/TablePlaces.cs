using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Credentials;

/// <summary>Where the files of tables lie, and which other tables lie there too.</summary>
internal sealed class TablePlaces(CatalogReads reads, IAccess access, IObjectStore store)
{
    /// <summary>The folders that a table's files may lie in: those that it had in its history, and where its properties send writers.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(Guid tableId, TableMetadata metadata, CancellationToken cancellationToken)
    {
        var own = await reads.QueryAsync(db => db.Pointers.Where(p => p.TableId == tableId).Select(p => p.Location).Distinct().ToListAsync(cancellationToken), cancellationToken);
        return [.. own.Append(TableLocations.DataFolder(metadata)).Append(TableLocations.MetadataFolder(metadata)).Select(Canonical).OfType<string>().Where(place => place.StartsWith(store.Root + "/", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Whether a location is a file in one of some folders.</summary>
    public static bool IsBelow(IEnumerable<string> places, string location) => places.Any(place => location.Length > place.Length + 1 && location[place.Length] == '/' && location.StartsWith(place, StringComparison.Ordinal));

    /// <summary>Other tables whose folder is this one or one around it.</summary>
    public Task<List<PointerRow>> AroundAsync(Guid tableId, string location, CancellationToken cancellationToken)
    {
        var folders = Ancestors(location).ToArray();
        return reads.QueryAsync(
            db => db.Pointers.Where(p => p.ToCommit == null && (p.Kind == PointerKind.Table || p.Kind == PointerKind.View) && p.TableId != tableId && folders.Contains(p.Location)).ToListAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Other tables whose folder lies below this one.</summary>
    public Task<List<PointerRow>> BelowAsync(Guid tableId, string location, CancellationToken cancellationToken)
    {
        var (first, last) = (location + "/", location + "0");
        return reads.QueryAsync(
            db => db.Pointers.FromSql(
                $"""SELECT p.* FROM pointers p WHERE p.to_commit IS NULL AND p.kind < 2 AND p.table_id <> {tableId} AND p.location >= {first} COLLATE "C" AND p.location < {last} COLLATE "C" LIMIT 100""").ToListAsync(cancellationToken),
            cancellationToken);
    }

    /// <summary>Whether the caller may do this to all of some tables, and sees the whole of them.</summary>
    public async Task<bool> MayAsync(Caller caller, Privilege privilege, LakeView view, IEnumerable<PointerRow> tables, CancellationToken cancellationToken)
    {
        foreach (var table in tables.DistinctBy(p => p.TableId))
        {
            if (!await access.MayAsync(caller, privilege, RawTables.Of(table), view.Branch, cancellationToken) || await access.PolicyAsync(caller, table.TableId, cancellationToken) is not null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The folders that a location lies in, and the location itself.</summary>
    static IEnumerable<string> Ancestors(string location)
    {
        var scheme = location.IndexOf("://", StringComparison.Ordinal) + 3;
        for (var at = location.Length; at > scheme; at = location.LastIndexOf('/', at - 1, at - scheme))
        {
            yield return location[..at];
        }
    }

    static string? Canonical(string location)
    {
        try
        {
            return ObjectStores.Canonical(location);
        }
        catch (LakehouseException)
        {
            // Nothing lies in a place that no store would take.
            return null;
        }
    }
}
