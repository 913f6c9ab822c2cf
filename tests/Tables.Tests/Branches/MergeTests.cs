using Lakehouse.Formats;
using LakeAspire.Testing.Postgres;
using static Lakehouse.Tables.Tests.Branches.BranchLab;

namespace Lakehouse.Tables.Tests.Branches;

/// <summary>Merges, by what tables read as afterwards on either side.</summary>
public sealed class MergeTests(PostgresServer postgres)
{
    const string T = "gold.t";
    const string U = "gold.u";

    [Fact]
    public async Task A_table_that_the_target_left_alone_moves_and_others_stay()
    {
        await using var lab = await StartAsync();
        await lab.AppendAsync(Main, "a", T, U);
        await lab.Catalog.CreateBranchAsync(Dev);
        var commit = await lab.AppendAsync(Dev, "d", T);
        await lab.AppendAsync(Main, "m", U);

        var planned = await lab.Catalog.MergeAsync(Dev, dryRun: true);
        Assert.Equal(("planned", null), (planned.Outcome, planned.Commit));
        var change = Assert.Single(planned.Changes);
        Assert.Equal(("table", "gold", "t", "fast", 1L, 2L, 1L, 2L, commit), (change.Kind, change.Namespace, change.Name, change.Action, change.RowsBefore, change.RowsAfter, change.FilesBefore, change.FilesAfter, change.SourceCommit));
        Assert.Equal("a", await lab.FilesAsync(Main, T));

        Assert.Equal("fast gold.t", await lab.MergeAsync(Dev, Main));
        Assert.Equal(("a d", "a m"), (await lab.FilesAsync(Main, T), await lab.FilesAsync(Main, U)));
        Assert.Equal(await lab.MetadataAsync(Dev, T), await lab.MetadataAsync(Main, T));
        Assert.Equal("a", await lab.FilesAsync(Dev, U));
        Assert.Equal("", await lab.MergeAsync(Dev, Main));
        Assert.Equal("merge", (await lab.Catalog.LogAsync(limit: 1))[0].Kind);
    }

    [Fact]
    public async Task Appends_on_both_sides_come_together_again_and_again()
    {
        await using var lab = await StartAsync();
        await lab.AppendAsync(Main, "a", T);
        await lab.Catalog.CreateBranchAsync(Dev);
        await lab.AppendAsync(Dev, "d", T);
        await lab.AppendAsync(Main, "m", T);

        Assert.Equal("rebase gold.t", await lab.MergeAsync(Dev, Main));
        Assert.Equal(("a d m", "a d"), (await lab.FilesAsync(Main, T), await lab.FilesAsync(Dev, T)));
        Assert.Equal("", await lab.MergeAsync(Dev, Main));

        // The source lacks the target's rows: its pointer may not simply move, though the target has not changed since.
        await lab.AppendAsync(Dev, "e", T);
        Assert.Equal("rebase gold.t", await lab.MergeAsync(Dev, Main));
        Assert.Equal("a d e m", await lab.FilesAsync(Main, T));

        // The other way round only what the branch lacks comes, and nothing of it goes back.
        Assert.Equal("rebase gold.t", await lab.MergeAsync(Main, Dev));
        Assert.Equal("a d e m", await lab.FilesAsync(Dev, T));
        Assert.Equal("", await lab.MergeAsync(Dev, Main));
        await lab.AppendAsync(Main, "n", T);
        await lab.AppendAsync(Dev, "f", T);
        await lab.MergeAsync(Main, Dev);
        await lab.MergeAsync(Dev, Main);
        Assert.Equal(("a d e f m n", "a d e f m n"), (await lab.FilesAsync(Main, T), await lab.FilesAsync(Dev, T)));
    }

    [Fact]
    public async Task What_is_more_than_appends_conflicts_and_names_both_commits()
    {
        await using var lab = await StartAsync();
        await lab.AppendAsync(Main, "a", T, U);
        await lab.Catalog.CreateBranchAsync(Dev);
        var source = await lab.OverwriteAsync(Dev, "d", T);
        await lab.AppendAsync(Dev, "d", U);
        var target = await lab.AppendAsync(Main, "m", T);

        var conflict = Assert.Single(await lab.ConflictsAsync(Dev, Main));
        Assert.Equal(("table", "gold", "t", source, target), (conflict.Kind, conflict.Namespace, conflict.Name, conflict.SourceCommit, conflict.TargetCommit));
        Assert.Contains("changed on both sides", conflict.Reason, StringComparison.Ordinal);
        Assert.Contains("is no append: overwrite", conflict.Reason, StringComparison.Ordinal);
        Assert.Equal("a", await lab.FilesAsync(Main, U));
    }

