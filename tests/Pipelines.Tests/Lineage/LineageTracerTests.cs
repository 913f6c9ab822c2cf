using System.Text;
using Lakehouse.Engine;
using Lakehouse.Pipelines.Lineage;

namespace Lakehouse.Pipelines.Tests.Lineage;

/// <summary>What columns of queries are made of. Each case is also tried on rows: a column of which a change is seen in a result must have been named, or the result called untraced.</summary>
public sealed class LineageTracerTests
{
    static readonly string[] BaseColumns = ["t.id", "t.a", "t.b", "t.c", "u.id", "u.d", "u.e"];

    // Letters after a column: I identity, T transformation, A aggregation, M masked; j join, g group by, f filter, s sort, w window, c conditional.
    [Theory]
    [InlineData("select a, b as x, a + b as y, 1 as one from s.t", "a=t.a:I; x=t.b:I; y=t.a:T t.b:T; one=", "")]
    [InlineData("select * from lake.s.t", "id=t.id:I; a=t.a:I; b=t.b:I; c=t.c:I", "")]
    [InlineData("select t.* exclude (id, c) replace (a * 2 as a) from s.t", "a=t.a:T; b=t.b:I", "")]
    [InlineData("select * rename (a as z) from s.t", "id=t.id:I; z=t.a:I; b=t.b:I; c=t.c:I", "")]
    [InlineData("from s.t select x.a, x.b from s.t as x where x.c > 1", "", null)]
    [InlineData("select x.a, x.b from s.t as x where x.c > 1", "a=t.a:I; b=t.b:I", "t.c:f")]
    [InlineData("select t.a, u.d from s.t join s.u on t.id = u.id", "a=t.a:I; d=u.d:I", "t.id:j u.id:j")]
    [InlineData("select id, a, d from s.t left join s.u using (id)", "id=t.id:I; a=t.a:I; d=u.d:I", "t.id:j u.id:j")]
    [InlineData("select id, d from s.t right join s.u using (id)", "id=u.id:I; d=u.d:I", "t.id:j u.id:j")]
    [InlineData("select id from s.t full join s.u using (id)", "id=t.id:T u.id:T", "t.id:j u.id:j")]
    [InlineData("select * from s.t natural join s.u", "id=t.id:I; a=t.a:I; b=t.b:I; c=t.c:I; d=u.d:I; e=u.e:I", "t.id:j u.id:j")]
    [InlineData("select u.id, t.id from s.t join s.u using (id)", "id=u.id:I; id=t.id:I", "t.id:j u.id:j")]
    [InlineData("select a from s.t semi join s.u on t.id = u.id", "a=t.a:I", "t.id:j u.id:j")]
    [InlineData("with x as (select a + b as s, c from s.t where id > 1), y(k) as (select s from x) select k, k * 2 as k2 from y", "k=t.a:T t.b:T; k2=t.a:T t.b:T", "t.id:f")]
    [InlineData("with t as (select d as a from s.u) select a from t", "a=u.d:I", "")]
    [InlineData("with unused as (select d from s.u where e > 1) select a from s.t", "a=t.a:I", "")]
    [InlineData("with recursive r(n, m) as (select 1, a from s.t union all select n + 1, m + 1 from r where n < 3) select n, m from r", "n=; m=t.a:I t.a:T", "")]
    [InlineData("select v from (select a as v from s.t union all select d from s.u) q", "v=t.a:I u.d:I", "")]
    [InlineData("select a, b from s.t union by name select d as b, e as a from s.u", "a=t.a:I u.e:I; b=t.b:I u.d:I", "t.a:g t.b:g u.d:g u.e:g")]
    [InlineData("select distinct a, b from s.t", "a=t.a:I; b=t.b:I", "t.a:g t.b:g")]
    [InlineData("select a from s.t union all by name select e as a from s.u", "a=t.a:I u.e:I", "")]
    [InlineData("select a from s.t except select d from s.u", "a=t.a:I", "t.a:g u.d:f")]
    [InlineData("select a, sum(b) as s, count(*) as n, max(b) filter (c > 1) as m from s.t group by a having min(id) > 0", "a=t.a:I; s=t.b:A; n=; m=t.b:A t.c:c", "t.a:g t.id:f")]
    [InlineData("select a, sum(b) as s from s.t group by all order by 2", "a=t.a:I; s=t.b:A", "t.a:g t.b:s")]
    [InlineData("select a % 2 as k, count(*) as n from s.t group by 1", "k=t.a:T; n=", "t.a:g")]
    [InlineData("select a % 2 as k, count(*) as n from s.t group by k", "k=t.a:T; n=", "t.a:g")]
    [InlineData("select row_number() over (partition by a order by b) as r, sum(c) over (partition by a) as s from s.t", "r=t.a:w t.b:w; s=t.a:w t.c:A", "")]
    [InlineData("select a, b from s.t qualify row_number() over (partition by c order by id) = 1", "a=t.a:I; b=t.b:I", "t.c:w t.id:w")]
    [InlineData("select distinct on (a) a, b from s.t order by a, c", "a=t.a:I; b=t.b:I", "t.a:fs t.c:s")]
    [InlineData("select case when a > 1 then b else c end as x from s.t", "x=t.a:c t.b:T t.c:T", "")]
    [InlineData("select coalesce(a, b) as x, cast(c as varchar) as y, md5(cast(a as varchar)) as h from s.t", "x=t.a:T t.b:T; y=t.c:T; h=t.a:TM", "")]
    [InlineData("select (select max(d) from s.u where u.id = t.id) as m, a from s.t", "m=t.id:f u.d:A u.id:f; a=t.a:I", "")]
    [InlineData("select a from s.t where exists (select 1 from s.u where u.id = t.id and e > 1)", "a=t.a:I", "t.id:f u.e:f u.id:f")]
    [InlineData("select a in (select d from s.u) as has from s.t", "has=t.a:T u.d:c", "")]
    [InlineData("select x.v, k.w from (select a as v, b from s.t) x, lateral (select x.b + 1 as w) k", "v=t.a:I; w=t.b:T", "")]
    [InlineData("select list_transform([a, b], x -> x + c) as l from s.t", "l=t.a:T t.b:T t.c:T", "")]
    [InlineData("select p.f, p.g as h from (select {'f': a, 'g': b} as p from s.t) q", "f=t.a:T t.b:T; h=t.a:T t.b:T", "")]
    [InlineData("select a as x, x + 1 as y from s.t", "x=t.a:I; y=t.a:T", "")]
    [InlineData("select min(columns(*)) from s.u", "id=u.id:A; d=u.d:A; e=u.e:A", "")]
    [InlineData("select columns('a|b') from s.t", "a=t.a:I; b=t.b:I", "")]
    [InlineData("select v, a from s.t, unnest([a, b]) as q(v)", "v=t.a:T t.b:T; a=t.a:I", "t.a:f t.b:f")]
    [InlineData("select col0, current_date is null as today from (values (1), (2)) v", "col0=; today=", "")]
    [InlineData("select * from (select a, b from s.t) unpivot (v for n in (a, b))", "n=?; v=?", "")]
    [InlineData("select a, x.* from s.t, (select * from range(3)) x", "a=t.a:I; range=", "")]
    [InlineData("select t from s.t", "t=t.a:T t.b:T t.c:T t.id:T", "")]
    [InlineData("select string_agg(cast(a as varchar), ',' order by b) as l from s.t", "l=t.a:A t.b:s", "")]
    [InlineData("select a from s.t order by b limit 2", "a=t.a:I", "t.b:s")]
    [InlineData("select a, b from s.t a join (select d from s.u) b on a.c = b.d", "a=t.a:I; b=t.b:I", "t.c:j u.d:j")]
    public async Task Columns_are_traced(string sql, string expected, string? rows)
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions());
        using var connection = database.Connect();
        await FillAsync(connection, changed: null);
        if (rows is null)
        {
            await Assert.ThrowsAsync<EngineException>(() => LineageTracer.TraceAsync(connection, sql, TestContext.Current.CancellationToken));
            return;
        }

        var lineage = await LineageTracer.TraceAsync(connection, sql, TestContext.Current.CancellationToken);
        Assert.Equal(expected, string.Join("; ", lineage.Columns.Select(c => $"{c.Name}={(c.Untraced is null ? Shown(c.Sources) : "?")}")));
        Assert.Equal(rows, Shown(lineage.Rows));
        await ChangesAreExplainedAsync(connection, sql, lineage);
    }

    [Fact]
    public async Task What_cannot_be_traced_says_why_and_its_tables_are_named_all_the_same()
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions());
        using var connection = database.Connect();
        await FillAsync(connection, changed: null);
        var lineage = await LineageTracer.TraceAsync(connection, "select * from (pivot s.t on a in (0, 1) using sum(b) group by c)", TestContext.Current.CancellationToken);
        Assert.NotEmpty(lineage.Columns);
        Assert.All(lineage.Columns, c => Assert.NotNull(c.Untraced));
        lineage = await LineageTracer.TraceAsync(connection, "select x.*, d from (from s.t unpivot (v for n in (a, b))) x join s.u using (id)", TestContext.Current.CancellationToken);
        Assert.Equal(["t", "u"], lineage.Tables.Select(t => t.Name));
        Assert.Contains("UNPIVOT", lineage.Columns[0].Untraced, StringComparison.Ordinal);
    }

    /// <summary>Changes each column of the tables in turn, and looks which columns of the result differ.</summary>
    static async Task ChangesAreExplainedAsync(DuckDbConnection connection, string sql, ModelLineage lineage)
    {
        var before = await ResultAsync(connection, sql, lineage.Columns.Count);
        foreach (var column in BaseColumns)
        {
            await FillAsync(connection, column);
            var after = await ResultAsync(connection, sql, lineage.Columns.Count);
            for (var i = 0; i < lineage.Columns.Count; i++)
            {
                var explained = lineage.Columns[i].Untraced is not null || lineage.Columns[i].Sources.Concat(lineage.Rows).Any(s => $"{s.Column.Table.Name}.{s.Column.Column}" == column);
                Assert.True(before[i] == after[i] || explained, $"{sql}: a change of {column} is seen in {lineage.Columns[i].Name}, of which it is no source");
            }
        }
    }

    static async Task<string[]> ResultAsync(DuckDbConnection connection, string sql, int columns)
    {
        var names = string.Join(", ", Enumerable.Range(0, columns).Select(i => $"c{i}"));
        var lists = string.Join(" || chr(1) || ", Enumerable.Range(0, columns).Select(i => $"coalesce(cast(list(c{i} order by cast(c{i} as varchar)) as varchar), '')"));
        return (await connection.ScalarAsync<string>($"SELECT {lists} FROM (\n{sql}\n) q({names})", cancellationToken: TestContext.Current.CancellationToken))!.Split('\u0001');
    }

    static async Task FillAsync(DuckDbConnection connection, string? changed)
    {
        await connection.ExecuteAsync("ATTACH IF NOT EXISTS ':memory:' AS lake");
        await connection.ExecuteAsync("CREATE SCHEMA IF NOT EXISTS lake.s");
        await connection.ExecuteAsync("USE lake");
        string Of(string column, string value) => $"{(changed == column ? $"({value}) * 3 + 7" : value)} AS {column[2..]}";
        await connection.ExecuteAsync($"CREATE OR REPLACE TABLE lake.s.t AS SELECT {Of("t.id", "i")}, {Of("t.a", "i % 3")}, {Of("t.b", "i * i % 7")}, {Of("t.c", "(i * 5) % 4")} FROM range(8) r(i)");
        await connection.ExecuteAsync($"CREATE OR REPLACE TABLE lake.s.u AS SELECT {Of("u.id", "i * 2")}, {Of("u.d", "i % 4")}, {Of("u.e", "i % 3")} FROM range(6) r(i)");
    }

    static string Shown(IReadOnlyList<ColumnSource> sources) => string.Join(' ', sources.Select(s =>
    {
        var text = new StringBuilder($"{s.Column.Table.Name}.{s.Column.Column}:");
        foreach (var how in s.Transformations)
        {
            text.Append(how.IsDirect ? how.Subtype[0] : how.Subtype switch { "GROUP_BY" => 'g', _ => char.ToLowerInvariant(how.Subtype[0]) });
            text.Append(how.IsMasking ? "M" : "");
        }

        return text.ToString();
    }).SelectMany(text => text.Count(char.IsUpper) > 1 && !text.EndsWith('M') ? Split(text) : [text]));

    static IEnumerable<string> Split(string text) => text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..].Select(c => $"{text[..text.IndexOf(':', StringComparison.Ordinal)]}:{c}");
}
