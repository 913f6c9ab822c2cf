using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Maintenance;

/// <summary>Which manifests are written anew.</summary>
public sealed record ManifestRewriteOptions
{
    /// <summary>How many small manifests (below half of <c>commit.manifest.target-size-bytes</c>) of one partition spec and content are worth it. 10 by default, at least 2.</summary>
    public int MinSmallManifests { get; init; } = 10;

    /// <summary>Whether manifests of full size are written anew too, to order files by partition across them.</summary>
    public bool ReordersAll { get; init; }

    /// <summary>Bytes of manifests in one commit, which also bounds memory; 32 MiB by default.</summary>
    public long MaxBytes { get; init; } = 32L << 20;
}

/// <summary>Manifests to write anew in one commit.</summary>
/// <param name="SnapshotId">Snapshot that has them.</param>
/// <param name="Manifests">The manifests.</param>
public sealed record ManifestRewritePlan(long SnapshotId, IReadOnlyList<ManifestFile> Manifests)
{
    const long DefaultTargetSize = 8 << 20;

    /// <summary>Works the plan out; null when nothing is worth it.</summary>
    /// <param name="metadata">The table.</param>
    /// <param name="manifests">Manifests of its current snapshot.</param>
    /// <param name="options">What is worth it.</param>
    public static ManifestRewritePlan? Of(TableMetadata metadata, IReadOnlyList<ManifestFile> manifests, ManifestRewriteOptions options)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(options);
        var target = metadata.Properties.TryGetValue("commit.manifest.target-size-bytes", out var text) && long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var bytes) && bytes > 0 ? bytes : DefaultTargetSize;
        foreach (var group in manifests.Where(manifest => manifest.MayHaveLiveFiles && metadata.SpecById(manifest.PartitionSpecId) is not null).GroupBy(manifest => (manifest.Content, manifest.PartitionSpecId)))
        {
            var small = group.Where(manifest => manifest.ManifestLength < target / 2).ToList();
            var chosen = options.ReordersAll ? group.ToList() : small;
            if (small.Count < Math.Max(2, options.MinSmallManifests) && !(options.ReordersAll && chosen.Count > 1))
            {
                continue;
            }

            // What is next to each other by partition goes together.
            var size = 0L;
            var some = chosen.OrderBy(FirstBound, Bounds.Instance).TakeWhile((manifest, i) => (size += manifest.ManifestLength) <= options.MaxBytes || i < 2).ToList();
            return new ManifestRewritePlan(metadata.CurrentSnapshotId!.Value, some);
        }

        return null;
    }

    /// <summary>The change.</summary>
    public SnapshotChange ToChange() => new() { Operation = SnapshotOperation.Replace, RewrittenManifests = [.. Manifests.Select(manifest => manifest.ManifestPath)] };

    static byte[] FirstBound(ManifestFile manifest) => manifest.Partitions is [var first, ..] ? first.LowerBound ?? [] : [];

    sealed class Bounds : IComparer<byte[]>
    {
        public static Bounds Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}

/// <summary>Writes manifests anew: few, and ordered by partition. Files, rows and what is known of them stay.</summary>
public static class ManifestRewrite
{
    /// <summary>Says what would be written anew; null = nothing.</summary>
    public static async Task<ManifestRewritePlan?> PlanAsync(Lake lake, LakeTable table, ManifestRewriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lake);
        ArgumentNullException.ThrowIfNull(table);
        return table.CurrentSnapshot is { } snapshot ? ManifestRewritePlan.Of(table.Metadata, await ManifestListReader.ReadAsync(lake.Store, snapshot, cancellationToken), options ?? new ManifestRewriteOptions()) : null;
    }

    /// <summary>Plans and commits once.</summary>
    /// <returns>What was written anew; null when nothing was worth it.</returns>
    /// <exception cref="LakehouseException">OutcomeUnknown: nobody knows whether it was committed. Conflict: other writers were first each time.</exception>
    public static async Task<ManifestRewritePlan?> RunAsync(Lake lake, TableIdentifier table, ManifestRewriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lake);
        ManifestRewritePlan? plan = null;
        await Yielding.RunAsync(async () =>
        {
            await using var transaction = lake.BeginTransaction("maintenance", $"rewrite manifests of {table}");
            var opened = await transaction.OpenAsync(table, cancellationToken);
            plan = await PlanAsync(lake, opened, options, cancellationToken);
            if (plan is null)
            {
                return null;
            }

            transaction.Stage(opened, plan.ToChange());
            return await transaction.CommitAsync(cancellationToken);
        });
        return plan;
    }
}
