using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Tests.Compilation;

/// <summary>What the built-in materializations do on a real DuckDB, build after build.</summary>
public sealed class MaterializationTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static Task<AdapterResponse> RunAsync(CompilerLab lab, string sql) => lab.Adapter.ExecuteAsync(sql, fetch: false, null, Cancel);

    [Fact]
    public async Task A_view_becomes_a_table_and_back_and_a_query_that_is_not_valid_takes_nothing_away()
    {
        using var lab = await CompilerLab.OpenAsync();
        foreach (var kind in new[] { "view", "table", "table", "view" })
        {
            var built = await lab.BuildAsync(lab.Model("m", "select 7 as x", [("materialized", kind)]));
            Assert.Equal(kind == "view" ? RelationKind.View : RelationKind.Table, Assert.Single(built.Relations).Kind);
            Assert.Equal(["7"], await lab.Adapter.RowsAsync("select * from lake.main.m"));
        }

        var error = await Assert.ThrowsAsync<PipelineException>(() => lab.BuildAsync(lab.Model("m", "select nothing_here as x", [("materialized", "table")])));
        Assert.Contains("nothing_here", error.Message, StringComparison.Ordinal);
        Assert.Equal(["7"], await lab.Adapter.RowsAsync("select * from lake.main.m"));
    }

    [Theory]
    [InlineData("append", "1|a,1|b,2|b")]
    [InlineData("default", "1|b,2|b")]
    [InlineData("delete+insert", "1|b,2|b")]
    [InlineData("merge", "1|b,2|b")]
    public async Task Incremental_strategies_do_with_known_keys_what_they_say(string strategy, string expected)
    {
        using var lab = await CompilerLab.OpenAsync();
        const string sql = "{% if is_incremental() %}select * from (values (1, 'b'), (2, 'b')) t(id, v){% else %}select 1 as id, 'a' as v{% endif %}";
        var model = lab.Model("m", sql, [("materialized", "incremental"), ("incremental_strategy", strategy), ("unique_key", "id")]);
        await lab.BuildAsync(model);
        await lab.BuildAsync(model);
        Assert.Equal(expected.Split(','), await lab.Adapter.RowsAsync("select * from lake.main.m order by all"));
        await lab.BuildAsync(model, fullRefresh: true);
        Assert.Equal(["1|a"], await lab.Adapter.RowsAsync("select * from lake.main.m"));
    }

    [Fact]
    public async Task Overwriting_replaces_the_partitions_of_the_new_rows_and_no_others()
    {
        using var lab = await CompilerLab.OpenAsync();
        const string sql = "{% if is_incremental() %}select 2 as day, 'new' as v{% else %}select * from (values (1, 'old'), (2, 'old'), (2, 'older')) t(day, v){% endif %}";
        var model = lab.Model("m", sql, [("materialized", "incremental"), ("incremental_strategy", "insert_overwrite"), ("partition_by", "day")]);
        await lab.BuildAsync(model);
        await lab.BuildAsync(model);
        Assert.Equal(["1|old", "2|new"], await lab.Adapter.RowsAsync("select * from lake.main.m order by all"));
    }

    [Theory]
    [InlineData("append_new_columns", "1|x|,2||y")]
    [InlineData("sync_all_columns", "1|,2|y")]
    public async Task Columns_that_come_and_go_are_followed_as_on_schema_change_says(string mode, string expected)
    {
        using var lab = await CompilerLab.OpenAsync();
        const string sql = "{% if is_incremental() %}select 2 as id, 'y' as b{% else %}select 1 as id, 'x' as a{% endif %}";
        if (mode == "append_new_columns")
        {
            await lab.BuildAsync(lab.Model("m", sql, [("materialized", "incremental"), ("on_schema_change", mode)]));
            await lab.BuildAsync(lab.Model("m", "select 2 as id, null::varchar as a, 'y' as b", [("materialized", "incremental"), ("on_schema_change", mode)]));
        }
        else
        {
            var model = lab.Model("m", sql, [("materialized", "incremental"), ("on_schema_change", mode)]);
            await lab.BuildAsync(model);
            await lab.BuildAsync(model);
        }

        Assert.Equal(expected.Split(','), await lab.Adapter.RowsAsync("select * from lake.main.m order by id"));
    }

    [Fact]
    public async Task A_change_of_columns_fails_where_it_is_to_fail()
    {
        using var lab = await CompilerLab.OpenAsync();
        await lab.BuildAsync(lab.Model("m", "select 1 as id", [("materialized", "incremental"), ("on_schema_change", "fail")]));
        var error = await Assert.ThrowsAsync<PipelineException>(() => lab.BuildAsync(lab.Model("m", "select 1 as id, 2 as more", [("materialized", "incremental"), ("on_schema_change", "fail")])));
        Assert.Contains("out of sync", error.Message, StringComparison.Ordinal);
        Assert.Equal(["1"], await lab.Adapter.RowsAsync("select * from lake.main.m"));
    }

    [Fact]
    public async Task A_project_brings_its_own_strategy_materialization_and_built_in_macros()
    {
        using var lab = await CompilerLab.OpenAsync();
        lab.Macro("get_incremental_newest_sql", "{% macro get_incremental_newest_sql(arg_dict) %}delete from {{ arg_dict['target_relation'] }}; {{ get_incremental_append_sql(arg_dict) }}{% endmacro %}");
        lab.Macro("default__dateadd", "{% macro default__dateadd(datepart, interval, from_date_or_timestamp) %}'own {{ datepart }}'{% endmacro %}");
        lab.Macro("materialization_twice_default", """
            {% materialization twice, default %}
              {% call statement('main') %}create or replace table {{ this }} as (select * from ({{ sql }}) union all select * from ({{ sql }})){% endcall %}
              {{ return({'relations': [this.incorporate(type='table')]}) }}
            {% endmaterialization %}
            """);
        var model = lab.Model("m", "select {{ 2 if is_incremental() else 1 }} as id, {{ dbt.dateadd('day', 1, 'x') }} as v", [("materialized", "incremental"), ("incremental_strategy", "newest")]);
        await lab.BuildAsync(model);
        await lab.BuildAsync(model);
        await lab.BuildAsync(lab.Model("t", "select 5 as n", [("materialized", "twice")]));
        Assert.Equal(["2|own day"], await lab.Adapter.RowsAsync("select * from lake.main.m"));
        Assert.Equal(["5", "5"], await lab.Adapter.RowsAsync("select * from lake.main.t"));
    }

    [Fact]
    public async Task A_snapshot_closes_what_changed_and_marks_what_is_gone()
    {
        using var lab = await CompilerLab.OpenAsync();
        await RunAsync(lab, "create table lake.main.src as select * from (values (1, 'a', timestamp '2024-01-01'), (2, 'b', timestamp '2024-01-01')) t(id, v, seen)");
        var snapshot = lab.Snapshot("history", "select * from lake.main.src", ("unique_key", "id"), ("strategy", "timestamp"), ("updated_at", "seen"), ("hard_deletes", "new_record"));
        await lab.BuildAsync(snapshot);
        await RunAsync(lab, "update lake.main.src set v = 'A', seen = timestamp '2024-02-01' where id = 1; delete from lake.main.src where id = 2");
        await lab.BuildAsync(snapshot);
        await lab.BuildAsync(snapshot);
        Assert.Equal(
            ["1|a|True|False", "1|A|False|False", "2|b|True|False", "2|b|False|True"],
            await lab.Adapter.RowsAsync("select id, v, dbt_valid_to is not null, dbt_is_deleted from lake.main.history order by id, dbt_valid_from"));
        Assert.Equal(["2024-02-01"], await lab.Adapter.RowsAsync("select strftime(dbt_valid_to, '%Y-%m-%d') from lake.main.history where id = 1 and v = 'a'"));
    }

    [Fact]
    public async Task Generic_tests_count_and_a_contract_names_what_differs()
    {
        using var lab = await CompilerLab.OpenAsync();
        await lab.BuildAsync(lab.Model("m", "select * from (values (1, 'x'), (1, null)) t(id, v)", [("materialized", "table")]));
        async Task<long> FailuresAsync(TestNode test) => (await Task.Run(() =>
        {
            var compiler = lab.Compiler();
            return compiler.RunTest(test, compiler.Compile(test));
        })).Failures;
        const string relation = "{{ get_where_subquery(ref('m')) }}";
        Assert.Equal(1, await FailuresAsync(lab.Test("u", "unique", ("model", relation), ("column_name", "id"))));
        Assert.Equal(1, await FailuresAsync(lab.Test("n", "not_null", ("model", relation), ("column_name", "v"))));
        Assert.Equal(0, await FailuresAsync(lab.Test("a", "accepted_values", ("model", relation), ("column_name", "v"), ("values", new JinjaList(["x"])))));

        ColumnInfo[] columns = [new() { Name = "id", DataType = "integer" }, new() { Name = "v", DataType = "integer" }];
        var contracted = lab.Model("c", "select 1 as id, 'x' as v", [("materialized", "table"), ("contract", CompilerLab.Dict(("enforced", true)))], columns: columns);
        var error = await Assert.ThrowsAsync<PipelineException>(() => lab.BuildAsync(contracted));
        Assert.Contains("enforced contract that failed", error.Message, StringComparison.Ordinal);
        Assert.Contains("data type mismatch", error.Message, StringComparison.Ordinal);

        ColumnInfo[] strict = [new() { Name = "id", DataType = "integer", Constraints = [new NodeConstraint { Type = "not_null" }] }];
        var broken = lab.Model("c", "select null::integer as id", [("materialized", "table"), ("contract", CompilerLab.Dict(("enforced", true)))], columns: strict);
        Assert.Contains("NOT NULL", (await Assert.ThrowsAsync<PipelineException>(() => lab.BuildAsync(broken))).Message, StringComparison.OrdinalIgnoreCase);
        var held = lab.Model("c", "select 3 as id", [("materialized", "table"), ("contract", CompilerLab.Dict(("enforced", true)))], columns: strict);
        await lab.BuildAsync(held);
        Assert.Equal(["3"], await lab.Adapter.RowsAsync("select * from lake.main.c"));
    }

    [Fact]
    public async Task Ephemeral_models_stand_in_front_once_each_and_hooks_run_around()
    {
        using var lab = await CompilerLab.OpenAsync();
        lab.Model("base", "select 1 as n", [("materialized", "ephemeral")]);
        lab.Model("twice", "select n * 2 as n from {{ ref('base') }}", [("materialized", "ephemeral")], ["base"]);
        var hook = CompilerLab.Dict(("sql", "create or replace table lake.main.hooked as select '{{ this.identifier }}' as name"), ("transaction", true));
        var model = lab.Model(
            "top", "with own as (select 5 as n) select n from {{ ref('twice') }} union all select n from {{ ref('base') }} union all select n from own",
            [("materialized", "table"), ("post-hook", new JinjaList([hook]))], ["twice", "base"]);
        await lab.BuildAsync(model);
        Assert.Equal(["1", "2", "5"], await lab.Adapter.RowsAsync("select n from lake.main.top order by n"));
        Assert.Equal(["top"], await lab.Adapter.RowsAsync("select name from lake.main.hooked"));
        var missing = await Assert.ThrowsAsync<PipelineException>(() => lab.BuildAsync(lab.Model("bad", "select * from {{ ref('base') }}", [("materialized", "table")])));
        Assert.Contains("unable to infer all dependencies", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seeds_keep_their_types_and_take_new_rows_in_the_place_of_old_ones()
    {
        using var lab = await CompilerLab.OpenAsync();
        var seed = new SeedNode
        {
            UniqueId = "seed.lab.s",
            Name = "s",
            PackageName = "lab",
            Path = "s.csv",
            OriginalFilePath = "seeds/s.csv",
            Fqn = ["lab", "s"],
            Database = "lake",
            Schema = "main",
            Alias = "s",
            RootPath = "/",
            Config = new NodeConfig(CompilerLab.Dict(("materialized", "seed"), ("column_types", CompilerLab.Dict(("code", "varchar"))))),
        };
        for (var round = 1L; round <= 2; round++)
        {
            var rows = new AdapterTable(
                [new AdapterColumn("id", "INTEGER"), new AdapterColumn("code", "INTEGER"), new AdapterColumn("day", "DATE")],
                [[round, 7L, new DateOnly(2024, 2, 3)], [round + 1, null, null]]);
            await Task.Run(() => lab.Compiler().Materialize(seed, new Pipelines.Compilation.CompiledNode("", "", []), rows), Cancel);
            Assert.Equal([$"{round}|7|2024-02-03", $"{round + 1}||"], await lab.Adapter.RowsAsync("select id, code || '', strftime(day, '%Y-%m-%d') from lake.main.s order by id"));
        }
    }
}
