using Lakehouse.Engine;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Lakehouse.Tables.Maintenance;

namespace Lakehouse.Tables.Upkeep;

/// <summary>One kind of act on one table.</summary>
internal abstract class UpkeepStep(Lake lake, TableIdentifier table)
{
    protected Lake Lake => lake;

    protected TableIdentifier Table => table;

    /// <summary>What there is to do on the table as it is now; null when there is nothing.</summary>
    public abstract Task<UpkeepAct?> PlanAsync(CancellationToken cancellationToken);

    /// <summary>Does what was planned last.</summary>
    /// <returns>The figures of what was done.</returns>
    public abstract Task<IReadOnlyDictionary<string, long>> RunAsync(CancellationToken cancellationToken);

    protected Task<LakeTable> LoadAsync(CancellationToken cancellationToken) => lake.LoadTableAsync(table, cancellationToken);

    protected static IReadOnlyDictionary<string, long> Figures(params (string Name, long Value)[] figures) => figures.ToDictionary(figure => figure.Name, figure => figure.Value, StringComparer.Ordinal);

    protected static string Plural(long count, string one) => $"{count} {(count == 1 ? one : one + "s")}";
}

/// <summary>Small files become few, deleted rows go, rows are clustered.</summary>
internal sealed class CompactStep(Lake lake, DuckDbConnection connection, TableIdentifier table, UpkeepOptions budget) : UpkeepStep(lake, table)
{
    // How many groups are within the budget, as planned: the rewrite itself plans on the table as it is then.
    int budgeted;

    public override async Task<UpkeepAct?> PlanAsync(CancellationToken cancellationToken)
    {
        var opened = await LoadAsync(cancellationToken);
        var groups = Within((await DataFileRewrite.PlanAsync(opened, OptionsOf(opened.Metadata, int.MaxValue), cancellationToken)).Groups);
        budgeted = groups.Count;
        var files = groups.Sum(group => group.Files.Count);
        return groups.Count == 0
            ? null
            : new UpkeepAct(
                "compact",
                $"{Plural(files, "file")} of {Plural(groups.Count, "partition")} that are small or have deleted rows",
                Figures(("filesBefore", files), ("bytesBefore", groups.Sum(group => group.Bytes))));
    }

    public override async Task<IReadOnlyDictionary<string, long>> RunAsync(CancellationToken cancellationToken)
    {
        var options = OptionsOf((await LoadAsync(cancellationToken)).Metadata, budgeted);
        var done = await DataFileRewrite.RunAsync(Lake, connection, Table, options, cancellationToken: cancellationToken);
        return Figures(("filesBefore", done.RewrittenFiles), ("filesAfter", done.AddedFiles), ("bytesBefore", done.RewrittenBytes), ("bytesAfter", done.AddedBytes));
    }

    // The first group is taken whatever it weighs: it would never be done otherwise.
    List<DataFileRewriteGroup> Within(IReadOnlyList<DataFileRewriteGroup> groups)
    {
        var bytes = 0L;
        return [.. groups.TakeWhile((group, index) => (bytes += group.Bytes) <= budget.MaxBytes || index == 0)];
    }

    static DataFileRewriteOptions OptionsOf(TableMetadata metadata, int groups) => new() { MinInputFiles = UpkeepPolicy.Of(metadata).MinInputFiles, MaxGroups = groups };
}

/// <summary>Delete files that apply to nothing go, many of a partition become one.</summary>
internal sealed class RewriteDeletesStep(Lake lake, DuckDbConnection connection, TableIdentifier table) : UpkeepStep(lake, table)
{
    public override async Task<UpkeepAct?> PlanAsync(CancellationToken cancellationToken) =>
        await PositionDeleteRewrite.PlanAsync(Lake, await LoadAsync(cancellationToken), cancellationToken: cancellationToken) is { IsEmpty: false } plan
            ? new UpkeepAct(
                "rewrite-deletes",
                string.Join(", ", new[] { plan.Dangling.Count > 0 ? Plural(plan.Dangling.Count, "delete file") + " without rows" : "", plan.Replaced.Count > 0 ? Plural(plan.Replaced.Count, "delete file") + " to merge" : "" }.Where(text => text.Length > 0)),
                Figures(("dangling", plan.Dangling.Count), ("deleteFilesBefore", plan.Replaced.Count)))
            : null;