    [Fact]
    public async Task After_a_rebase_an_overwrite_of_the_source_may_not_take_the_targets_rows_away()
    {
        await using var lab = await StartAsync();
        await lab.AppendAsync(Main, "a", T);
        await lab.Catalog.CreateBranchAsync(Dev);
        await lab.AppendAsync(Dev, "d", T);
        await lab.AppendAsync(Main, "m", T);
        await lab.MergeAsync(Dev, Main);
        await lab.OverwriteAsync(Dev, "o", T);
        Assert.Single(await lab.ConflictsAsync(Dev, Main));
    }

    [Fact]
    public async Task Namespaces_tables_names_and_drops()
    {
        await using var lab = await StartAsync();
        await lab.AppendAsync(Main, "a", T, U, "gold.gone", "gold.late");
        await lab.Catalog.CreateBranchAsync(Dev);
        var dev = lab.Catalog.On(Dev);
        await lab.AppendAsync(Dev, "n", "new.inner.t");
        await dev.RenameTableAsync(Table(U), Table("new.u"));
        await dev.DropTableAsync(Table("gold.gone"));
        await lab.AppendAsync(Main, "x", "new.other");
        await lab.AppendAsync(Main, "m", U);

        Assert.Equal("drop gold.gone, rename new.u, create new.inner, create new.inner.t".Split(", ").Order(), (await lab.MergeAsync(Dev, Main)).Split(", ").Order());
        Assert.Equal(("late t", "other u"), (await lab.TablesAsync(Main, "gold"), await lab.TablesAsync(Main, "new")));
        Assert.Equal(("a m", "n"), (await lab.FilesAsync(Main, "new.u"), await lab.FilesAsync(Main, "new.inner.t")));

        // A drop on one side and a change on the other is for people to decide, both ways round.
        await lab.Catalog.DropTableAsync(Table(T));
        await lab.AppendAsync(Dev, "d", T);
        await lab.AppendAsync(Main, "m", "gold.late");
        await dev.DropTableAsync(Table("gold.late"));
        Assert.Equal(["late: dropped on the source, changed on the target", "t: changed on the source, dropped on the target"], (await lab.ConflictsAsync(Dev, Main)).Select(conflict => $"{conflict.Name}: {conflict.Reason}"));
    }

