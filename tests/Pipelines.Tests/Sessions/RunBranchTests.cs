using LakeAspire.Testing.Postgres;
using Lakehouse.Formats;
using Lakehouse.Pipelines.Sessions;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Tests.Sessions;

public class RunBranchTests(PostgresServer postgres)
{
    static readonly SessionOptions Options = new() { Threads = 1, RunId = null };

    [Fact]
    public async Task A_run_reaches_main_whole_with_its_positions_and_once()
    {
        await using var lab = await SessionLab.StartAsync(postgres);
        await lab.RunAsync("create schema s; create table s.source as select i as a from range(3) r(i); create table s.t as select 0 as a");
        var before = (await lab.Main.Catalog.LogAsync()).Count;
        var branch = await RunBranch.OpenAsync(lab.Main, "shop", "42");
        await using (var sessions = branch.Sessions(Options))
        {
            await using var session = await sessions.OpenAsync();
            await SessionLab.RunAsync(session, "create or replace table s.t as select * from s.source; create table s.u as select sum(a) as total from s.t; create view s.v as select * from s.u");

            // What comes to a source meanwhile is for the next run.
            await lab.RunAsync("insert into s.source values (100)");
            Assert.Equal(["(3)"], await SessionLab.RowsAsync(session, "select total from s.v"));
        }

        Assert.Equal(["(1)"], await lab.RowsAsync("select count(*) from s.t"));

        // The worker dies here; another attempt finds the branch, and what is built.
        var again = await RunBranch.OpenAsync(lab.Main, "shop", "42");
        Assert.Equal(branch.Start, again.Start);
        var published = Assert.IsType<RunPublication.Published>(await again.PublishAsync([new CursorMove("source/s.source", null, "1")]));
        Assert.Equal(before + 2, (await lab.Main.Catalog.LogAsync()).Count);
        await using var fresh = new LakeSessions(lab.Main, Options);
        await using var reader = await fresh.OpenAsync();
        Assert.Equal(["(3, 3)"], await SessionLab.RowsAsync(reader, "select total, (select count(*) from s.t) from s.v"));
        Assert.Equal("1", Assert.Single(await lab.Main.Catalog.GetCursorsAsync("source")).Value);

        // Its answer was lost: whoever asks again is told the same.
        var third = await RunBranch.OpenAsync(lab.Main, "shop", "42");
        Assert.Equal(published, await third.PublishAsync());
        Assert.Equal(before + 2, (await lab.Main.Catalog.LogAsync()).Count);
        Assert.Null(await lab.Main.Catalog.FindBranchAsync("run/42"));
    }

    [Fact]
    public async Task A_conflict_names_the_tables_and_leaves_both_sides_alone()
    {
        await using var lab = await SessionLab.StartAsync(postgres);
        await lab.RunAsync("create schema s; create table s.t as select 0 as a; create table s.other as select 0 as a");
        var branch = await RunBranch.OpenAsync(lab.Main, "shop", "7");
        await using var sessions = branch.Sessions(Options);
        await using var session = await sessions.OpenAsync();
        await SessionLab.RunAsync(session, "update s.t set a = 1; create or replace table s.other as select 5 as a");
        await lab.RunAsync("update s.t set a = 2");
        var conflict = Assert.IsType<RunPublication.Conflict>(await branch.PublishAsync());
        Assert.Contains("s.t", conflict.Message, StringComparison.Ordinal);
        Assert.Equal(["(2, 0)"], await lab.RowsAsync("select (select a from s.t), (select a from s.other)"));
        Assert.Equal(["(1, 5)"], await SessionLab.RowsAsync(session, "select (select a from s.t), (select a from s.other)"));
        await branch.DiscardAsync();
        Assert.Null(await lab.Main.Catalog.FindBranchAsync("run/7"));
    }

    [Fact]
    public async Task A_position_that_has_moved_refuses_the_run()
    {
        await using var lab = await SessionLab.StartAsync(postgres);
        await using (var move = lab.Main.BeginTransaction("test", "move"))
        {
            move.MoveCursor("source/a", null, "9");
            Assert.IsType<CommitResult.Committed>(await move.CommitAsync());
        }

        var branch = await RunBranch.OpenAsync(lab.Main, "shop", "8", TimeSpan.FromHours(1));
        var refused = Assert.IsType<RunPublication.Refused>(await branch.PublishAsync([new CursorMove("source/a", "1", "2")]));
        Assert.Contains("source/a", refused.Reason, StringComparison.Ordinal);
        Assert.NotNull(await lab.Main.Catalog.FindBranchAsync(branch.Name));
    }
}