    public override async Task<IReadOnlyDictionary<string, long>> RunAsync(CancellationToken cancellationToken)
    {
        var done = await PositionDeleteRewrite.RunAsync(Lake, connection, Table, cancellationToken: cancellationToken);
        return Figures(("dangling", done.Dangling), ("deleteFilesBefore", done.Replaced), ("deleteFilesAfter", done.Added));
    }
}

/// <summary>Many small manifests become few, ordered by partition.</summary>
internal sealed class RewriteManifestsStep(Lake lake, TableIdentifier table) : UpkeepStep(lake, table)
{
    public override async Task<UpkeepAct?> PlanAsync(CancellationToken cancellationToken) =>
        await ManifestRewrite.PlanAsync(Lake, await LoadAsync(cancellationToken), cancellationToken: cancellationToken) is { Manifests.Count: > 0 } plan
            ? new UpkeepAct("rewrite-manifests", $"{Plural(plan.Manifests.Count, "manifest")} that are small or out of order", Figures(("manifests", plan.Manifests.Count)))
            : null;

    public override async Task<IReadOnlyDictionary<string, long>> RunAsync(CancellationToken cancellationToken) =>
        Figures(("manifests", (await ManifestRewrite.RunAsync(Lake, Table, cancellationToken: cancellationToken))?.Manifests.Count ?? 0));
}

/// <summary>Old snapshots, branches and tags go, with the files that nothing else needs.</summary>
internal sealed class ExpireStep(Lake lake, TableIdentifier table, IParquetReader parquet) : UpkeepStep(lake, table)
{
    // A commit for each snapshot too many would be as much work as it saves.
    const int Slack = 10;

    public override async Task<UpkeepAct?> PlanAsync(CancellationToken cancellationToken)
    {
        var metadata = (await LoadAsync(cancellationToken)).Metadata;
        if (!Collectable.Is(metadata))
        {
            return null;
        }

        var plan = SnapshotExpiryPlan.Of(metadata, OptionsOf(metadata), Lake.Time.GetUtcNow());
        var byCount = metadata.Snapshots.Count - plan.Snapshots.Count;
        return plan.IsEmpty || (plan.Refs.Count == 0 && plan.Snapshots.Count < Math.Min(Slack, byCount / 10 + 1))
            ? null
            : new UpkeepAct(
                "expire-snapshots",
                $"{Plural(plan.Snapshots.Count, "snapshot")} past the table's age or number{(plan.Refs.Count > 0 ? $", {Plural(plan.Refs.Count, "branch or tag")} past its age" : "")}",
                Figures(("snapshotsBefore", metadata.Snapshots.Count), ("snapshotsAfter", metadata.Snapshots.Count - plan.Snapshots.Count)));
    }

    public override async Task<IReadOnlyDictionary<string, long>> RunAsync(CancellationToken cancellationToken)
    {
        var before = (await LoadAsync(cancellationToken)).Metadata;
        await using var hold = new FileHold(Lake, Table);
        var options = OptionsOf(before) with
        {
            ReadKept = stop => PublishedFiles.ReadAsync(Lake.Store, before, parquet, Lake.Time.GetUtcNow(), stop),
            ReadProtected = stop => hold.ReadPointersAsync(before.TableUuid, stop),
            MayDelete = () => hold.IsHeld,
        };
        var done = await SnapshotExpiry.RunAsync(Lake, Table, options, cancellationToken);
        return Figures(
            ("snapshotsBefore", before.Snapshots.Count), ("snapshotsAfter", before.Snapshots.Count - done.Plan.Snapshots.Count), ("deletedFiles", done.Files.Count - done.NotDeleted.Count));
    }

    static SnapshotExpiryOptions OptionsOf(TableMetadata metadata) => new() { MaxSnapshotsToKeep = UpkeepPolicy.Of(metadata).MaxSnapshots };
}

