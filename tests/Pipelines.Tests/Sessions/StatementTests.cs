using LakeAspire.Testing.Postgres;
using Lakehouse.Formats;
using Lakehouse.Pipelines.Sessions;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Tests.Sessions;

public class StatementTests(PostgresServer postgres)
{
    [Fact]
    public async Task Tables_come_from_queries_and_columns_change_and_go()
    {
        await using var lab = await SessionLab.StartAsync(postgres);
        await using var session = await lab.Sessions.OpenAsync();
        Assert.Equal("CREATE SCHEMA", await SessionLab.RunAsync(session, "create schema gold"));
        Assert.Equal("CREATE TABLE 3", await SessionLab.RunAsync(session, "create table gold.t as select i as id, 'n' || i as name from range(3) r(i)"));
        Assert.Equal(["(0, n0)", "(1, n1)", "(2, n2)"], await SessionLab.RowsAsync(session, "select * from lake.gold.t order by id"));
        Assert.Equal("INSERT 2", await SessionLab.RunAsync(session, "insert into gold.t (name, id) values ('x', 7), (null, 8)"));
        Assert.Equal("UPDATE 2", await SessionLab.RunAsync(session, "update gold.t as a set name = upper(a.name) || '!' where a.id in (1, 2)"));
        Assert.Equal("DELETE 1", await SessionLab.RunAsync(session, "delete from gold.t where gold.t.id = 0"));
        Assert.Equal(["(1, N1!)", "(2, N2!)", "(7, x)", "(8, NULL)"], await SessionLab.RowsAsync(session, "select * from gold.t order by id"));
        await SessionLab.RunAsync(session, "alter table gold.t add column size integer; alter table gold.t rename column name to label; update gold.t set size = id * 2; alter table gold.t alter column size type bigint");
        Assert.Equal(["(1, N1!, 2)", "(8, NULL, 16)"], await SessionLab.RowsAsync(session, "select * from gold.t where id in (1, 8) order by id"));
        Assert.Equal(["(id, BIGINT)", "(label, VARCHAR)", "(size, BIGINT)"], await SessionLab.RowsAsync(session, "select column_name, data_type from system.information_schema.columns where table_name = 't' order by ordinal_position"));
        Assert.Equal("CREATE TABLE 1", await SessionLab.RunAsync(session, "create or replace table gold.t as select 1 as id, sum(i) as total from range(4) r(i)"));
        Assert.Equal(["(1, 6, HUGEINT)"], await SessionLab.RowsAsync(session, "select *, typeof(total) from gold.t"));
        Assert.True((await lab.Main.LoadTableAsync(TableIdentifier.Parse("gold.t"))).Metadata.Snapshots.Count >= 4, "a replaced table keeps its history");
        await SessionLab.RunAsync(session, "alter table gold.t rename to u; truncate gold.u");
        Assert.Empty(await SessionLab.RowsAsync(session, "select * from gold.u"));
        var gone = await Assert.ThrowsAsync<SessionException>(() => session.QueryAsync("select * from gold.t"));
        Assert.Contains("Catalog Error: Table with name t does not exist", gone.Message, StringComparison.Ordinal);
        await SessionLab.RunAsync(session, "drop table gold.u; drop schema gold cascade");
        Assert.Empty(await lab.Main.Catalog.ListNamespacesAsync());
    }

