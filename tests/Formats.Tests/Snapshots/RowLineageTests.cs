using Lakehouse.Formats.Iceberg;
using static Lakehouse.Formats.Tests.Snapshots.SnapshotLab;

namespace Lakehouse.Formats.Tests.Snapshots;

/// <summary>First row ids of v3 (specification, "Row Lineage").</summary>
public sealed class RowLineageTests
{
    private readonly SnapshotLab lab = new(("format-version", "3"));

    [Fact]
    public async Task Each_file_gets_its_own_range_of_ids_and_keeps_it()
    {
        var first = await lab.AppendAsync(1, "a", "b");
        Assert.Equal((0L, 20L, 20L), (first.FirstRowId, first.AddedRows, lab.Table.NextRowId));
        var second = await lab.CommitAsync(new SnapshotChange { AddedDataFiles = [Tables.File("c", 5, 2)] });
        Assert.Equal((20L, 5L, 25L), (second.FirstRowId, second.AddedRows, lab.Table.NextRowId));
        Assert.Equal(["a 0", "b 10", "c 20"], await IdsAsync());

        // A rewritten manifest keeps what it knows; the ids that it takes again are lost, never given twice.
        var third = await lab.CommitAsync(new SnapshotChange { AddedDataFiles = [Tables.File("d", 7, 1)], RemovedDataFiles = [Path("a")] });
        Assert.Equal(25L, third.FirstRowId);
        Assert.Equal(third.FirstRowId + third.AddedRows, lab.Table.NextRowId);
        Assert.Equal(["b 10", "c 20", "d 25"], await IdsAsync());
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = [Vector("v", "b", 4, 1, 1)] });
        Assert.Equal(["b 10", "c 20", "d 25"], await IdsAsync());
    }

    [Fact]
    public async Task Merging_manifests_moves_no_id()
    {
        lab.Table = Tables.ByDay(("format-version", "3"), ("commit.manifest.min-count-to-merge", "3"));
        for (var i = 0; i < 10; i++)
        {
            await lab.AppendAsync(i, $"f{i}");
        }

        var ids = (await IdsAsync()).Select(text => long.Parse(text.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(10, ids.Distinct().Count());
        Assert.All(ids.Order().Zip(ids.Order().Skip(1)), pair => Assert.True(pair.Second - pair.First >= 10));
        Assert.True(lab.Table.NextRowId >= ids.Max() + 10);
    }

    [Fact]
    public async Task An_upgraded_table_gets_ids_with_its_next_snapshot()
    {
        lab.Table = Tables.ByDay();
        await lab.AppendAsync(1, "a", "b");
        await lab.AppendAsync(2, "c");
        lab.Table = Tables.Applied(TableCommit.Apply(lab.Table, [], [new UpgradeFormatVersion(3)], new TableCommitContext(Tables.Start)));
        Assert.Equal(0, lab.Table.NextRowId);
        Assert.Equal(["a ", "b ", "c "], await IdsAsync());
        var snapshot = await lab.CommitAsync(new SnapshotChange { AddedDataFiles = [Tables.File("d", 7, 1)] });
        Assert.Equal((0L, 37L, 37L), (snapshot.FirstRowId, snapshot.AddedRows, lab.Table.NextRowId));
        Assert.Equal(["a 17", "b 27", "c 7", "d 0"], await IdsAsync());
        await lab.AppendAsync(1, "e");
        Assert.Equal(["a 17", "b 27", "c 7", "d 0", "e 37"], await IdsAsync());
    }

    [Fact]
    public async Task Another_branch_takes_other_ids()
    {
        await lab.AppendAsync(1, "a");
        lab.Table = Tables.Applied(TableCommit.Apply(lab.Table, [], [new SetSnapshotRef("side", new SnapshotRef(lab.Table.CurrentSnapshotId!.Value, SnapshotRefType.Branch))], new TableCommitContext(Tables.Start)));
        lab.Table = Tables.Commit(lab.Table, await lab.PrepareAsync(new SnapshotChange { AddedDataFiles = [Tables.File("b", 10, 1)] }, "side"));
        var snapshot = await lab.AppendAsync(1, "c");
        Assert.Equal(20L, snapshot.FirstRowId);
        Assert.Equal(["a 0", "c 20"], await IdsAsync());
    }

    private async Task<IReadOnlyList<string>> IdsAsync() =>
        (await lab.EntriesAsync(ManifestContent.Data)).Where(entry => entry.IsLive).Select(entry => $"{Name(entry.DataFile)} {entry.DataFile.FirstRowId}").Order(StringComparer.Ordinal).ToList();
}
