using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;

namespace Lakehouse.Tables.Folders;

/// <summary>The files of a table's folder, and which of them something refers to.</summary>
internal sealed class FolderFiles(RelocatedStore store, string folder)
{
    readonly Dictionary<string, long> sizes = new(StringComparer.Ordinal);
    readonly HashSet<string> referred = new(StringComparer.Ordinal);

    public async Task ListAsync(CancellationToken cancellationToken)
    {
        await foreach (var item in store.ListAsync(folder.TrimEnd('/') + "/", cancellationToken))
        {
            sizes[Key(item.Location)] = item.Size;
        }
    }

    /// <summary>Takes note that a file belongs to the table, whether it is there or not.</summary>
    public async Task ReferAsync(string location, CancellationToken cancellationToken) => referred.Add(Key(await store.ResolveAsync(location, cancellationToken)));

    /// <summary>Looks whether a file is there and has its size.</summary>
    /// <param name="location">Its location, as the metadata spells it.</param>
    /// <param name="size">Bytes; null when the metadata doesn't say.</param>
    /// <param name="what">What it is.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<TableFault?> ExpectAsync(string location, long? size, string what, CancellationToken cancellationToken)
    {
        var resolved = Key(await store.ResolveAsync(location, cancellationToken));
        referred.Add(resolved);
        if (!sizes.TryGetValue(resolved, out var found))
        {
            var (info, unreadable) = await TryAsync(() => store.StatAsync(location, cancellationToken), location);
            if (unreadable is not null || info is null)
            {
                return unreadable ?? new TableFault(TableFaultKind.Missing, location, $"{what} does not exist");
            }

            found = info.Size;
        }

        return size is { } told && told != found ? new TableFault(TableFaultKind.Different, location, $"{what} has {found} bytes, the metadata says {told}") : null;
    }

    /// <summary>The files that nothing refers to; what other formats and file systems keep beside a table is no orphan.</summary>
    public IEnumerable<TableFault> Orphans() => sizes.Keys.Where(location => !referred.Contains(location) && !IsOthers(location[Root.Length..])).Order(StringComparer.Ordinal)
        .Select(location => new TableFault(TableFaultKind.Orphan, location, "nothing refers to it"));

    /// <summary>What a read gives, or the fault that it met.</summary>
    public static async Task<(T? Value, TableFault? Fault)> TryAsync<T>(Func<Task<T>> read, string location)
    {
        try
        {
            return (await read(), null);
        }
        catch (LakehouseException error) when (error.Kind is not LakehouseErrorKind.Unavailable)
        {
            return (default, new TableFault(error.Kind == LakehouseErrorKind.NotFound ? TableFaultKind.Missing : TableFaultKind.Unreadable, location, error.Message));
        }
    }

    // Checksum files of Hadoop and what Delta keeps beside the data.
    bool IsOthers(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return (name.StartsWith('.') && name.EndsWith(".crc", StringComparison.Ordinal))
            || path.StartsWith("/_delta_log/", StringComparison.Ordinal)
            || (name.StartsWith("deletion_vector_", StringComparison.Ordinal) && HasDeltaLog);
    }

    string Root => Key(folder.TrimEnd('/'));

    // Of local files the path: the same one can be spelled as a location in several ways.
    static string Key(string location) => LocalPath.IsLocal(location) ? LocalPath.FromLocation(location) : location;

    bool HasDeltaLog => sizes.Keys.Any(location => location.StartsWith(Root + "/_delta_log/", StringComparison.Ordinal));
}
