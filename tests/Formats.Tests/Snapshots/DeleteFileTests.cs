using Lakehouse.Formats.Iceberg;
using static Lakehouse.Formats.Tests.Snapshots.SnapshotLab;

namespace Lakehouse.Formats.Tests.Snapshots;

/// <summary>Snapshots that add and remove delete files.</summary>
public sealed class DeleteFileTests
{
    private readonly SnapshotLab v2 = new();
    private readonly SnapshotLab v3 = new(("format-version", "3"));

    [Fact]
    public async Task Position_deletes_apply_to_files_of_their_commit_and_before()
    {
        await v2.AppendAsync(1, "a", "b");
        var snapshot = await v2.CommitAsync(new SnapshotChange { AddedDataFiles = [Tables.File("c", 5, 1)], AddedDeleteFiles = [PositionDeletes("p", "a", 3, 1), PositionDeletes("q", null, 4, 1)] });
        await v2.AppendAsync(1, "d");
        Assert.Equal("overwrite", snapshot.Operation);
        Assert.Equal(new() { ["a"] = "p,q", ["b"] = "q", ["c"] = "q", ["d"] = "" }, await v2.FilesAsync());
        v2.AssertSummary(("total-delete-files", 2), ("total-position-deletes", 7), ("total-equality-deletes", 0), ("total-data-files", 4));
        Assert.Equal((2L, 2L, 7L, 1L), (snapshot.SummaryNumber("added-delete-files"), snapshot.SummaryNumber("added-position-delete-files"), snapshot.SummaryNumber("added-position-deletes"), snapshot.SummaryNumber("added-data-files")));
    }

    [Fact]
    public async Task Equality_deletes_apply_to_what_was_before()
    {
        await v2.AppendAsync(1, "a");
        var snapshot = await v2.CommitAsync(new SnapshotChange { AddedDataFiles = [Tables.File("b", 5, 1)], AddedDeleteFiles = [Equalities("e", 2, 1)] });
        Assert.Equal(new() { ["a"] = "e", ["b"] = "" }, await v2.FilesAsync());
        Assert.Equal((1L, 2L), (snapshot.SummaryNumber("added-equality-delete-files"), snapshot.SummaryNumber("total-equality-deletes")));
        // A rewrite that keeps the number it started from stays under them.
        await v2.CommitAsync(new SnapshotChange { Operation = SnapshotOperation.Replace, AddedDataFiles = [Tables.File("a2", 10, 1)], RemovedDataFiles = [Path("a")], DataSequenceNumber = 1 });
        Assert.Equal(new() { ["a2"] = "e", ["b"] = "" }, await v2.FilesAsync());
        Assert.Equal((1L, 3L), (await v2.EntriesAsync(ManifestContent.Data)).Where(entry => Name(entry.DataFile) == "a2").Select(entry => (entry.SequenceNumber!.Value, entry.FileSequenceNumber!.Value)).Single());
    }

    [Fact]
    public async Task Deletes_of_a_file_go_with_it_and_keep_their_numbers()
    {
        await v2.AppendAsync(1, "a", "b");
        await v2.CommitAsync(new SnapshotChange { AddedDeleteFiles = [PositionDeletes("p", "a", 3, 1), PositionDeletes("q", null, 4, 1)] });
        await v2.CommitAsync(new SnapshotChange { Operation = SnapshotOperation.Overwrite, AddedDataFiles = [Tables.File("a2", 7, 1)], RemovedDataFiles = [Path("a")] });
        Assert.Equal(new() { ["a2"] = "", ["b"] = "q" }, await v2.FilesAsync());
        v2.AssertSummary(("removed-delete-files", 1), ("removed-position-delete-files", 1), ("removed-position-deletes", 3), ("deleted-data-files", 1), ("deleted-records", 10), ("total-position-deletes", 4), ("changed-partition-count", 1));
        var removed = Assert.Single(await v2.EntriesAsync(ManifestContent.Deletes), entry => entry.Status == ManifestEntryStatus.Deleted);
        Assert.Equal(("p", 2L, 2L, v2.Table.CurrentSnapshotId), (Name(removed.DataFile), removed.SequenceNumber, removed.FileSequenceNumber, removed.SnapshotId));
        // With the last file that is as old as they are, deletes that name none go too.
        await v2.CommitAsync(new SnapshotChange { RemovedDataFiles = [Path("b")] });
        Assert.DoesNotContain(await v2.EntriesAsync(ManifestContent.Deletes), entry => entry.IsLive);
        v2.AssertSummary(("total-delete-files", 0), ("total-position-deletes", 0));
    }

    [Fact]
    public async Task A_vector_stands_for_all_deletes_of_its_file_and_is_replaced_by_name()
    {
        await v3.AppendAsync(1, "a", "b");
        await v3.CommitAsync(new SnapshotChange { AddedDeleteFiles = [Vector("v1", "a", 4, 2, 1), Vector("v1", "b", 44, 1, 1)] });
        Assert.Equal(new() { ["a"] = "v1", ["b"] = "v1" }, await v3.FilesAsync());
        v3.AssertSummary(("added-dvs", 2), ("added-delete-files", 2), ("added-position-deletes", 3), ("added-files-size", 80), ("total-delete-files", 2));

        Assert.Contains("has a deletion vector already", await v3.ConflictAsync(new SnapshotChange { AddedDeleteFiles = [Vector("v2", "a", 4, 5, 1)] }), StringComparison.Ordinal);
        await v3.CommitAsync(new SnapshotChange { AddedDeleteFiles = [Vector("v2", "a", 4, 5, 1)], RemovedDeleteFiles = [Vector("v1", "a", 4, 2, 1)] });
        Assert.Equal(new() { ["a"] = "v2", ["b"] = "v1" }, await v3.FilesAsync());
        v3.AssertSummary(("added-dvs", 1), ("removed-dvs", 1), ("removed-position-deletes", 2), ("total-position-deletes", 6));

        await v3.CommitAsync(new SnapshotChange { RemovedDataFiles = [Path("a")] });
        Assert.Equal(new() { ["b"] = "v1" }, await v3.FilesAsync());
        v3.AssertSummary(("removed-dvs", 1), ("removed-position-deletes", 5), ("total-delete-files", 1), ("total-position-deletes", 1));
    }

