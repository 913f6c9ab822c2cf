using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Maintenance;

/// <summary>Files that no snapshot needs after an expiry.</summary>
/// <param name="DataFiles">Data and delete files.</param>
/// <param name="Manifests">Manifests.</param>
/// <param name="ManifestLists">Manifest lists.</param>
/// <param name="Statistics">Statistics files.</param>
public sealed record ExpiredFiles(IReadOnlyList<string> DataFiles, IReadOnlyList<string> Manifests, IReadOnlyList<string> ManifestLists, IReadOnlyList<string> Statistics)
{
    /// <summary>How many files.</summary>
    public int Count => DataFiles.Count + Manifests.Count + ManifestLists.Count + Statistics.Count;

    /// <summary>Nothing.</summary>
    public static ExpiredFiles None { get; } = new([], [], [], []);
}

/// <summary>What an expiry did, or would do.</summary>
/// <param name="Plan">What went from the metadata.</param>
/// <param name="Files">Files that no snapshot needs any more.</param>
/// <param name="NotDeleted">Those of them that could not be deleted; orphan removal finds them.</param>
public sealed record SnapshotExpiryReport(SnapshotExpiryPlan Plan, ExpiredFiles Files, IReadOnlyList<string> NotDeleted);

/// <summary>Expires snapshots, branches and tags of a table, and deletes the files that nothing needs after that, once it is committed.</summary>
public static class SnapshotExpiry
{
    /// <summary>Says what would expire and which files would go.</summary>
    public static async Task<SnapshotExpiryReport> DryRunAsync(Lake lake, TableIdentifier table, SnapshotExpiryOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lake);
        options ??= new SnapshotExpiryOptions();
        var metadata = (await lake.LoadTableAsync(table, cancellationToken)).Metadata;
        var plan = SnapshotExpiryPlan.Of(metadata, options, lake.Time.GetUtcNow());
        var after = plan.IsEmpty ? metadata : metadata with
        {
            Snapshots = [.. metadata.Snapshots.Except(plan.Snapshots)],
            Statistics = [.. metadata.Statistics.Where(file => plan.Snapshots.All(snapshot => snapshot.SnapshotId != file.SnapshotId))],
            PartitionStatistics = [.. metadata.PartitionStatistics.Where(file => plan.Snapshots.All(snapshot => snapshot.SnapshotId != file.SnapshotId))],
        };
        return new SnapshotExpiryReport(plan, await FilesAsync(lake, metadata, plan, after, options, cancellationToken), []);
    }

    /// <summary>Expires, and deletes what nothing needs any more.</summary>
    /// <exception cref="LakehouseException">Unsupported: <c>gc.enabled</c> is false. OutcomeUnknown: nobody knows whether it was committed; no file is deleted. Conflict: other writers were first each time.</exception>
    public static async Task<SnapshotExpiryReport> RunAsync(Lake lake, TableIdentifier table, SnapshotExpiryOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lake);
        options ??= new SnapshotExpiryOptions();
        var before = (await lake.LoadTableAsync(table, cancellationToken)).Metadata;
        var plan = SnapshotExpiryPlan.Of(before, options, lake.Time.GetUtcNow());
        var committed = plan.IsEmpty ? null : await Yielding.RunAsync(async () =>
        {
            await using var transaction = lake.BeginTransaction("maintenance", $"expire snapshots of {table}");
            var opened = await transaction.OpenAsync(table, cancellationToken);
            before = opened.Metadata;
            plan = SnapshotExpiryPlan.Of(before, options, lake.Time.GetUtcNow());
            if (plan.IsEmpty)
            {
                return null;
            }

            // A plan is for one state of the table: on another it is made anew, not applied again.
            var (planned, stored) = (plan, before);
            transaction.Evolve(opened, metadata => ReferenceEquals(metadata, stored) ? planned.ToChange(metadata) : throw new LakehouseException(LakehouseErrorKind.Conflict, $"table {table} has changed"));
            return await CommitAsync(transaction, cancellationToken);
        });
        if (committed is null)
        {
            return new SnapshotExpiryReport(plan, ExpiredFiles.None, []);
        }

        // By what is stored now: also what others have begun since needs its files.
        var after = (await lake.LoadTableAsync(table, cancellationToken)).Metadata;
        if (after.TableUuid != before.TableUuid)
        {
            // The table was renamed, and another has its name: which files it needs is not told by that one.
            return new SnapshotExpiryReport(plan, ExpiredFiles.None, []);
        }

        var files = await FilesAsync(lake, before, plan, after, options, cancellationToken);
        var left = await FileDeletion.RunAsync(lake.Store, [files.DataFiles, files.Manifests, [.. files.ManifestLists, .. files.Statistics]], options.MayDelete, cancellationToken);
        return new SnapshotExpiryReport(plan, files, left);
    }

    static async Task<CommitResult> CommitAsync(TableTransaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            return await transaction.CommitAsync(cancellationToken);
        }
        catch (LakehouseException exception) when (exception.Kind == LakehouseErrorKind.Conflict)
        {
            return new CommitResult.Conflict(ConflictKind.Requirement, exception.Message);
        }
    }

    static async Task<ExpiredFiles> FilesAsync(Lake lake, TableMetadata before, SnapshotExpiryPlan plan, TableMetadata after, SnapshotExpiryOptions options, CancellationToken cancellationToken)
    {
        if (plan.Snapshots.Count == 0)
        {
            return ExpiredFiles.None;
        }

        var (expired, needed) = (new ReachableFiles(lake.Store), new ReachableFiles(lake.Store));
        await expired.AddAsync(before, plan.Snapshots, mayBeGone: true, cancellationToken);
        await needed.AddAsync(after, after.Snapshots, mayBeGone: false, cancellationToken);
        IReadOnlyList<TableMetadata> others = [.. options.Protected, .. options.ReadProtected is { } readOthers ? await readOthers(cancellationToken) : []];
        foreach (var other in others)
        {
            await needed.AddAsync(other, other.Snapshots, mayBeGone: true, cancellationToken);
        }

        var (neededLists, neededManifests) = (needed.Lists.Keys.Select(LocationKey.Of).ToHashSet(StringComparer.Ordinal), needed.Manifests.Keys.Select(LocationKey.Of).ToHashSet(StringComparer.Ordinal));
        // A manifest that stays says of its files that they are needed; only those that go name files that may go.
        var candidates = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var file in expired.FilesAsync(location => !neededManifests.Contains(LocationKey.Of(location)), onlyLive: false, mayBeGone: true, cancellationToken))
        {
            candidates.TryAdd(LocationKey.Of(file), file);
        }

        if (candidates.Count > 0)
        {
            await foreach (var file in needed.FilesAsync(chosen: null, onlyLive: true, mayBeGone: others.Count > 0, cancellationToken))
            {
                candidates.Remove(LocationKey.Of(file));
            }
        }

        foreach (var kept in (options.ReadKept is { } read ? await read(cancellationToken) : null) ?? new HashSet<string>())
        {
            candidates.Remove(LocationKey.Of(kept));
        }

        var neededStatistics = new[] { after }.Concat(others).SelectMany(StatisticsOf).Select(LocationKey.Of).ToHashSet(StringComparer.Ordinal);
        var statistics = StatisticsOf(before).Distinct(StringComparer.Ordinal).Where(location => !neededStatistics.Contains(LocationKey.Of(location)));
        return new ExpiredFiles(
            [.. candidates.Values.Order(StringComparer.Ordinal)],
            [.. expired.Manifests.Where(item => !neededManifests.Contains(LocationKey.Of(item.Key))).Select(item => item.Value.Manifest.ManifestPath).Order(StringComparer.Ordinal)],
            [.. expired.Lists.Where(item => !neededLists.Contains(LocationKey.Of(item.Key))).Select(item => item.Value).Order(StringComparer.Ordinal)],
            [.. statistics.Order(StringComparer.Ordinal)]);
    }

    static IEnumerable<string> StatisticsOf(TableMetadata metadata) =>
        metadata.Statistics.Select(file => file.StatisticsPath).Concat(metadata.PartitionStatistics.Select(file => file.StatisticsPath));
}
