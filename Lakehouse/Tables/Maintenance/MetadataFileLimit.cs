using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;

namespace Lakehouse.Tables.Maintenance;

/// <summary>Which metadata files go.</summary>
public sealed record MetadataFileLimitOptions
{
    /// <summary>Asked before each file is deleted: whether that may still be done. What is left is told as not deleted. Null = always.</summary>
    public Func<bool>? MayDelete { get; init; }

    /// <summary>Files younger than this stay; 24 hours by default.</summary>
    public TimeSpan MinAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Locations that something still points to, as the catalog's history does.</summary>
    public IReadOnlyCollection<string> Protected { get; init; } = [];

    /// <summary>Says, once the folder is listed, which other locations something points to; added to <see cref="Protected"/>. Null = none.</summary>
    public Func<CancellationToken, Task<IReadOnlyCollection<string>>>? ReadProtected { get; init; }

    /// <summary>Whether the table need not ask for it by its property.</summary>
    public bool IgnoresProperty { get; init; }
}

/// <summary>
/// Deletes metadata files that the table's log has dropped: it keeps <c>write.metadata.previous-versions-max</c> of them (100 by default), and the table asks for it by
/// <c>write.metadata.delete-after-commit.enabled</c>.
/// </summary>
public static class MetadataFileLimit
{
    /// <summary>Lists the files that would go; none when the table does not ask for it.</summary>
    public static async Task<IReadOnlyList<ObjectInfo>> PlanAsync(Lake lake, TableIdentifier table, MetadataFileLimitOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lake);
        options ??= new MetadataFileLimitOptions();
        var before = lake.Time.GetUtcNow() - options.MinAge;
        var opened = await lake.LoadTableAsync(table, cancellationToken);
        Collection.Check(opened.Metadata);
        var isAsked = opened.Metadata.Properties.TryGetValue("write.metadata.delete-after-commit.enabled", out var text) && bool.TryParse(text, out var flag) && flag;
        if (!isAsked && !options.IgnoresProperty)
        {
            return [];
        }

        var listed = new List<ObjectInfo>();
        var folder = TableLocations.MetadataFolder(opened.Metadata);
        await foreach (var info in lake.Store.ListAsync(folder + "/", cancellationToken))
        {
            if (info.Location.Contains(".metadata.json", StringComparison.Ordinal) && info.LastModified < before)
            {
                listed.Add(info);
            }
        }

        // Asked after the folder is listed: what something begins to point to then is as young as the answer.
        var others = options.ReadProtected is { } read ? await read(cancellationToken) : [];
        var needed = options.Protected.Concat(others).Concat(opened.Metadata.MetadataLog.Select(entry => entry.MetadataFile)).Append(opened.MetadataLocation!).Select(LocationKey.Of).ToHashSet(StringComparer.Ordinal);
        var current = TableLocations.VersionOf(opened.MetadataLocation!);
        return [.. listed.Where(IsLeft)];

        // A newer one may be that of a commit which is on its way.
        bool IsLeft(ObjectInfo info)
        {
            var name = info.Location[(info.Location.LastIndexOf('/') + 1)..];
            var isDirectlyBelow = TableLocations.Normalize(info.Location) == $"{TableLocations.Normalize(folder)}/{name}";
            return isDirectlyBelow && TableLocations.VersionOf(info.Location) < current && !needed.Contains(LocationKey.Of(info.Location));
        }
    }

    /// <summary>Deletes them.</summary>
    /// <returns>The files that went.</returns>
    public static async Task<IReadOnlyList<ObjectInfo>> RunAsync(Lake lake, TableIdentifier table, MetadataFileLimitOptions? options = null, CancellationToken cancellationToken = default)
    {
        var files = await PlanAsync(lake, table, options, cancellationToken);
        var left = await FileDeletion.RunAsync(lake.Store, [[.. files.Select(file => file.Location)]], options?.MayDelete, cancellationToken);
        return [.. files.Where(file => !left.Contains(file.Location))];
    }
}
