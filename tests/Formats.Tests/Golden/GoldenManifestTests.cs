using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Golden;

/// <summary>Manifest lists and manifests of other writers decode, and add up with what their lists and snapshots say.</summary>
public sealed class GoldenManifestTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("spark-iceberg")]
    [InlineData("spark-iceberg-v3")]
    [InlineData("flink-iceberg")]
    [InlineData("pyiceberg")]
    [InlineData("iceberg")]
    public async Task Every_manifest_decodes_and_adds_up(string golden)
    {
        var (lists, manifests, entries, totals, doubtful) = (0, 0, 0, 0, 0);
        foreach (var table in GoldenTable.All(golden))
        {
            var seen = new HashSet<long>();
            foreach (var file in table.MetadataFiles)
            {
                var metadata = TableMetadataJson.Parse(File.ReadAllBytes(file));
                foreach (var snapshot in metadata.Snapshots.Where(snapshot => seen.Add(snapshot.SnapshotId) && IsThere(table, snapshot)))
                {
                    lists++;
                    var live = new List<ManifestEntry>();
                    foreach (var manifest in await ManifestListReader.ReadAsync(table, snapshot))
                    {
                        manifests++;
                        var read = await ManifestReader.ReadAsync(table, manifest, metadata).ToListAsync();
                        CheckManifest(manifest, read);
                        entries += read.Count;
                        live.AddRange(read.Where(entry => entry.IsLive));
                    }

                    if (AddsUp(metadata, snapshot))
                    {
                        totals += CheckSummary(table.Folder, snapshot, live, SizesKnown(metadata, snapshot));
                    }
                    else
                    {
                        doubtful++;
                    }

                    var planned = await ScanPlanner.PlanFilesAsync(table, metadata, snapshot).ToListAsync();
                    CheckPlan(planned, live);
                    var cache = new ManifestCache(64 << 20);
                    for (var i = 0; i < 2; i++)
                    {
                        CheckPlan(await ScanPlanner.PlanFilesAsync(table, metadata, snapshot, options: new ScanPlanOptions { Cache = cache }).ToListAsync(), live);
                    }

                    Assert.Equal(live.Where(entry => entry.DataFile.Content == FileContent.Data).Select(entry => entry.DataFile.FilePath).Order(), planned.Select(scan => scan.File.FilePath).Order());
                }
            }
        }

        output.WriteLine($"{golden}: {lists} manifest lists, {manifests} manifests, {entries} entries, {totals} totals of summaries compared, {doubtful} summaries left out");
        Assert.True(doubtful <= 3);
        Assert.True(lists > 0 && manifests > 0 && entries > 0 && totals > 0);
    }

    private static bool IsThere(GoldenTable table, Snapshot snapshot) => snapshot.ManifestList is { } list ? table.Has(list) : snapshot.Manifests!.All(table.Has);

    /// <summary>Whether the totals of a snapshot go on from its parent's: some writers start them anew on the first commit to a new branch.</summary>
    private static bool AddsUp(TableMetadata metadata, Snapshot snapshot)
    {
        if (snapshot.ParentSnapshotId is not { } id || metadata.SnapshotById(id) is not { } parent)
        {
            return true;
        }

        var change = (snapshot.SummaryNumber("added-data-files") ?? 0) - (snapshot.SummaryNumber("deleted-data-files") ?? 0);
        return (parent.SummaryNumber("total-data-files") + change ?? snapshot.SummaryNumber("total-data-files")) == snapshot.SummaryNumber("total-data-files") && AddsUp(metadata, parent);
    }

    /// <summary>Whether all files came with their sizes: a procedure that takes foreign files in does not sum them up.</summary>
    private static bool SizesKnown(TableMetadata metadata, Snapshot snapshot) =>
        (snapshot.SummaryNumber("added-data-files") is null || snapshot.SummaryNumber("added-files-size") is not null)
        && (snapshot.ParentSnapshotId is not { } id || metadata.SnapshotById(id) is not { } parent || SizesKnown(metadata, parent));

    private static void CheckManifest(ManifestFile manifest, List<ManifestEntry> entries)
    {
        foreach (var status in Enum.GetValues<ManifestEntryStatus>())
        {
            var of = entries.Where(entry => entry.Status == status).ToList();
            var (files, rows) = status switch
            {
                ManifestEntryStatus.Added => (manifest.AddedFilesCount, manifest.AddedRowsCount),
                ManifestEntryStatus.Existing => (manifest.ExistingFilesCount, manifest.ExistingRowsCount),
                _ => (manifest.DeletedFilesCount, manifest.DeletedRowsCount),
            };
            Assert.Equal(files ?? of.Count, of.Count);
            Assert.Equal(rows ?? of.Sum(entry => entry.DataFile.RecordCount), of.Sum(entry => entry.DataFile.RecordCount));
        }

        foreach (var entry in entries)
        {
            Assert.NotNull(entry.SequenceNumber);
            Assert.NotNull(entry.FileSequenceNumber);
            Assert.NotNull(entry.SnapshotId);
            Assert.Equal(manifest.Content == ManifestContent.Data, entry.DataFile.Content == FileContent.Data);
            if (manifest.Partitions is { } summaries)
            {
                Assert.Equal(summaries.Count, entry.DataFile.Partition.Count);
                Assert.All(entry.DataFile.Partition.Zip(summaries), pair => Assert.True(pair.First is not null || pair.Second.ContainsNull));
            }
        }
    }

    /// <summary>A plan finds entries by their places in a block: each must be what reading them one after another gives.</summary>
    private static void CheckPlan(List<ScanFile> planned, List<ManifestEntry> live) => Assert.Equal(
        live.Where(entry => entry.DataFile.Content == FileContent.Data).Select(entry => (entry.DataFile.FilePath, entry.DataFile.RecordCount, entry.DataFile.FirstRowId, entry.SequenceNumber!.Value, entry.SnapshotId, PartitionKey.Of(entry.DataFile))).ToHashSet(),
        planned.Select(scan => (scan.File.FilePath, scan.File.RecordCount, scan.File.FirstRowId, scan.DataSequenceNumber, scan.SnapshotId, PartitionKey.Of(scan.File))).ToHashSet());

    private static int CheckSummary(string table, Snapshot snapshot, List<ManifestEntry> live, bool sizesKnown)
    {
        var data = live.Where(entry => entry.DataFile.Content == FileContent.Data).ToList();
        var compared = 0;
        foreach (var (name, actual) in new[]
        {
            ("total-data-files", data.Count),
            ("total-delete-files", live.Count - data.Count),
            ("total-records", data.Sum(entry => entry.DataFile.RecordCount)),
            ("total-files-size", live.Sum(Size)),
        })
        {
            if (snapshot.SummaryNumber(name) is { } stated && (sizesKnown || name != "total-files-size"))
            {
                compared++;
                Assert.True(stated == actual, $"{table}, snapshot {snapshot.SnapshotId}: {name} is {stated} by the summary, {actual} by the manifests");
            }
        }

        return compared;
    }

    // A deletion vector counts with its own bytes, not with those of the file that holds several.
    private static long Size(ManifestEntry entry) => entry.DataFile.ContentSizeInBytes ?? entry.DataFile.FileSizeInBytes;
}