    [Fact]
    public async Task Delete_manifests_are_merged_too()
    {
        v2.Table = Tables.ByDay(("commit.manifest.min-count-to-merge", "3"));
        await v2.AppendAsync(1, "a");
        for (var i = 0; i < 7; i++)
        {
            await v2.CommitAsync(new SnapshotChange { AddedDeleteFiles = [PositionDeletes($"p{i}", "a", 1, 1)] });
        }

        Assert.Equal("p0,p1,p2,p3,p4,p5,p6", Assert.Single(await v2.FilesAsync()).Value);
        Assert.True((await ManifestListReader.ReadAsync(v2.Store, v2.Table.CurrentSnapshot!)).Count <= 4);
        Assert.Equal(Enumerable.Range(2, 7).Select(i => (long?)i), (await v2.EntriesAsync(ManifestContent.Deletes)).Select(entry => entry.SequenceNumber).Order());
    }

    [Fact]
    public async Task A_fast_append_merges_nothing()
    {
        v2.Table = Tables.ByDay(("commit.manifest.min-count-to-merge", "2"));
        for (var i = 0; i < 4; i++)
        {
            await v2.CommitAsync(new SnapshotChange { AddedDataFiles = [Tables.File($"f{i}", 1, 1)], MergesManifests = false });
        }

        Assert.Equal(4, (await ManifestListReader.ReadAsync(v2.Store, v2.Table.CurrentSnapshot!)).Count);
        await v2.AppendAsync(1, "merged");
        Assert.Single(await ManifestListReader.ReadAsync(v2.Store, v2.Table.CurrentSnapshot!));
    }

    [Fact]
    public async Task Partitions_are_replaced_with_their_deletes()
    {
        await v2.AppendAsync(1, "a");
        await v2.AppendAsync(2, "b");
        await v2.CommitAsync(new SnapshotChange { AddedDeleteFiles = [PositionDeletes("p", null, 1, 1), PositionDeletes("q", null, 1, 2)] });
        var snapshot = await v2.CommitAsync(new SnapshotChange { AddedDataFiles = [Tables.File("a2", 1, 1)], ReplacedPartitions = [new PartitionKey(0, [1]), new PartitionKey(0, [9])] });
        Assert.Equal(new() { ["a2"] = "", ["b"] = "q" }, await v2.FilesAsync());
        Assert.Equal((1L, 1L), (snapshot.SummaryNumber("deleted-data-files"), snapshot.SummaryNumber("removed-position-delete-files")));
    }

    [Fact]
    public async Task What_the_format_version_has_no_place_for_is_refused()
    {
        await v2.AppendAsync(1, "a");
        await v3.AppendAsync(1, "a");
        await RefusedAsync(v3, LakehouseErrorKind.Unsupported, "deletion vectors", new SnapshotChange { AddedDeleteFiles = [PositionDeletes("p", "a", 1, 1)] });
        await RefusedAsync(v2, LakehouseErrorKind.Unsupported, "format version 3", new SnapshotChange { AddedDeleteFiles = [Vector("v", "a", 4, 1, 1)] });
        await RefusedAsync(v3, LakehouseErrorKind.InvalidData, "two deletion vectors", new SnapshotChange { AddedDeleteFiles = [Vector("v", "a", 4, 1, 1), Vector("w", "a", 4, 1, 1)] });
        await RefusedAsync(v3, LakehouseErrorKind.InvalidData, "content_offset", new SnapshotChange { AddedDeleteFiles = [Vector("v", "a", 4, 1, 1) with { ContentSizeInBytes = null }] });
        await RefusedAsync(v2, LakehouseErrorKind.InvalidData, "equality_ids", new SnapshotChange { AddedDeleteFiles = [Equalities("e", 1, 1) with { EqualityIds = null }] });
        await RefusedAsync(v2, LakehouseErrorKind.InvalidData, "among the added delete files", new SnapshotChange { AddedDeleteFiles = [Tables.File("x", 1, 1)] });
        await RefusedAsync(v2, LakehouseErrorKind.InvalidData, "append", new SnapshotChange { Operation = SnapshotOperation.Append, RemovedDataFiles = [Path("a")] });
        await RefusedAsync(v2, LakehouseErrorKind.InvalidData, "adds no data files", new SnapshotChange { Operation = SnapshotOperation.Delete, AddedDataFiles = [Tables.File("x", 1, 1)] });
        await RefusedAsync(v2, LakehouseErrorKind.InvalidData, "above", new SnapshotChange { AddedDataFiles = [Tables.File("x", 1, 1)], DataSequenceNumber = 9 });
    }

    private static async Task RefusedAsync(SnapshotLab lab, LakehouseErrorKind kind, string reason, SnapshotChange change)
    {
        var error = await Assert.ThrowsAsync<LakehouseException>(() => lab.PrepareAsync(change));
        Assert.Equal(kind, error.Kind);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
