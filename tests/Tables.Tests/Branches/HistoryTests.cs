using LakeAspire.Testing.Postgres;
using Lakehouse.Formats;
using static Lakehouse.Tables.Tests.Branches.BranchLab;

namespace Lakehouse.Tables.Tests.Branches;

/// <summary>Log, diff and reset of branches.</summary>
public sealed class HistoryTests(PostgresServer postgres)
{
    const string T = "gold.t";
    const string U = "gold.u";

    [Fact]
    public async Task The_log_goes_on_in_the_parent_and_shows_what_became_of_tables()
    {
        await using var lab = await BranchLab.StartAsync(postgres);
        var first = await lab.AppendAsync(Main, "a", T, U);
        await lab.Catalog.CreateBranchAsync(Dev);
        var late = await lab.AppendAsync(Main, "m", U);
        var dev = lab.Catalog.On(Dev);
        var second = await lab.AppendAsync(Dev, "b", T);
        await dev.RenameTableAsync(Table(U), Table("gold.w"));
        await dev.DropTableAsync(Table(T));

        var log = await lab.Catalog.LogAsync(Dev);
        Assert.Equal(
            ["dev: gold.t dropped", "dev: gold.w renamed", "dev: gold.t changed", "main: gold.t created, gold.u created"],
            log.Take(4).Select(commit => $"{commit.Branch}: {string.Join(", ", commit.Tables.Where(table => table.Kind == "table").Select(table => $"{table.Namespace}.{table.Name} {table.Change}"))}"));
        Assert.Equal((first, second), (log[3].Id, log[2].Id));
        Assert.DoesNotContain(late, log.Select(commit => commit.Id));
        Assert.Equal(("test", "change on dev", "change", 1), (log[2].Author, log[2].Message, log[2].Kind, log[2].Changed));

        // By table, also of one that is gone, and in pages.
        Assert.Equal([log[0].Id, second, first], (await lab.Catalog.LogAsync(Dev, Table(T))).Select(commit => commit.Id));
        Assert.Equal([second, first], (await lab.Catalog.LogAsync(Dev, Table(T), before: log[0].Id)).Select(commit => commit.Id));
        Assert.Equal([log[0].Id], (await lab.Catalog.LogAsync(Dev, Table(T), limit: 1)).Select(commit => commit.Id));
        Assert.Equal([first], (await lab.Catalog.LogAsync($"@{first}", Table(T))).Select(commit => commit.Id));
        await Assert.ThrowsAsync<LakehouseException>(() => lab.Catalog.LogAsync(Dev, Table("gold.never")));
    }

