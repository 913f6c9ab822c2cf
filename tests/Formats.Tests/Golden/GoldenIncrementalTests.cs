using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Golden;

/// <summary>Incremental plans of other writers' tables: the files of the parent, changed as the plan says, are the files of the snapshot.</summary>
public sealed class GoldenIncrementalTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("spark-iceberg")]
    [InlineData("spark-iceberg-v3")]
    [InlineData("flink-iceberg")]
    [InlineData("pyiceberg")]
    public async Task Changes_lead_from_each_parent_to_its_snapshot(string golden)
    {
        var (snapshots, changed, appended) = (0, 0, 0);
        foreach (var table in GoldenTable.All(golden))
        {
            var metadata = TableMetadataJson.Parse(File.ReadAllBytes(Newest(table)));
            foreach (var snapshot in metadata.Snapshots.Where(snapshot => snapshot.Operation != "replace" && table.Has(snapshot.ManifestList!)))
            {
                var parent = snapshot.ParentSnapshotId is { } id ? metadata.SnapshotById(id) : null;
                if (snapshot.ParentSnapshotId is not null && (parent is null || !table.Has(parent.ManifestList!)))
                {
                    continue;
                }

                if (parent is null && (await ManifestListReader.ReadAsync(table, snapshot)).Any(manifest => manifest.AddedSnapshotId != snapshot.SnapshotId))
                {
                    // Its parent expired, and the writer cut the link.
                    var error = await Assert.ThrowsAsync<LakehouseException>(async () => await ChangePlanner.PlanAsync(table, metadata, null, snapshot).ToListAsync());
                    Assert.Equal(LakehouseErrorKind.NotFound, error.Kind);
                    await Assert.ThrowsAsync<LakehouseException>(async () => await AppendPlanner.PlanAsync(table, metadata, null, snapshot).ToListAsync());
                    continue;
                }

                var files = parent is null ? [] : await FilesAsync(table, metadata, parent);
                var plan = Assert.Single(await ChangePlanner.PlanAsync(table, metadata, parent?.SnapshotId, snapshot).ToListAsync());
                foreach (var change in plan.Files)
                {
                    Assert.True(change.Before is null || files.Remove(Key(change.Before)), $"{table.Folder}: {change.Before?.File.FilePath} was not there");
                    Assert.True(change.After is null || files.Add(Key(change.After)), $"{table.Folder}: {change.After?.File.FilePath} was there");
                    Assert.True(change.Before is null || change.After is null || change.NewDeletes.Concat(change.GoneDeletes).Any());
                    changed++;
                }

                Assert.Equal((await FilesAsync(table, metadata, snapshot)).Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
                var appends = await AppendPlanner.PlanAsync(table, metadata, parent?.SnapshotId, snapshot).Select(file => file.File.FilePath).ToListAsync();
                var added = plan.Files.Where(change => change.Before is null).Select(change => change.After!.File.FilePath);
                Assert.Equal(snapshot.Operation == "append" ? added.Order(StringComparer.Ordinal) : [], appends.Order(StringComparer.Ordinal));
                appended += appends.Count;
                snapshots++;
            }
        }

        output.WriteLine($"{golden}: {snapshots} snapshots, {changed} changed files, {appended} appended files");
        Assert.True(snapshots > 0 && changed > 0 && appended > 0);
    }

    private static async Task<HashSet<string>> FilesAsync(GoldenTable table, TableMetadata metadata, Snapshot snapshot) =>
        (await ScanPlanner.PlanFilesAsync(table, metadata, snapshot).Select(Key).ToListAsync()).ToHashSet(StringComparer.Ordinal);

    private static string Key(ScanFile file) =>
        $"{file.File.FilePath} {string.Join(" ", file.Deletes.Select(delete => $"{delete.File.FilePath}@{delete.File.ContentOffset}").Order(StringComparer.Ordinal))}";

    private static string Newest(GoldenTable table) => table.MetadataFiles.MaxBy(file => TableLocations.VersionOf(file.Replace('\\', '/')))!;
}
