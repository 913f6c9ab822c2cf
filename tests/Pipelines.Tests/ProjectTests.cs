using Lakehouse.Pipelines.Compilation;

namespace Lakehouse.Pipelines.Tests;

public sealed class ProjectTests
{
    [Fact]
    public void Config_comes_from_the_project_then_the_properties_then_the_model()
    {
        using var project = new TestProject(
            ("dbt_project.yml", "name: shop\nmodels:\n  +materialized: table\n  shop:\n    marts:\n      +schema: marts\n      +tags: [one]\n      +meta: {owner: a, level: 1}\n"),
            ("models/marts/p.yml", "models:\n  - name: m\n    description: Text\n    config:\n      schema: from_yaml\n      tags: two\n      meta: {level: 2}\n"),
            ("models/marts/m.sql", "{{ config(schema='from_model', tags=['three', 'one']) }}select '{{ config.get('tags') | join('+') }} {{ config.get('meta').owner }}{{ config.get('meta').level }}' as x"));
        Assert.Equal("select 'one+two+three a2' as x", project.Compiled("m"));
        var model = project.Load().Models.Single();
        Assert.Equal(("main_from_model", "m", "Text"), (model.Namespace, model.Alias, model.Description));
    }

    [Fact]
    public void Without_a_macro_of_the_project_schemas_are_named_as_in_dbt()
    {
        using var project = new TestProject(("models/a.sql", "{{ config(schema='gold') }} select 1 as x"), ("models/b.sql", "{{ config(alias='other') }} select 1 as x"));
        var models = project.Load(new PipelineTarget { Schema = "dev" }).Models;
        Assert.Equal(["dev_gold.a", "dev.other"], models.Select(m => $"{m.Namespace}.{m.Alias}"));
    }

    [Fact]
    public void The_project_may_name_schemas_by_a_macro_that_sees_the_model()
    {
        using var project = new TestProject(
            ("macros/n.sql", "{% macro generate_schema_name(custom_schema_name, node) %}\n  {{ custom_schema_name or node.fqn[1] }}\n{% endmacro %}"),
            ("models/silver/a.sql", "select 1 as x"),
            ("models/silver/b.sql", "{{ config(schema='gold') }} select 1 as x"));
        Assert.Equal(["silver", "gold"], project.Load().Models.Select(m => m.Namespace));
    }

    [Fact]
    public void Relations_are_quoted_full_names()
    {
        using var project = new TestProject(
            ("models/s.yml", "sources:\n  - name: raw\n    schema: bronze\n    tables: [{name: t, identifier: t_2024}]\n"),
            ("models/a.sql", "select 1 as x"),
            ("models/b.sql", "select * from {{ ref('a') }}, {{ ref('shop', 'a') }}, {{ source('raw', 't') }} -- {{ this }} {{ this.schema }}"));
        Assert.Equal("select * from \"lake\".\"main\".\"a\", \"lake\".\"main\".\"a\", \"lake\".\"bronze\".\"t_2024\" -- \"lake\".\"main\".\"b\" main", project.Compiled("b"));
    }

    [Fact]
    public void Ephemeral_models_become_common_table_expressions_each_once()
    {
        using var project = new TestProject(
            ("models/base.sql", "{{ config(materialized='ephemeral') }}select 1 as x"),
            ("models/mid.sql", "{{ config(materialized='ephemeral') }}select * from {{ ref('base') }}"),
            ("models/top.sql", "-- with care\nwith own as (select 2 as y) select * from own, {{ ref('mid') }}, {{ ref('base') }}"));
        Assert.Equal(
            "-- with care\nwith  __dbt__cte__base as (\nselect 1 as x\n), __dbt__cte__mid as (\nselect * from __dbt__cte__base\n), own as (select 2 as y) select * from own, __dbt__cte__mid, __dbt__cte__base",
            project.Compiled("top"));
    }