    [Fact]
    public async Task Changes_by_other_tables_are_those_of_DuckDB()
    {
        await using var lab = await SessionLab.StartAsync(postgres);
        await using var session = await lab.Sessions.OpenAsync();
        await SessionLab.RunAsync(
            session,
            """
            create schema s;
            create table s.t as select i as id, 10 * i as v from range(6) r(i);
            create temp table "d__dbt_tmp" as select * from (values (1, 100), (2, 200), (9, 900)) q(id, v);
            """);
        Assert.Equal("UPDATE 2", await SessionLab.RunAsync(session, """update "lake"."s"."t" as X set v = "d__dbt_tmp".v + X.v from "d__dbt_tmp" where "d__dbt_tmp".id = X.id"""));
        Assert.Equal("DELETE 1", await SessionLab.RunAsync(session, """delete from s.t as Y using "d__dbt_tmp" as d where d.id = Y.id and d.v = 200"""));
        Assert.Equal(
            "MERGE 4",
            await SessionLab.RunAsync(
                session,
                """
                merge into "lake"."s"."t" as DBT_INTERNAL_DEST using "d__dbt_tmp" as DBT_INTERNAL_SOURCE on (DBT_INTERNAL_SOURCE.id = DBT_INTERNAL_DEST.id)
                when matched and case when DBT_INTERNAL_DEST.v > 0 then true else false end then update set v = DBT_INTERNAL_SOURCE.v
                when not matched then insert by name
                when not matched by source and DBT_INTERNAL_DEST.id = 5 then delete
                """));
        Assert.Equal(["(0, 0)", "(1, 100)", "(2, 200)", "(3, 30)", "(4, 40)", "(9, 900)"], await SessionLab.RowsAsync(session, "select * from s.t order by id"));
        var twice = await Assert.ThrowsAsync<SessionException>(() => session.QueryAsync("merge into s.t using (select 1 as id, i as v from range(2) r(i)) as n using (id) when matched then update"));
        Assert.Contains("MERGE INTO command cannot affect the same target row more than once", twice.Message, StringComparison.Ordinal);
        await SessionLab.RunAsync(session, "with k as (select 3 as id) delete from s.t using k where k.id = t.id; with n as (select 30 as id, 1 as v) insert into s.t select * from n");
        Assert.Equal(["(0, 0)", "(1, 100)", "(2, 200)", "(4, 40)", "(9, 900)", "(30, 1)"], await SessionLab.RowsAsync(session, "select * from s.t order by id"));
    }

