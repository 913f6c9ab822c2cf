using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Snapshots;

namespace Lakehouse.Formats.Tests.Rebase;

/// <summary>Appends of one branch on top of another's.</summary>
public sealed class AppendRebaseTests
{
    [Theory]
    [InlineData("2")]
    [InlineData("3")]
    public async Task Both_appended(string version)
    {
        var lab = new RebaseLab(("format-version", version));
        lab.Part(await lab.AppendAsync(lab.Main, 1, "a", "b"));
        lab.Main = await lab.AppendAsync(lab.Main, 1, "m");
        lab.Dev = await lab.AppendAsync(await lab.AppendAsync(lab.Dev, 1, "d"), 2, "e", "f");

        var (merged, prepared) = await lab.RebaseAsync(lab.Sides);

        Assert.Equal("a b d e f m", await lab.NamesAsync(merged));
        await lab.AssertWholeAsync(merged);
        Assert.Equal(4, merged.Snapshots.Count);
        Assert.Equal(lab.Main.CurrentSnapshotId, prepared.Snapshots[0].ParentSnapshotId);
        Assert.Equal(["d", "e"], prepared.Snapshots.Select(snapshot => snapshot.Summary["run"]));
        Assert.Equal(lab.Dev.Ancestors(lab.Dev.CurrentSnapshot).Take(2).Reverse().Select(snapshot => $"{snapshot.SnapshotId}"), prepared.Snapshots.Select(snapshot => snapshot.Summary["source-snapshot-id"]));
        Assert.Equal([1L, 2L], prepared.Snapshots.Select(snapshot => snapshot.SummaryNumber("added-data-files")));
        Assert.Equal([3L, 4L], prepared.Snapshots.Select(snapshot => snapshot.SequenceNumber));
        Assert.Empty(merged.Snapshots.Select(snapshot => snapshot.SnapshotId).Intersect(lab.Dev.Snapshots.Except(lab.Base.Snapshots).Select(snapshot => snapshot.SnapshotId)));
        // What stood on either side before reads as before.
        Assert.Equal("a b m", await lab.NamesAsync(lab.Main));
        Assert.Equal("a b d e f", await lab.NamesAsync(lab.Dev));
    }

    [Fact]
    public async Task A_table_that_was_empty_when_the_two_parted()
    {
        var lab = new RebaseLab();
        lab.Main = await lab.AppendAsync(lab.Main, 1, "m");
        lab.Dev = await lab.AppendAsync(lab.Dev, 1, "d");
        var (merged, _) = await lab.RebaseAsync(lab.Sides);
        Assert.Equal("d m", await lab.NamesAsync(merged));
    }

    [Fact]
    public async Task Appends_are_found_in_manifests_that_were_merged()
    {
        var lab = new RebaseLab(("commit.manifest.min-count-to-merge", "2"));
        lab.Part(await lab.AppendAsync(lab.Main, 1, "a"));
        lab.Main = await lab.AppendAsync(lab.Main, 1, "m");
        for (var i = 0; i < 6; i++)
        {
            lab.Dev = await lab.AppendAsync(lab.Dev, i, $"d{i}");
        }

        var (merged, _) = await lab.RebaseAsync(lab.Sides);
        Assert.Equal("a d0 d1 d2 d3 d4 d5 m", await lab.NamesAsync(merged));
        await lab.AssertWholeAsync(merged);
    }

    [Fact]
    public async Task Rewrites_on_either_side_change_no_rows()
    {
        var lab = new RebaseLab();
        lab.Part(await lab.AppendAsync(lab.Main, 1, "a", "b"));
        lab.Main = await lab.ChangeAsync(await lab.AppendAsync(lab.Main, 1, "m"), Rewrite("bm", "b", "m"));
        lab.Dev = await lab.ChangeAsync(await lab.AppendAsync(lab.Dev, 1, "d"), Rewrite("ad", "a", "d"));
        lab.Dev = await lab.AppendAsync(lab.Dev, 1, "e");
        var (merged, _) = await lab.RebaseAsync(lab.Sides);
        Assert.Equal("a bm d e", await lab.NamesAsync(merged));
        await lab.AssertWholeAsync(merged);
    }

