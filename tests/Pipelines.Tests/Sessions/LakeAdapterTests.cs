using LakeAspire.Testing.Postgres;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Sessions;

namespace Lakehouse.Pipelines.Tests.Sessions;

public class LakeAdapterTests(PostgresServer postgres)
{
    [Fact]
    public async Task It_is_what_templates_ask_of_a_database()
    {
        await using var lab = await SessionLab.StartAsync(postgres);
        await using var adapter = new LakeAdapter(lab.Sessions);
        var none = TestContext.Current.CancellationToken;
        await adapter.CreateSchemaAsync("lake", "gold", none);
        await adapter.CreateSchemaAsync("lake", "gold", none);
        Assert.Equal(["gold"], await adapter.ListSchemasAsync("lake", none));
        var made = await adapter.ExecuteAsync("create or replace table \"lake\".\"gold\".\"t\" as (\n  select i as id, sum(i)::hugeint as h, 1.5::decimal(18,3) as d, now() as at, [i] as l, {'x': 1} as s from range(2) r(i) group by i\n);", false, null, none);
        Assert.Equal(("OK", 2L), (made.Message, made.RowsAffected));
        await adapter.ExecuteAsync("create view gold.v as select id, h from gold.t", false, null, none);
        Assert.Equal(
            [("t", RelationKind.Table), ("v", RelationKind.View)],
            (await adapter.ListRelationsAsync("lake", "GOLD", none)).Select(r => (r.Name.Identifier, r.Kind)));
        Assert.Equal(
            "id BIGINT, h HUGEINT, d DECIMAL(18,3), at TIMESTAMP WITH TIME ZONE, l BIGINT[], s STRUCT(x INTEGER)",
            string.Join(", ", (await adapter.GetColumnsAsync(new RelationName("lake", "gold", "t"), none)).Select(c => $"{c.Name} {c.Type}")));
        Assert.Equal("HUGEINT", (await adapter.GetColumnsAsync(new RelationName("lake", "gold", "v"), none))[1].Type);
        Assert.Empty(await adapter.GetColumnsAsync(new RelationName("lake", "gold", "missing"), none));

        var fetched = (await adapter.ExecuteAsync("select id, h, d, l, s, null as n, date '2024-02-29' as day, time '10:00' as t, timestamp '2024-01-02 03:04:05.678901' as ts, 'x' as x, true as b, interval 1 day as i from gold.t order by id desc", true, 1, none)).Table!;
        var row = Assert.Single(fetched.Rows);
        Assert.Equal([1L, 1L, 1.5m], row.Take(3));
        Assert.Equal([1L], Assert.IsAssignableFrom<IEnumerable<object?>>(row[3]));
        Assert.Equal(1L, Assert.IsType<Dictionary<string, object?>>(row[4])["x"]);
        Assert.Equal([null, new DateOnly(2024, 2, 29), new TimeOnly(10, 0), new DateTime(2024, 1, 2, 3, 4, 5, 678).AddTicks(9010), "x", true, "1 day"], row.Skip(5));

        var name = new RelationName("lake", "gold", "seed");
        await adapter.ExecuteAsync("create table gold.seed (a integer, b varchar, c date)", false, null, none);
        await adapter.InsertRowsAsync(name, ["b", "a", "c"], [["it's", 1L, "2024-01-01"], [null, null, null]], none);
        Assert.Equal(["(1, it's, 2024-01-01)", "(NULL, NULL, NULL)"], await lab.RowsAsync("select * from gold.seed order by a"));
        await adapter.RenameRelationAsync(new AdapterRelation(name, RelationKind.Table), name with { Identifier = "seeds" }, none);
        await adapter.TruncateRelationAsync(name with { Identifier = "seeds" }, none);
        Assert.Equal(["(0)"], await lab.RowsAsync("select count(*) from gold.seeds"));
        await adapter.DropRelationAsync(new AdapterRelation(name with { Identifier = "seeds" }, RelationKind.View), none);
        await adapter.DropSchemaAsync("lake", "gold", none);
        Assert.Empty(await adapter.ListRelationsAsync("lake", "gold", none));

        var error = await Assert.ThrowsAsync<PipelineException>(() => adapter.ExecuteAsync("select * from does_not_exist", true, null, none));
        Assert.Equal(PipelineErrorKind.Sql, error.Kind);
        Assert.StartsWith("Catalog Error: Table with name does_not_exist does not exist!", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_have_sessions_of_their_own()
    {
        await using var lab = await SessionLab.StartAsync(postgres);
        await using var adapter = new LakeAdapter(lab.Sessions);
        var none = TestContext.Current.CancellationToken;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(NodeAsync));

        async Task NodeAsync(int node)
        {
            await using var session = await lab.Sessions.OpenAsync(none);
            using (adapter.Use(session))
            {
                // As a template does: on a thread of its own, waiting for each call.
                await Task.Factory.StartNew(
                    () =>
                    {
                        adapter.ExecuteAsync($"create temp table x__dbt_tmp as select {node} as n; create table t{node} as select * from x__dbt_tmp", false, null, none).GetAwaiter().GetResult();
                        var columns = adapter.GetColumnsAsync(new RelationName("", "", "x__dbt_tmp"), none).GetAwaiter().GetResult();
                        Assert.Equal("n", Assert.Single(columns).Name);
                        Assert.Equal((long)node, adapter.ExecuteAsync($"select n from t{node}", true, null, none).GetAwaiter().GetResult().Table!.Rows[0][0]);
                    },
                    none,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default);
            }
        }
    }
}