    [Fact]
    public async Task Differences_are_counted()
    {
        await using var lab = await BranchLab.StartAsync(postgres);
        var start = await lab.AppendAsync(Main, "a", T, U, "gold.gone", "gold.named");
        await lab.Catalog.CreateBranchAsync(Dev);
        var dev = lab.Catalog.On(Dev);
        await lab.AppendAsync(Dev, "b", T, "silver.new");
        await dev.DropTableAsync(Table("gold.gone"));
        await dev.RenameTableAsync(Table("gold.named"), Table("gold.renamed"));
        await lab.AppendAsync(Main, "m", U);

        string[] expected =
        [
            "added silver.new  null>1 null>1", "added silver  null>null null>null", "changed gold.t  1>2 1>2", "changed gold.u  2>1 2>1", "removed gold.gone  1>null 1>null", "renamed gold.renamed gold.named 1>1 1>1",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), (await DiffAsync(lab, Main, Dev)).Order(StringComparer.Ordinal));
        Assert.Equal(["changed gold.u  1>2 1>2"], await DiffAsync(lab, $"@{start}", Main));
        Assert.Empty(await DiffAsync(lab, Dev, Dev));
        Assert.Equal(expected.Length, (await DiffAsync(lab, Dev, Main)).Count);
    }

    [Fact]
    public async Task A_reset_brings_all_back_and_can_be_undone()
    {
        await using var lab = await BranchLab.StartAsync(postgres);
        await lab.CommitAsync(Main, transaction =>
        {
            transaction.MoveCursor("k", null, "1");
            transaction.AddItem("files", "one", "f");
            return Task.CompletedTask;
        });
        await lab.AppendAsync(Main, "a", T, U, "gold.gone");
        await lab.Catalog.CreateTagAsync("good");
        await lab.AppendAsync(Main, "b", T, "silver.new");
        await lab.Catalog.DropTableAsync(Table("gold.gone"));
        await lab.Catalog.RenameTableAsync(Table(U), Table("silver.u"));
        var head = await lab.CommitAsync(Main, transaction =>
        {
            transaction.MoveCursor("k", "1", "2");
            transaction.AddItem("files", "two", "f");
            return Task.CompletedTask;
        });

        var stale = await Assert.ThrowsAsync<LakehouseException>(() => lab.Catalog.ResetAsync(Main, "good", head - 1, "oops"));
        Assert.Equal(LakehouseErrorKind.Conflict, stale.Kind);
        var reset = await lab.Catalog.ResetAsync(Main, "good", head, "back to what was good");
        Assert.Equal(("gone t u", "a"), (await lab.TablesAsync(Main, "gold"), await lab.FilesAsync(Main, T)));
        Assert.Empty((await lab.Catalog.DiffAsync("good", Main)).Changes);
        Assert.Equal("1", Assert.Single(await lab.Catalog.GetCursorsAsync("k")).Value);
        Assert.Equal(["one"], (await lab.Catalog.LookupItemsAsync("files", ["one", "two"])).Select(item => item.Key));
        Assert.Equal(("reset", "back to what was good"), ((await lab.Catalog.LogAsync(limit: 1))[0].Kind, (await lab.Catalog.LogAsync(limit: 1))[0].Message));
        Assert.Null(await lab.Catalog.ResetAsync(Main, "good", reset!.Value, "again"));

        // What was taken back may come again; and a reset is undone by another one.
        Assert.NotNull(await lab.Catalog.ResetAsync(Main, $"@{head}", reset.Value, "no, forward"));
        Assert.Empty((await lab.Catalog.DiffAsync($"@{head}", Main)).Changes);
        Assert.Equal("2", Assert.Single(await lab.Catalog.GetCursorsAsync("k")).Value);
        Assert.Equal(["one", "two"], (await lab.Catalog.LookupItemsAsync("files", ["one", "two"])).Select(item => item.Key).Order());
        Assert.Equal(("a b", "new u"), (await lab.FilesAsync(Main, T), await lab.TablesAsync(Main, "silver")));
    }

    [Fact]
    public async Task Branches_keep_the_items_that_main_takes_back_and_gets_again()
    {
        await using var lab = await BranchLab.StartAsync(postgres);
        var start = await lab.AppendAsync(Main, "a", T);
        await LoadAsync(lab, Main, "one");
        await lab.Catalog.CreateBranchAsync(Dev);
        await lab.Catalog.CreateTagAsync("loaded");
        var reset = await lab.Catalog.ResetAsync(Main, $"@{start}", (await lab.Catalog.FindBranchAsync(Main))!.Head!.Value, "back");
        Assert.Empty(await lab.Catalog.LookupItemsAsync("files", ["one"]));
        var again = await LoadAsync(lab, Main, "uno");

        foreach (var place in new[] { Main, Dev, "loaded" })
        {
            Assert.Equal(place == Main ? "a uno" : "a one", await lab.FilesAsync(place, T));
            Assert.Equal(["one"], (await lab.Catalog.On(place).LookupItemsAsync("files", ["one"])).Select(item => item.Key));
        }

        Assert.Empty(await lab.Catalog.On($"@{reset}").LookupItemsAsync("files", ["one"]));
        Assert.NotNull(await lab.Catalog.ResetAsync(Main, $"@{start}", again, "back once more"));
        Assert.Empty(await lab.Catalog.LookupItemsAsync("files", ["one"]));
    }

    [Fact]
    public async Task A_branch_that_is_reset_to_before_it_began_may_load_its_parents_items()
    {
        await using var lab = await BranchLab.StartAsync(postgres);
        var start = await lab.AppendAsync(Main, "a", T);
        await LoadAsync(lab, Main, "one");
        await lab.Catalog.CreateBranchAsync(Dev);
        Assert.NotNull(await lab.Catalog.ResetAsync(Dev, $"@{start}", (await lab.Catalog.FindBranchAsync(Dev))!.Head!.Value, "back"));
        Assert.Equal("a", await lab.FilesAsync(Dev, T));
        Assert.Empty(await lab.Catalog.On(Dev).LookupItemsAsync("files", ["one"]));

        // A merge takes them back with their rows.
        await lab.Catalog.CreateBranchAsync("other");
        Assert.Equal("fast gold.t", await lab.MergeAsync(Dev, "other"));
        Assert.Equal("a", await lab.FilesAsync("other", T));
        Assert.Empty(await lab.Catalog.On("other").LookupItemsAsync("files", ["one"]));
        Assert.Equal("nothing", (await lab.Catalog.MergeAsync(Dev, "other")).Outcome);

        await LoadAsync(lab, Dev, "uno");
        Assert.Equal("a uno", await lab.FilesAsync(Dev, T));
        Assert.Single(await lab.Catalog.On(Dev).LookupItemsAsync("files", ["one"]));
        Assert.Single(await lab.Catalog.LookupItemsAsync("files", ["one"]));
    }

    static Task<long> LoadAsync(BranchLab lab, string branch, string file) => lab.CommitAsync(branch, async transaction =>
    {
        var table = await transaction.OpenAsync(Table(T));
        transaction.Append(table, await lab.Test.WriteAsync(transaction, table, file));
        transaction.AddItem("files", "one", "f");
    });

    [Fact]
    public async Task A_branch_whose_retention_is_over_is_dropped()
    {
        await using var lab = await BranchLab.StartAsync(postgres);
        await lab.AppendAsync(Main, "a", T);
        await lab.Catalog.CreateBranchAsync("run/1", retention: TimeSpan.FromSeconds(1));
        await lab.Catalog.CreateBranchAsync("run/2", retention: TimeSpan.FromHours(1));
        await lab.Catalog.CreateBranchAsync("kept", retention: TimeSpan.FromSeconds(1), isProtected: true);
        await LakeAspire.Testing.Until.TrueAsync(async () => await lab.Catalog.FindBranchAsync("run/1") is null, "the branch is dropped");
        Assert.Equal(["kept", "main", "run/2"], (await lab.Catalog.ListBranchesAsync().ToListAsync()).Select(branch => branch.Name));
        Assert.Null((await lab.Catalog.ChangeBranchAsync("run/2", retention: TimeSpan.Zero)).ExpiresAt);
        Assert.False((await lab.Catalog.ChangeBranchAsync("kept", isProtected: false, retention: TimeSpan.Zero)).Protected);
    }

    static async Task<List<string>> DiffAsync(BranchLab lab, string from, string to) => (await lab.Catalog.DiffAsync(from, to)).Changes.Select(change =>
        $"{change.Change} {(change.Namespace.Length == 0 ? "" : change.Namespace + ".")}{change.Name} {change.RenamedFrom} {change.RowsBefore?.ToString() ?? "null"}>{change.RowsAfter?.ToString() ?? "null"} {change.FilesBefore?.ToString() ?? "null"}>{change.FilesAfter?.ToString() ?? "null"}").ToList();
}