    [Fact]
    public async Task Deletes_of_before_apply_to_what_they_applied_to()
    {
        var lab = new RebaseLab();
        lab.Part(await lab.ChangeAsync(await lab.AppendAsync(lab.Main, 1, "a"), new SnapshotChange { AddedDeleteFiles = [SnapshotLab.Equalities("eq", 1, 1)] }));
        lab.Main = await lab.AppendAsync(lab.Main, 1, "m");
        lab.Dev = await lab.AppendAsync(lab.Dev, 1, "d");
        var (merged, _) = await lab.RebaseAsync(lab.Sides);
        Assert.Equal(["a:1", "d:0", "m:0"], (await lab.FilesAsync(merged)).Select(file => $"{SnapshotLab.Name(file.File)}:{file.Deletes.Count}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_was_merged_is_not_merged_again()
    {
        var lab = new RebaseLab();
        lab.Part(await lab.AppendAsync(lab.Main, 1, "a"));
        lab.Main = await lab.AppendAsync(lab.Main, 1, "m");
        lab.Dev = await lab.AppendAsync(lab.Dev, 1, "d");
        var (merged, _) = await lab.RebaseAsync(lab.Sides);

        // Even by one who knows of no merge since the two parted.
        Assert.Empty(Assert.IsType<RebasePlan.Possible>(AppendRebase.Plan(lab.Sides with { Target = merged })).Snapshots);
        var further = await lab.AppendAsync(lab.Dev, 1, "e");
        var (again, _) = await lab.RebaseAsync(new RebaseSides(further, lab.Dev, merged, merged));
        Assert.Equal("a d e m", await lab.NamesAsync(again));

        // Nor does what came from the target go back to it.
        var (refreshed, _) = await lab.RebaseAsync(new RebaseSides(again, lab.Base, lab.Dev, lab.Base));
        Assert.Equal("a d e m", await lab.NamesAsync(refreshed));
        Assert.Empty(Assert.IsType<RebasePlan.Possible>(AppendRebase.Plan(new RebaseSides(refreshed, lab.Dev, again, again))).Snapshots);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Anything_else_is_refused(bool onSource)
    {
        var lab = new RebaseLab();
        lab.Part(await lab.AppendAsync(await lab.AppendAsync(lab.Main, 1, "a"), 1, "b"));
        var side = onSource ? RebaseSide.Source : RebaseSide.Target;
        var first = lab.Base.Snapshots[0].SnapshotId;
        var middle = await lab.AppendAsync(lab.Base, 1, "x");
        (TableMetadata Changed, string Reason)[] cases =
        [
            (await lab.ChangeAsync(lab.Base, new SnapshotChange { AddedDataFiles = [Tables.File("o", 1, 1)], RemovedDataFiles = [SnapshotLab.Path("a")] }), "is no append: overwrite"),
            (await lab.ChangeAsync(lab.Base, new SnapshotChange { RemovedDataFiles = [SnapshotLab.Path("a")] }), "is no append: delete"),
            (RebaseLab.Update(lab.Base, new SetProperties(new Dictionary<string, string> { ["owner"] = "me" })), "changed more than rows: properties"),
            (RebaseLab.Update(lab.Base, new AddSchema(new Schema(1, [.. Tables.Schema.Fields, new NestedField(4, "more", false, IcebergType.Int)]), null), new SetCurrentSchema(-1)), "changed more than rows: current-schema-id"),
            (RebaseLab.Update(lab.Base, new SetSnapshotRef("t", new SnapshotRef(first, SnapshotRefType.Tag))), "changed more than rows: refs"),
            (await lab.AppendAsync(RebaseLab.Update(lab.Base, new SetSnapshotRef("main", new SnapshotRef(first, SnapshotRefType.Branch))), 1, "c"), "rolled back or replaced"),
            (RebaseLab.Update(await lab.AppendAsync(middle, 1, "y"), new RemoveSnapshots([middle.CurrentSnapshotId!.Value])), "has expired"),
        ];
        var appended = await lab.AppendAsync(lab.Base, 1, "z");
        foreach (var (changed, reason) in cases)
        {
            var sides = onSource ? new RebaseSides(changed, lab.Base, appended, lab.Base) : new RebaseSides(appended, lab.Base, changed, lab.Base);
            var (refusedBy, text) = RebaseLab.Refusal(sides);
            Assert.Equal(side, refusedBy);
            Assert.Contains(reason, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Both_may_have_made_the_same_change()
    {
        var lab = new RebaseLab();
        lab.Part(await lab.AppendAsync(lab.Main, 1, "a"));
        var change = new SetProperties(new Dictionary<string, string> { ["owner"] = "me" });
        lab.Main = await lab.AppendAsync(RebaseLab.Update(lab.Main, change), 1, "m");
        lab.Dev = await lab.AppendAsync(RebaseLab.Update(lab.Dev, change), 1, "d");
        var (merged, _) = await lab.RebaseAsync(lab.Sides);
        Assert.Equal("a d m", await lab.NamesAsync(merged));
    }

    [Fact]
    public async Task Different_tables_are_refused()
    {
        var lab = new RebaseLab();
        var other = lab.Main with { TableUuid = Guid.NewGuid() };
        Assert.Equal((null, "they are different tables"), RebaseLab.Refusal(lab.Sides with { Source = await lab.AppendAsync(other, 1, "a") }));
    }

    [Fact]
    public async Task An_append_that_deletes_leaves_nothing_behind()
    {
        var lab = new RebaseLab();
        lab.Part(await lab.AppendAsync(lab.Main, 1, "a"));
        lab.Main = await lab.AppendAsync(lab.Main, 1, "m");
        lab.Dev = await lab.ChangeAsync(await lab.AppendAsync(lab.Dev, 1, "c"), new SnapshotChange { AddedDataFiles = [Tables.File("d", 10, 1)], RemovedDataFiles = [SnapshotLab.Path("a")] });
        var lying = lab.Dev.CurrentSnapshot! with { Summary = new Dictionary<string, string> { ["operation"] = "append" } };
        lab.Dev = lab.Dev with { Snapshots = [.. lab.Dev.Snapshots.Where(snapshot => snapshot.SnapshotId != lying.SnapshotId), lying] };
        var before = lab.Store.Locations.ToList();
        var error = await Assert.ThrowsAsync<LakehouseException>(() => lab.RebaseAsync(lab.Sides));
        Assert.Contains("says that it is an append, and deletes", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, lab.Store.Locations);
    }

    private static SnapshotChange Rewrite(string to, params string[] from) => new()
    {
        Operation = SnapshotOperation.Replace, AddedDataFiles = [Tables.File(to, 10 * from.Length, 1)], RemovedDataFiles = [.. from.Select(SnapshotLab.Path)],
    };
}