/// <summary>Metadata files that the table's log has dropped go.</summary>
internal sealed class LimitMetadataStep(Lake lake, TableIdentifier table) : UpkeepStep(lake, table)
{
    public override async Task<UpkeepAct?> PlanAsync(CancellationToken cancellationToken)
    {
        if (!Collectable.Is((await LoadAsync(cancellationToken)).Metadata))
        {
            return null;
        }

        var files = await MetadataFileLimit.PlanAsync(Lake, Table, new MetadataFileLimitOptions { IgnoresProperty = true, ReadProtected = LocationsAsync }, cancellationToken);
        return files.Count == 0 ? null : new UpkeepAct("limit-metadata", $"{Plural(files.Count, "metadata file")} that the table's log has dropped", Figures(("metadataFiles", files.Count), ("bytes", files.Sum(file => file.Size))));
    }

    public override async Task<IReadOnlyDictionary<string, long>> RunAsync(CancellationToken cancellationToken)
    {
        await using var hold = new FileHold(Lake, Table);
        var options = new MetadataFileLimitOptions
        {
            IgnoresProperty = true,
            ReadProtected = async stop => await hold.TakeAsync(stop),
            MayDelete = () => hold.IsHeld,
        };
        var files = await MetadataFileLimit.RunAsync(Lake, Table, options, cancellationToken);
        return Figures(("metadataFiles", files.Count), ("bytes", files.Sum(file => file.Size)));
    }

    async Task<IReadOnlyCollection<string>> LocationsAsync(CancellationToken cancellationToken) =>
        [.. (await Lake.Catalog.GetPointersAsync(Table, cancellationToken)).Select(pointer => pointer.MetadataLocation)];
}

/// <summary>Files that nothing refers to go, once they are old.</summary>
internal sealed class OrphanStep(Lake lake, TableIdentifier table, IParquetReader parquet) : UpkeepStep(lake, table)
{
    public override async Task<UpkeepAct?> PlanAsync(CancellationToken cancellationToken)
    {
        var metadata = (await LoadAsync(cancellationToken)).Metadata;
        if (!Collectable.Is(metadata))
        {
            return null;
        }

        var options = await OptionsAsync(metadata, stop => OtherPointers.ReadAsync(Lake, Table, metadata.TableUuid, stop), cancellationToken);
        var orphans = await OrphanRemoval.DryRunAsync(Lake, Table, options, cancellationToken);
        return orphans.Files.Count == 0
            ? null
            : new UpkeepAct("remove-orphans", $"{Plural(orphans.Files.Count, "file")} older than {UpkeepPolicy.Of(metadata).OrphanAge.TotalHours:0} hours that nothing refers to", Figures(("files", orphans.Files.Count), ("bytes", orphans.Bytes)));
    }

    public override async Task<IReadOnlyDictionary<string, long>> RunAsync(CancellationToken cancellationToken)
    {
        var metadata = (await LoadAsync(cancellationToken)).Metadata;
        await using var hold = new FileHold(Lake, Table);
        var options = await OptionsAsync(metadata, stop => hold.ReadPointersAsync(metadata.TableUuid, stop), cancellationToken);
        var done = await OrphanRemoval.RunAsync(Lake, Table, options with { MayDelete = () => hold.IsHeld }, cancellationToken);
        return Figures(("files", done.Files.Count - done.NotDeleted.Count), ("bytes", done.Bytes));
    }

    async Task<OrphanRemovalOptions> OptionsAsync(TableMetadata metadata, Func<CancellationToken, Task<IReadOnlyList<TableMetadata>>> readProtected, CancellationToken cancellationToken) =>
        new()
        {
            MinAge = UpkeepPolicy.Of(metadata).OrphanAge,
            Kept = await PublishedFiles.ReadAsync(Lake.Store, metadata, parquet, Lake.Time.GetUtcNow(), cancellationToken),
            ReadProtected = readProtected,
        };
}

/// <summary>Whether files of a table may be deleted at all.</summary>
internal static class Collectable
{
    public static bool Is(TableMetadata metadata) => !(metadata.Properties.TryGetValue("gc.enabled", out var text) && bool.TryParse(text, out var flag) && !flag);
}
