using Lakehouse.Pipelines.Compilation;

namespace Lakehouse.Pipelines.Tests;

public sealed class PlannerTests
{
    const string Sources = "sources:\n  - name: bronze\n    tables:\n      - name: orders\n      - {name: clients, identifier: raw_clients}\n";

    [Fact]
    public void A_plan_orders_models_and_looks_through_ephemeral_ones()
    {
        using var project = new TestProject(
            ("models/sources.yml", Sources),
            ("models/a_report.sql", "select * from {{ ref('clean') }} join {{ ref('totals') }} using (id)"),
            ("models/clean.sql", "{{ config(materialized='ephemeral') }} select * from {{ source('bronze', 'orders') }} join {{ source('bronze', 'clients') }} using (id)"),
            ("models/totals.sql", "select id, count(*) as n from {{ ref('clean') }} group by id"));
        var plan = project.Load().Plan;
        Assert.Equal("shop", plan.Pipeline);
        Assert.Equal(["bronze.orders", "bronze.raw_clients"], plan.Sources.Select(s => s.FullName));
        Assert.Equal(["main.totals", "main.a_report"], plan.Steps.Select(s => s.FullName));
        Assert.Equal(["totals"], plan.Steps[1].DependsOn);
        Assert.Equal(["bronze.orders", "bronze.raw_clients"], plan.Steps[1].Sources.Select(s => s.FullName));
    }

    [Fact]
    public void A_missing_model_is_named_with_file_and_line()
    {
        using var project = new TestProject(("models/x/report.sql", "select 1\nfrom {{ ref('nothing') }}"));
        var error = project.Refused();
        Assert.Equal((PipelineErrorKind.MissingDependency, "models/x/report.sql", 2), (error.Kind, error.File, error.Line));
        Assert.Contains("'nothing'", error.Message);
    }

    [Fact]
    public void A_missing_source_is_named_with_the_file_and_line_of_the_macro_that_asks_for_it()
    {
        using var project = new TestProject(
            ("models/report.sql", "select * from {{ orders() }}"),
            ("macros/orders.sql", "{% macro orders() %}\n{{ source('bronze', 'orders') }}\n{% endmacro %}"));
        var error = project.Refused();
        Assert.Equal((PipelineErrorKind.MissingDependency, "macros/orders.sql", 2), (error.Kind, error.File, error.Line));
    }

    [Fact]
    public void A_circle_is_named_with_its_models_and_the_line_that_closes_it()
    {
        using var project = new TestProject(
            ("models/a.sql", "select * from {{ ref('b') }}"),
            ("models/b.sql", "select * from {{ ref('c') }}"),
            ("models/c.sql", "select 1\n,2\nfrom {{ ref('a') }}"));
        var error = project.Refused();
        Assert.Equal((PipelineErrorKind.Cycle, "models/c.sql", 3), (error.Kind, error.File, error.Line));
        Assert.Contains("a -> b -> c -> a", error.Message);
    }

    [Theory]
    [InlineData("view")]
    [InlineData("incremental")]
    [InlineData("materialized_view")]
    public void Other_materializations_are_refused_by_name(string kind)
    {
        using var project = new TestProject(("models/v.sql", $"{{{{ config(materialized='{kind}') }}}} select 1 as a"));
        var error = project.Refused();
        Assert.Equal((PipelineErrorKind.Unsupported, "models/v.sql"), (error.Kind, error.File));
        Assert.Contains($"'{kind}'", error.Message);
    }

    [Fact]
    public void What_would_silently_not_happen_is_refused()
    {
        using var hooks = new TestProject(("models/h.sql", "{{ config(post_hook='delete from x') }} select 1 as a"));
        Assert.Contains("post_hook", hooks.Refused().Message);
        using var start = new TestProject(("dbt_project.yml", "name: shop\n\non-run-start: select 1\n"));
        Assert.Equal(("dbt_project.yml", 3), (start.Refused().File, start.Refused().Line));
        using var python = new TestProject(("models/m.py", "def model(): pass"));
        Assert.Equal("models/m.py", python.Refused().File);
    }

    [Fact]
    public void Two_models_of_one_table_and_two_of_one_name_are_refused()
    {
        using var tables = new TestProject(("models/a.sql", "{{ config(alias='t') }} select 1 as x"), ("models/b.sql", "{{ config(alias='t') }} select 1 as x"));
        Assert.Contains("main.t", tables.Refused().Message);
        using var names = new TestProject(("models/x/a.sql", "select 1"), ("models/y/a.sql", "select 1"));
        Assert.Contains("models/x/a.sql and models/y/a.sql", names.Refused().Message);
    }

    [Fact]
    public void A_table_name_that_is_no_plain_name_is_refused()
    {
        using var project = new TestProject(("models/a.sql", "{{ config(alias='t\"; drop table x; --') }} select 1 as x"));
        Assert.Equal(PipelineErrorKind.InvalidProject, project.Refused().Kind);
    }

    [Fact]
    public void A_disabled_model_is_left_out()
    {
        using var project = new TestProject(("models/a.sql", "{{ config(enabled=false) }} select 1 as x"), ("models/b.sql", "select 1 as x"));
        Assert.Equal(["main.b"], project.Load().Plan.Steps.Select(s => s.FullName));
    }

    [Fact]
    public void Dependencies_that_only_the_second_rendering_finds_are_an_error_of_that_model()
    {
        using var project = new TestProject(("models/a.sql", "select 1 as x"), ("models/b.sql", "{% if execute %}select * from {{ ref('a') }}{% endif %}"));
        var error = Assert.Throws<PipelineException>(() => project.Compiled("b"));
        Assert.Contains("-- depends_on: {{ ref('a') }}", error.Message);
    }

    [Fact]
    public void The_hash_changes_with_any_file_of_the_project_and_with_nothing_else()
    {
        using var project = new TestProject(("models/a.sql", "select 1 as x"), ("macros/m.sql", "{% macro m() %}{% endmacro %}"));
        var hash = project.Load().Plan.ProjectHash;
        Assert.Equal(hash, project.Load().Plan.ProjectHash);
        project.Write("notes.txt", "not part of it");
        Assert.Equal(hash, project.Load().Plan.ProjectHash);
        project.Write("macros/m.sql", "{% macro m() %} {% endmacro %}");
        Assert.NotEqual(hash, project.Load(new PipelineTarget()).Plan.ProjectHash);
    }
}
