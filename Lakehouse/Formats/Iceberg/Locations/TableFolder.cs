using System.Globalization;
using System.Text;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Opens tables by their folder or metadata file, without a catalog.</summary>
public static class TableFolder
{
    private const string HintName = "version-hint.text";
    private const int MaxHintLength = 1024;

    /// <summary>
    /// Opens a table. Of a folder, the newest metadata file counts: the version that <c>version-hint.text</c> names or a later one that follows it without a gap; where there is no hint,
    /// the highest version. A table that was moved is found when its snapshots lie where its metadata file does and no longer where the metadata says; otherwise say what moved.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="location">The table's folder, its metadata folder, or a metadata file.</param>
    /// <param name="relocations">What moved where; null = nothing known.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">NotFound: no table there; InvalidData: its metadata is malformed, or two metadata files have the same version; Unsupported: a newer version.</exception>
    public static async Task<LocatedTable> OpenAsync(
        IObjectStore store, string location, IReadOnlyList<Relocation>? relocations = null, CancellationToken cancellationToken = default)
    {
        var view = new RelocatedStore(store, relocations ?? []);
        var file = location.EndsWith(".json", StringComparison.Ordinal) || location.EndsWith(".json.gz", StringComparison.Ordinal) ? location : await NewestAsync(view, location.TrimEnd('/'), cancellationToken).ConfigureAwait(false);
        var metadata = await ReadAsync(view, file, cancellationToken).ConfigureAwait(false);
        var folder = FolderOf(file);
        if (await MovedAsync(view, metadata, folder, cancellationToken).ConfigureAwait(false) is { } moved)
        {
            view = new RelocatedStore(store, [.. relocations ?? [], moved]);
        }

        return new LocatedTable(metadata, file, folder, view);
    }

    /// <summary>The newest metadata file of a table's folder.</summary>
    /// <exception cref="LakehouseException">NotFound: no table there; InvalidData: two metadata files have the same version.</exception>
    public static async Task<string> NewestAsync(IObjectStore store, string folder, CancellationToken cancellationToken = default)
    {
        // The folder given may be the metadata folder itself.
        foreach (var metadataFolder in (string[])[$"{folder}/metadata", folder])
        {
            if (await HintedAsync(store, metadataFolder, cancellationToken).ConfigureAwait(false) is { } hinted)
            {
                return hinted;
            }

            var files = await ListAsync(store, $"{metadataFolder}/", cancellationToken).ConfigureAwait(false);
            if (files.Count > 0)
            {
                return Highest(folder, files);
            }
        }

        throw new LakehouseException(LakehouseErrorKind.NotFound, $"{folder}: no Iceberg table: there is no metadata file in it or in its folder metadata");
    }

    /// <summary>The folder of the table whose metadata file this is: the parent of its folder <c>metadata</c>, or the file's own folder.</summary>
    public static string FolderOf(string metadataLocation)
    {
        var own = metadataLocation[..Math.Max(0, metadataLocation.LastIndexOf('/'))];
        return own.EndsWith("/metadata", StringComparison.Ordinal) ? own[..^"/metadata".Length] : own;
    }

    private static async Task<List<string>> ListAsync(IObjectStore store, string prefix, CancellationToken cancellationToken)
    {
        var files = new List<string>();
        var depth = Depth(prefix);
        await foreach (var item in store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            // Only what lies in the folder itself: nested folders are no part of the table's history.
            var name = item.Location[(item.Location.LastIndexOf('/') + 1)..];
            if (MetadataFileName.VersionOf(name) is not null && Depth(item.Location) == depth)
            {
                files.Add(item.Location);
            }
        }

        return files;
    }

    // The store may spell the folder otherwise than it was asked for.
    private static int Depth(string location) => Relocation.Canonical(location).Count(c => c == '/');

    /// <summary>The file that the hint leads to, found without listing a folder that may hold thousands; null without a hint, or when it leads nowhere.</summary>
    private static async Task<string?> HintedAsync(IObjectStore store, string folder, CancellationToken cancellationToken)
    {
        var text = await HintAsync(store, $"{folder}/{HintName}", cancellationToken).ConfigureAwait(false);
        if (string.IsNullOrEmpty(text) || text.Contains('/', StringComparison.Ordinal))
        {
            return null;
        }

        if (!long.TryParse(text.AsSpan().TrimStart('v'), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            // Some writers leave the name of a file, with or without its ending.
            return MetadataFileName.VersionOf(text) is not null || MetadataFileName.VersionOf($"{text}.metadata.json") is not null
                ? await FirstAsync(store, folder, [text, $"{text}.metadata.json"], cancellationToken).ConfigureAwait(false)
                : null;
        }

        // The hint is written after the metadata file, so that it may lag behind.
        string? found = null;
        while (await FirstAsync(store, folder, MetadataFileName.OfVersion(version), cancellationToken).ConfigureAwait(false) is { } next)
        {
            found = next;
            version++;
        }

        return found;
    }

    private static async Task<string?> FirstAsync(IObjectStore store, string folder, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            if (await store.StatAsync($"{folder}/{name}", cancellationToken).ConfigureAwait(false) is { } file)
            {
                return file.Location;
            }
        }

        return null;
    }

    private static async Task<string?> HintAsync(IObjectStore store, string location, CancellationToken cancellationToken)
    {
        if (await store.StatAsync(location, cancellationToken).ConfigureAwait(false) is null)
        {
            return null;
        }

        var stream = await store.OpenReadAsync(location, new ByteRange(0, MaxHintLength), cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return (await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false)).Trim();
        }
    }

    private static string Highest(string folder, List<string> files)
    {
        var newest = files.GroupBy(file => MetadataFileName.VersionOf(file)!.Value).MaxBy(group => group.Key)!.ToList();
        return newest.Count == 1
            ? newest[0]
            : throw LakehouseException.InvalidData($"{folder}: which metadata file is current can't be told from the folder: {string.Join(" and ", newest)} have the same version. Open one of them by its name");
    }

    private static async Task<TableMetadata> ReadAsync(IObjectStore store, string file, CancellationToken cancellationToken)
    {
        var stream = await store.OpenReadAsync(file, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                return await TableMetadataJson.ParseAsync(stream, cancellationToken).ConfigureAwait(false);
            }
            catch (LakehouseException error)
            {
                throw new LakehouseException(error.Kind, $"{file}: {error.Message}", error);
            }
        }
    }

    private static async Task<Relocation?> MovedAsync(RelocatedStore view, TableMetadata metadata, string folder, CancellationToken cancellationToken)
    {
        var snapshot = metadata.CurrentSnapshot ?? metadata.Snapshots.LastOrDefault();
        var witness = snapshot?.ManifestList ?? snapshot?.Manifests?.FirstOrDefault();
        if (witness is null || await ExistsAsync(view, witness, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var moved = new Relocation(metadata.Location, folder);
        return await ExistsAsync(new RelocatedStore(view.Inner, moved), witness, cancellationToken).ConfigureAwait(false) ? moved : null;
    }

    private static async Task<bool> ExistsAsync(RelocatedStore store, string location, CancellationToken cancellationToken)
    {
        try
        {
            return await store.StatAsync(location, cancellationToken).ConfigureAwait(false) is not null;
        }
        catch (LakehouseException error) when (error.Kind is LakehouseErrorKind.Denied or LakehouseErrorKind.Unsupported or LakehouseErrorKind.InvalidData)
        {
            // The place lies outside this store.
            return false;
        }
    }
}
