using LakeAspire.Testing.Postgres;
using Lakehouse.Formats;
using Lakehouse.Pipelines.Sessions;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Tests.Sessions;

public class TransactionTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_transaction_is_one_commit_and_seen_by_its_session_alone_until_then()
    {
        await using var lab = await SessionLab.StartAsync(postgres);
        await using var one = await lab.Sessions.OpenAsync();
        await using var two = await lab.Sessions.OpenAsync();
        await SessionLab.RunAsync(one, "create schema s; create table s.old as select 1 as a");
        var before = (await lab.Main.Catalog.LogAsync()).Count;
        await SessionLab.RunAsync(one, "begin; create table s.t as select 1 as a; insert into s.t values (2); insert into s.old values (2)");
        Assert.Equal(["(1)", "(2)"], await SessionLab.RowsAsync(one, "select a from s.t order by a"));
        Assert.Equal(["(2)"], await SessionLab.RowsAsync(one, "select count(*) from s.old"));
        Assert.Equal(["(1)"], await SessionLab.RowsAsync(two, "select count(*) from s.old"));
        await Assert.ThrowsAsync<SessionException>(() => two.QueryAsync("select * from s.t"));
        await SessionLab.RunAsync(one, "commit");
        Assert.Equal(before + 1, (await lab.Main.Catalog.LogAsync()).Count);
        Assert.Equal(["(2)"], await SessionLab.RowsAsync(two, "select count(*) from s.t"));
        Assert.Equal(["(2)"], await SessionLab.RowsAsync(two, "select count(*) from s.old"));
    }

    /// <summary>What dbt's adapters do: another table takes the old one's name. Renames, views and changes of changed rows are more than one catalog commit by themselves.</summary>
    [Fact]
    public async Task Renames_views_and_changes_upon_changes_are_one_commit_too()
    {
        await using var lab = await SessionLab.StartAsync(postgres);
        await using var one = await lab.Sessions.OpenAsync();
        await using var two = await lab.Sessions.OpenAsync();
        await SessionLab.RunAsync(one, "create schema s; create table s.t as select 1 as a; create table s.rows as select i as a from range(5) r(i)");
        var before = (await lab.Main.Catalog.LogAsync()).Count;
        await SessionLab.RunAsync(
            one,
            """
            begin transaction;
            create table s.t__dbt_tmp as select 2 as a;
            alter table s.t rename to t__dbt_backup;
            alter table s.t__dbt_tmp rename to t;
            drop table s.t__dbt_backup;
            create view s.v as select a * 10 as b from s.t;
            delete from s.rows where a < 2;
            update s.rows set a = a + 100 where a = 2;
            insert into s.rows select b from s.v;
            """);
        Assert.Equal(["(20)"], await SessionLab.RowsAsync(one, "select * from s.v"));
        Assert.Equal(["(3)", "(4)", "(20)", "(102)"], await SessionLab.RowsAsync(one, "select * from s.rows order by a"));
        Assert.Equal(["(1, 5)"], await SessionLab.RowsAsync(two, "select (select any_value(a) from s.t), (select count(*) from s.rows)"));
        await SessionLab.RunAsync(one, "commit");
        Assert.Equal(before + 1, (await lab.Main.Catalog.LogAsync()).Count);
        Assert.Equal(["(20, 4)"], await SessionLab.RowsAsync(two, "select b, (select count(*) from s.rows) from s.v"));
        Assert.Equal(["rows", "t"], (await lab.Main.Catalog.ListTablesAsync("s")).Select(t => t.Name).Order(StringComparer.Ordinal));
        Assert.Equal("main", Assert.Single(await BranchesAsync(lab)));
    }

    [Fact]
    public async Task A_rollback_leaves_nothing_and_an_error_asks_for_one()
    {
        await using var lab = await SessionLab.StartAsync(postgres);
        await using var session = await lab.Sessions.OpenAsync();
        await SessionLab.RunAsync(session, "create schema s; create table s.t as select 1 as a");
        foreach (var change in (string[])["insert into s.t values (2)", "update s.t set a = 5", "alter table s.t rename to u; drop table s.u", "create view s.v as select 1 as x", "create or replace table s.t as select 'x' as b; create schema other; create table other.t as select 1 as a"])
        {
            await SessionLab.RunAsync(session, $"begin; {change}; rollback");
            Assert.Equal(["(1)"], await SessionLab.RowsAsync(session, "select a from s.t"));
        }

        await SessionLab.RunAsync(session, "begin; insert into s.t values (3)");
        await Assert.ThrowsAsync<SessionException>(() => session.QueryAsync("select nothing"));
        var aborted = await Assert.ThrowsAsync<SessionException>(() => session.QueryAsync("select 1"));
        Assert.Contains("transaction is aborted", aborted.Message, StringComparison.Ordinal);
        await SessionLab.RunAsync(session, "rollback");
        Assert.Equal(["(1)"], await SessionLab.RowsAsync(session, "select a from s.t"));
        Assert.Equal("main", Assert.Single(await BranchesAsync(lab)));
        await Assert.ThrowsAsync<SessionException>(() => session.QueryAsync("commit"));
    }

    [Fact]
    public async Task Sessions_that_add_to_one_table_at_once_all_do_and_others_are_told()
    {
        await using var lab = await SessionLab.StartAsync(postgres);
        await lab.RunAsync("create schema s; create table s.log as select 0 as i; create table s.t as select 1 as a");
        await Task.WhenAll(Enumerable.Range(1, 6).Select(i => lab.RunAsync($"insert into s.log values ({i}); create table s.t{i} as select * from s.log where i = {i}; insert into s.log select i + 10 from s.t{i}")));
        Assert.Equal(["(13, 102)"], await lab.RowsAsync("select count(*), sum(i) from s.log"));

        await using var one = await lab.Sessions.OpenAsync();
        await using var two = await lab.Sessions.OpenAsync();
        await SessionLab.RunAsync(one, "begin; update s.t set a = 2");
        await SessionLab.RunAsync(two, "update s.t set a = 3");
        var conflict = await Assert.ThrowsAsync<SessionException>(() => one.QueryAsync("commit"));
        Assert.Equal(LakehouseErrorKind.Conflict, conflict.Kind);
        Assert.Contains("s.t", conflict.Message, StringComparison.Ordinal);
        Assert.Equal(["(3)"], await SessionLab.RowsAsync(one, "select a from s.t"));
    }

    [Fact]
    public async Task Other_writers_are_seen_on_a_shared_branch()
    {
        await using var lab = await SessionLab.StartAsync(postgres, new SessionOptions { IsShared = true, Threads = 1 });
        await using var other = new LakeSessions(lab.Main, new SessionOptions { Threads = 1 });
        await using var one = await lab.Sessions.OpenAsync();
        await using var two = await other.OpenAsync();
        await SessionLab.RunAsync(one, "create schema s; create table s.t as select 1 as a");
        Assert.Equal("INSERT 1", await SessionLab.RunAsync(two, "insert into s.t values (2)"));
        Assert.Equal(["(2)"], await SessionLab.RowsAsync(one, "select count(*) from s.t"));
        await SessionLab.RunAsync(two, "create or replace table s.t as select 'x' as a, 2 as b");
        Assert.Equal(["(x, 2)"], await SessionLab.RowsAsync(one, "select * from s.t"));
    }

    static async Task<List<string>> BranchesAsync(SessionLab lab)
    {
        var names = new List<string>();
        await foreach (var branch in lab.Main.Catalog.ListBranchesAsync())
        {
            names.Add(branch.Name);
        }

        return names;
    }
}