    [Fact]
    public async Task Constraints_are_DuckDBs_own_and_in_its_words()
    {
        await using var lab = await SessionLab.StartAsync(postgres);
        await using var session = await lab.Sessions.OpenAsync();
        await SessionLab.RunAsync(session, "create table main.p (id integer primary key, amount decimal(5,2), paid date not null, check (amount < 50)); insert into p select 1, 2.5, date '2024-01-01'");
        await FailsAsync("insert into p values (2, 3, null)", "Constraint Error: NOT NULL constraint failed: p.paid");
        await FailsAsync("insert into p values (2, 99, date '2024-01-01')", "Constraint Error: CHECK constraint failed on table ");
        await FailsAsync("insert into p values (1, 9, date '2024-01-01')", "Constraint Error: Duplicate key \"id: 1\" violates primary key constraint");
        await FailsAsync("update p set amount = 60", "Constraint Error: CHECK constraint failed on table ");
        await FailsAsync("create table q (a integer default 5)", "Unsupported: the default 5 of column a");
        await FailsAsync("insert into p values (1, 2)", "Binder Error: table p has 3 columns but 2 values were supplied");
        await FailsAsync("insert or replace into p values (1, 2, date '2024-01-01')", "Unsupported: INSERT OR REPLACE");
        await SessionLab.RunAsync(session, "insert into p values (2, 4, date '2024-01-01'); update p set amount = amount + 1");
        Assert.Equal(["(1, 3.50)", "(2, 5.00)"], await SessionLab.RowsAsync(session, "select id, amount from p order by id"));

        async Task FailsAsync(string sql, string message)
        {
            var error = await Assert.ThrowsAsync<SessionException>(() => session.QueryAsync(sql));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Errors_are_DuckDBs_and_name_the_line_of_the_text()
    {
        await using var lab = await SessionLab.StartAsync(postgres);
        await using var session = await lab.Sessions.OpenAsync();
        var error = await Assert.ThrowsAsync<SessionException>(() => session.QueryAsync("-- first\nselect 1;\ncreate table t as\nselect 1 as a,\n  missing as b"));
        Assert.Contains("Binder Error: Referenced column \"missing\" was not found", error.Message, StringComparison.Ordinal);
        Assert.Contains("LINE 5:", error.Message, StringComparison.Ordinal);
        Assert.Equal((2, 3), (error.Statement, error.Line));
        Assert.Equal(Engine.EngineErrorKind.Binder, error.EngineKind);
        var unknown = await Assert.ThrowsAsync<SessionException>(() => session.QueryAsync("create table nowhere.t as select 1 as a"));
        Assert.Contains("Schema with name nowhere does not exist", unknown.Message, StringComparison.Ordinal);
        Assert.Equal(LakehouseErrorKind.NotFound, unknown.Kind);
        var parser = await Assert.ThrowsAsync<SessionException>(() => session.QueryAsync("create table t as (\n)"));
        Assert.Contains("Parser Error: syntax error at or near \")\"", parser.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Views_macros_and_what_is_temporary_go_where_they_belong()
    {
        await using var lab = await SessionLab.StartAsync(postgres);
        await using var one = await lab.Sessions.OpenAsync();
        await using var two = await lab.Sessions.OpenAsync();
        await SessionLab.RunAsync(one, "create schema g; create table g.t as select 1 as a, 2::hugeint as b; create view g.v as select a + 1 as c, b from g.t; create view main.w (x) as select c from g.v");
        await SessionLab.RunAsync(one, "create macro twice(n) as n * 2; create macro all_t() as table select * from g.t; create temp table mine as select 5 as a; set variable k = 3");
        Assert.Equal(["(2, 2, HUGEINT, 4)"], await SessionLab.RowsAsync(two, "select x, b, typeof(b), twice(x) from w, g.v"));
        Assert.Equal(["(1, 2)"], await SessionLab.RowsAsync(two, "from all_t()"));
        await Assert.ThrowsAsync<SessionException>(() => two.QueryAsync("select * from mine"));
        Assert.Equal(["(NULL)"], await SessionLab.RowsAsync(two, "select getvariable('k')"));
        await SessionLab.RunAsync(two, "create or replace table g.t as select 'one' as a, 1 as b");
        var broken = await Assert.ThrowsAsync<SessionException>(() => one.QueryAsync("select * from w"));
        Assert.Contains("Binder Error", broken.Message, StringComparison.Ordinal);
        await SessionLab.RunAsync(two, "create or replace view g.v as select length(a) as c, b from g.t");
        Assert.Equal(["(3)"], await SessionLab.RowsAsync(one, "select * from w"));
        Assert.Equal(["(main, VIEW, w)", "(g, BASE TABLE, t)", "(g, VIEW, v)"], await SessionLab.RowsAsync(one, "select table_schema, table_type, table_name from information_schema.tables where table_catalog = 'lake' order by table_schema desc, table_name"));
        Assert.Equal(["(mine)", "(w)"], await SessionLab.RowsAsync(one, "select name from (show tables)"));
    }

    [Fact]
    public async Task Layout_comes_with_the_statement_or_from_the_model()
    {
        var model = new TableLayout { PartitionBy = ["bucket(4, id)"], SortBy = ["name desc"], ClusterBy = [], Properties = new Dictionary<string, string> { ["write.delete.mode"] = "merge-on-read" }, Comment = "of a model" };
        await using var lab = await SessionLab.StartAsync(postgres, new SessionOptions { IsShared = false, Threads = 1, LayoutOf = name => name.Name == "m" ? model : null });
        await using var session = await lab.Sessions.OpenAsync();
        await SessionLab.RunAsync(session, "create table m as select i as id, 'n' || i as name from range(20) r(i); comment on column m.id is 'the key'; create or replace table m as select i as id, 'n' || i as name, 1 as x from range(30) r(i); delete from m where id = 3");
        var table = await lab.Main.LoadTableAsync(TableIdentifier.Parse("main.m"));
        Assert.Equal("bucket[4]", Assert.Single(table.Metadata.DefaultSpec.Fields).Transform.Text);
        Assert.False(table.Metadata.DefaultSortOrder.IsUnsorted);
        Assert.Equal("of a model", table.Metadata.Properties["comment"]);
        Assert.Equal(["(29)"], await SessionLab.RowsAsync(session, "select count(*) from m"));
        var wrong = await Assert.ThrowsAsync<SessionException>(() => session.QueryAsync("create table n with (a = 1) as select 1 as a; create table o partitioned by (week(a)) as select 1 as a"));
        Assert.Contains("is no transform", wrong.Message, StringComparison.Ordinal);
    }
}