    [Fact]
    public void Variables_of_the_project_s_own_name_come_first_and_a_missing_one_is_an_error()
    {
        using var project = new TestProject(
            ("dbt_project.yml", "name: shop\nvars:\n  a: 1\n  b: NO\n  shop:\n    a: 2\nmodels:\n  +materialized: table\n"),
            ("models/m.sql", "select {{ var('a') }} as a, {{ var('b') }} as b, {{ var('c', 'd') }} as c"),
            ("models/n.sql", "select 1 as a,\n  {{ var('missing') }} as b"));
        Assert.Equal("select 2 as a, False as b, d as c", project.Compiled("m"));
        var error = Assert.Throws<PipelineException>(() => project.Compiled("n"));
        Assert.Equal((PipelineErrorKind.Template, "models/n.sql", 2), (error.Kind, error.File, error.Line));
        Assert.Equal("{{ var('missing') }} as b", error.LineText);
    }

    [Fact]
    public void Only_listed_environment_variables_are_visible_and_secrets_never()
    {
        using var project = new TestProject(("models/m.sql", "select '{{ env_var('REGION', 'none') }}' as a, '{{ env_var('PATH', 'hidden') }}' as b"), ("models/s.sql", "select 1 as x"));
        var target = new PipelineTarget { Environment = new Dictionary<string, string> { ["REGION"] = "eu", ["DBT_ENV_SECRET_KEY"] = "s3cret" } };
        Assert.Equal("select 'eu' as a, 'hidden' as b", project.Compiled("m", target));
        project.Write("models/s.sql", "select '{{ env_var('DBT_ENV_SECRET_KEY') }}' as a");
        var error = Assert.Throws<PipelineException>(() => project.Load(target));
        Assert.DoesNotContain("s3cret", error.ToString());
    }

    [Fact]
    public void Macros_see_the_model_that_calls_them_and_what_they_log_is_heard_once()
    {
        using var project = new TestProject(
            ("macros/m.sql", "{% macro name_of() %}{{ log('at ' ~ model.name) }}{{ this.identifier }}{% endmacro %}"),
            ("models/a.sql", "select '{{ name_of() }}' as x"));
        var heard = new List<string>();
        var pipeline = project.Load(log: heard.Add);
        Assert.Equal("select 'a' as x", pipeline.Compiler.Compile(pipeline.Models[0]));
        Assert.Equal(["at a"], heard);
    }

    [Fact]
    public void What_is_wrong_in_a_file_is_said_with_its_line()
    {
        using var yaml = new TestProject(("models/bad.yml", "models:\n  - name: a\n  - nothing: b\n"));
        Assert.Equal(("models/bad.yml", 3), (yaml.Refused().File, yaml.Refused().Line));
        using var syntax = new TestProject(("models/a.sql", "select 1\n{% if %}"));
        Assert.Equal(("models/a.sql", 2, "{% if %}"), (syntax.Refused().File, syntax.Refused().Line, syntax.Refused().LineText));
        using var raised = new TestProject(("models/a.sql", "\n\nselect 1 {{ exceptions.raise_compiler_error('no ' ~ model.name) }}"));
        Assert.Equal("models/a.sql:1: no a\n    select 1 {{ exceptions.raise_compiler_error('no ' ~ model.name) }}", raised.Refused().Message);
        using var empty = new TestProject(("models/x.yml", "# nothing\n"), ("models/a.sql", "select 1 as x"));
        Assert.Single(empty.Load().Models);
    }

    [Fact]
    public void Tests_that_are_declared_and_not_run_are_said()
    {
        using var project = new TestProject(("models/p.yml", "models:\n  - name: a\n    columns:\n      - name: x\n        data_tests: [not_null]\n"), ("models/a.sql", "select 1 as x"));
        Assert.Equal(["models/p.yml:5: data_tests of a.x are not run"], project.Load().Project.Notices);
    }

    [Fact]
    public void A_path_that_leads_out_of_the_project_is_refused()
    {
        using var project = new TestProject(("dbt_project.yml", "name: shop\nmodel-paths: ['../elsewhere']\n"));
        Assert.Equal("dbt_project.yml", project.Refused().File);
    }
}
