using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;

namespace Lakehouse.Tables.Maintenance;

/// <summary>Which files are orphans.</summary>
public sealed record OrphanRemovalOptions
{
    /// <summary>Asked before each file is deleted: whether that may still be done. What is left is told as not deleted. Null = always.</summary>
    public Func<bool>? MayDelete { get; init; }

    /// <summary>Files younger than this are left alone: a writer may be about to commit them. 3 days by default; at least 24 hours unless <see cref="InsistsOnAge"/>.</summary>
    public TimeSpan MinAge { get; init; } = TimeSpan.FromDays(3);

    /// <summary>Whether <see cref="MinAge"/> holds below 24 hours too: the caller knows that nobody writes.</summary>
    public bool InsistsOnAge { get; init; }

    /// <summary>Other metadata of the same table (older versions that something still points to) whose files are needed.</summary>
    public IReadOnlyList<TableMetadata> Protected { get; init; } = [];

    /// <summary>Says, once the folders are listed, which other metadata of the same table something points to, as branches of the lake do; added to <see cref="Protected"/>. Null = none.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<TableMetadata>>>? ReadProtected { get; init; }

    /// <summary>Locations of files that something else still needs, as the log of another format does. Null = none.</summary>
    public IReadOnlySet<string>? Kept { get; init; }
}

/// <summary>Files in a table's data and metadata folders that nothing of the table needs.</summary>
/// <param name="Files">The files.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="NotDeleted">Those of them that could not be deleted; empty for a dry run.</param>
/// <param name="Passed">Folders that were passed over, and why.</param>
public sealed record OrphanReport(IReadOnlyList<ObjectInfo> Files, long Bytes, IReadOnlyList<string> NotDeleted, IReadOnlyList<string> Passed);

/// <summary>
/// Finds and removes what failed writers left: files in the table's data and metadata folders that no snapshot needs. Metadata files are not looked at (<see cref="MetadataFileLimit"/> is
/// for them), nor is anything else below the table: the Delta log, or other tables.
/// </summary>
public static class OrphanRemoval
{
    static readonly TimeSpan LeastAge = TimeSpan.FromHours(24);

    /// <summary>Lists orphans, and deletes none.</summary>
    public static Task<OrphanReport> DryRunAsync(Lake lake, TableIdentifier table, OrphanRemovalOptions? options = null, CancellationToken cancellationToken = default) =>
        FindAsync(lake, table, options ?? new OrphanRemovalOptions(), cancellationToken);

    /// <summary>Deletes orphans.</summary>
    /// <exception cref="LakehouseException">InvalidData: the age is below 24 hours. Unsupported: <c>gc.enabled</c> is false.</exception>
    public static async Task<OrphanReport> RunAsync(Lake lake, TableIdentifier table, OrphanRemovalOptions? options = null, CancellationToken cancellationToken = default)
    {
        var report = await FindAsync(lake, table, options ?? new OrphanRemovalOptions(), cancellationToken);
        return report with { NotDeleted = await FileDeletion.RunAsync(lake.Store, [[.. report.Files.Select(file => file.Location)]], options?.MayDelete, cancellationToken) };
    }

    static async Task<OrphanReport> FindAsync(Lake lake, TableIdentifier table, OrphanRemovalOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lake);
        if (options.MinAge < LeastAge && !options.InsistsOnAge)
        {
            throw LakehouseException.InvalidData($"files younger than {LeastAge.TotalHours:0} hours may belong to a writer that is about to commit them; {options.MinAge} is too short");
        }

        // Listed first and held against the table after: what is committed in between is known.
        var before = lake.Time.GetUtcNow() - options.MinAge;
        var opened = (await lake.LoadTableAsync(table, cancellationToken)).Metadata;
        Collection.Check(opened);
        var listing = new OrphanListing(lake.Store, opened);
        var old = await listing.OldFilesAsync(before, cancellationToken);
        if (old.Count == 0)
        {
            return new OrphanReport([], 0, [], listing.Passed);
        }

        var metadata = (await lake.LoadTableAsync(table, cancellationToken)).Metadata;
        if (metadata.TableUuid != opened.TableUuid)
        {
            throw new LakehouseException(LakehouseErrorKind.Conflict, $"table {table} was replaced by another while its files were listed");
        }

        var needed = new ReachableFiles(lake.Store);
        await needed.AddAsync(metadata, metadata.Snapshots, mayBeGone: false, cancellationToken);
        IReadOnlyList<TableMetadata> others = [.. options.Protected, .. options.ReadProtected is { } read ? await read(cancellationToken) : []];
        foreach (var other in others)
        {
            await needed.AddAsync(other, other.Snapshots, mayBeGone: true, cancellationToken);
        }

        await foreach (var file in needed.FilesAsync(chosen: null, onlyLive: true, mayBeGone: others.Count > 0, cancellationToken))
        {
            old.Remove(LocationKey.Of(file));
        }

        foreach (var location in needed.Lists.Keys.Concat(needed.Manifests.Keys).Concat(options.Kept ?? new HashSet<string>()).Concat(others.Append(metadata).SelectMany(OtherFiles)))
        {
            old.Remove(LocationKey.Of(location));
        }

        var orphans = old.Values.OrderBy(file => file.Location, StringComparer.Ordinal).ToList();
        return new OrphanReport(orphans, orphans.Sum(file => file.Size), [], listing.Passed);
    }

    static IEnumerable<string> OtherFiles(TableMetadata metadata) =>
        metadata.Statistics.Select(file => file.StatisticsPath).Concat(metadata.PartitionStatistics.Select(file => file.StatisticsPath));
}