    [Fact]
    public async Task Names_that_are_taken_and_namespaces_that_are_gone_conflict()
    {
        await using var lab = await StartAsync();
        await lab.AppendAsync(Main, "a", T, "old.t");
        await lab.Catalog.CreateBranchAsync(Dev);
        await lab.AppendAsync(Dev, "d", "gold.same", "old.more");
        await lab.AppendAsync(Main, "m", "gold.same");
        await lab.Catalog.DropTableAsync(Table("old.t"));
        await lab.Catalog.DropNamespaceAsync("old");
        Assert.Equal(
            ["more: its namespace old is not on the target", "same: the target has another table of that name"],
            (await lab.ConflictsAsync(Dev, Main)).Select(conflict => $"{conflict.Name}: {conflict.Reason}").Order(StringComparer.Ordinal));

        // And the other way round: the source dropped what the target uses.
        Assert.Equal(
            ["old: dropped on the source, while the target has old.more in it", "same: the target has another table of that name"],
            (await lab.ConflictsAsync(Main, Dev)).Select(conflict => $"{conflict.Name}: {conflict.Reason}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_the_target_renamed_keeps_its_name_from_what_the_source_created()
    {
        await using var lab = await StartAsync();
        await lab.AppendAsync(Main, "a", "gold.first");
        await lab.Catalog.CreateBranchAsync(Dev);
        await lab.Catalog.RenameTableAsync(Table("gold.first"), Table("gold.second"));
        await lab.AppendAsync(Dev, "b", "gold.first", "gold.second");
        Assert.Equal(["second: the target has another table of that name"], (await lab.ConflictsAsync(Dev, Main)).Select(conflict => $"{conflict.Name}: {conflict.Reason}"));
    }

    [Fact]
    public async Task Positions_come_with_the_rows_that_they_stand_for()
    {
        await using var lab = await StartAsync();
        await PositionAsync(lab, Main, "k", null, "1", "a");
        await lab.Catalog.CreateBranchAsync(Dev);
        await PositionAsync(lab, Dev, "k", "1", "2", "b");
        var planned = await lab.Catalog.MergeAsync(Dev, dryRun: true);
        Assert.Equal((new MergedCursor("k", "1", "2"), new MergedItems("landing", 1)), (Assert.Single(planned.Cursors), planned.Items.Single(item => item.Scope == "landing")));
        await lab.MergeAsync(Dev, Main);
        Assert.Equal("2", Assert.Single(await lab.Catalog.GetCursorsAsync("k")).Value);
        Assert.Equal(["a", "b"], (await lab.Catalog.LookupItemsAsync("landing", ["a", "b", "c"])).Select(item => item.Key).Order());
        Assert.Equal("nothing", (await lab.Catalog.MergeAsync(Dev)).Outcome);

        await PositionAsync(lab, Dev, "k", "2", "3", "c");
        await PositionAsync(lab, Main, "k", "2", "4", "c");
        var conflicts = await lab.ConflictsAsync(Dev, Main);
        Assert.Equal(["cursor k", "items landing"], conflicts.Select(conflict => $"{conflict.Kind} {conflict.Name}"));
        Assert.Equal(["c"], conflicts[1].Keys);
        Assert.Contains("to '3' on the source, to '4' on the target", conflicts[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_commits_siblings_and_branches_of_branches()
    {
        await using var lab = await StartAsync();
        await lab.AppendAsync(Main, "a", T);
        await lab.Catalog.CreateBranchAsync("one");
        await lab.Catalog.CreateBranchAsync("two");
        var first = await lab.AppendAsync("one", "b", T);
        await lab.Catalog.CreateTagAsync("v1", "one");
        await lab.AppendAsync("one", "c", T);
        await lab.Catalog.CreateBranchAsync("one/more", "one");
        await lab.AppendAsync("one/more", "d", T);

        Assert.Equal("fast gold.t", await lab.MergeAsync("v1", "two"));
        Assert.Equal("a b", await lab.FilesAsync("two", T));
        Assert.Equal("", await lab.MergeAsync($"@{first}", "two"));
        await lab.AppendAsync("two", "t", T);
        Assert.Equal("rebase gold.t", await lab.MergeAsync("one", "two"));
        Assert.Equal("a b c t", await lab.FilesAsync("two", T));

        // What came to main by another way is not brought again.
        Assert.Equal("fast gold.t", await lab.MergeAsync("one/more", Main));
        Assert.Equal("", await lab.MergeAsync("one", Main));
        Assert.Equal("rebase gold.t", await lab.MergeAsync("two", Main));
        Assert.Equal("a b c d t", await lab.FilesAsync(Main, T));
        Assert.Equal("rebase gold.t", await lab.MergeAsync(Main, "one"));
        Assert.Equal("a b c d t", await lab.FilesAsync("one", T));
    }

    [Fact]
    public async Task A_protected_branch_gets_merges_and_the_head_may_be_demanded()
    {
        await using var lab = await StartAsync();
        await lab.AppendAsync(Main, "a", T);
        await lab.Catalog.CreateBranchAsync("release", isProtected: true);
        var head = await lab.AppendAsync(Main, "b", T);
        var error = await Assert.ThrowsAsync<LakehouseException>(() => lab.Catalog.MergeAsync(Main, "release", expectedHead: head));
        Assert.Equal(LakehouseErrorKind.Conflict, error.Kind);
        var merged = await lab.Catalog.MergeAsync(Main, "release", "ship it", expectedHead: (await lab.Catalog.FindBranchAsync("release"))!.Head);
        Assert.Equal("a b", await lab.FilesAsync("release", T));
        var log = (await lab.Catalog.LogAsync("release", limit: 1))[0];
        Assert.Equal((merged.Commit, "ship it", "merge", Main, (long?)head), ((long?)log.Id, log.Message, log.Kind, log.MergedBranch, log.MergedCommit));
        await Assert.ThrowsAsync<LakehouseException>(() => lab.Catalog.MergeAsync(Main, "v9"));
    }

    [Fact]
    public async Task Merges_and_commits_at_once_lose_nothing()
    {
        await using var lab = await StartAsync();
        string[] tables = [T, U];
        await lab.AppendAsync(Main, "base", tables);
        string[] branches = ["b0", "b1", "b2"];
        foreach (var branch in branches)
        {
            await lab.Catalog.CreateBranchAsync(branch);
        }

        const int Rounds = 4;
        await Task.WhenAll(branches.Select(async branch =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                await lab.AppendAsync(branch, $"{branch}-{i}", tables);
                await lab.MergeAsync(branch, Main);
            }
        }).Append(Task.Run(async () =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                await lab.AppendAsync(Main, $"m-{i}", tables);
            }
        })));

        var expected = string.Join(" ", branches.SelectMany(branch => Enumerable.Range(0, Rounds).Select(i => $"{branch}-{i}")).Concat(Enumerable.Range(0, Rounds).Select(i => $"m-{i}")).Append("base").Order(StringComparer.Ordinal));
        foreach (var table in tables)
        {
            Assert.Equal(expected, await lab.FilesAsync(Main, table));
        }
    }

    Task<BranchLab> StartAsync() => BranchLab.StartAsync(postgres);

    static Task<long> PositionAsync(BranchLab lab, string branch, string scope, string? expected, string next, string item) => lab.CommitAsync(branch, transaction =>
    {
        transaction.MoveCursor(scope, expected, next);
        transaction.AddItem("landing", item, "f");
        return Task.CompletedTask;
    });
}
