using LakeAspire.Testing;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Parsing;
using Lakehouse.Pipelines.Profiles;

namespace Lakehouse.Pipelines.Tests.Parsing;

public sealed class ProjectParserTests
{
    [Fact]
    public void Yaml_1_1_anchors_and_merges_are_read()
    {
        using var project = new ParsedTestProject(
            ("models/a.sql", "select 1 as id"),
            ("models/b.sql", "select 1 as id"),
            ("models/p.yml", "models:\n  - &base\n    name: a\n    description: &d shared\n    config: &c {meta: {country: NO, n: 0x1F, big: 1_000}, tags: [t]}\n  - <<: *base\n    name: b\n    config: {<<: *c, tags: [u]}\n"));
        var nodes = project.Parse().Manifest.Nodes;
        Assert.Equal("shared", nodes["model.shop.b"].Description);
        Assert.Equal(["u"], nodes["model.shop.b"].Tags);
        var meta = nodes["model.shop.b"].Meta;
        Assert.Equal([false, 31L, 1000L], [.. new[] { "country", "n", "big" }.Select(k => meta.TryGet(k, out var value) ? value : null)]);
    }

    [Fact]
    public void A_profile_of_any_adapter_is_a_target_of_the_lake_and_shows_no_secret()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.Below("dbt_project.yml"), "name: shop\nprofile: warehouse\n");
        File.WriteAllText(
            folder.Below("profiles.yml"),
            "warehouse:\n  target: \"{{ env_var('WHERE') }}\"\n  outputs:\n    prod: {type: snowflake, account: acme, user: u, password: \"{{ env_var('DBT_ENV_SECRET_PASS') }}\", database: analytics, schema: gold, threads: 8}\n    other: {type: postgres, schema: \"{{ env_var('MISSING') }}\"}\n");
        var options = new ParseOptions { ProjectDir = folder.Path, Environment = new Dictionary<string, string> { ["WHERE"] = "prod", ["DBT_ENV_SECRET_PASS"] = "hush" } };
        var target = ProjectParser.Parse(options).Target;
        Assert.Equal(("prod", "duckdb", "snowflake", "analytics", "gold", 8), (target.Name, target.Type, target.WrittenFor, target.Database, target.Schema, target.Threads));
        Assert.DoesNotContain("hush", Lakehouse.Jinja.Json.Write(target.Settings), StringComparison.Ordinal);
        var refused = Assert.Throws<PipelineException>(() => ProjectParser.Parse(options with { Profile = new ProfileOptions(Target: "nowhere") }));
        Assert.Equal(PipelineErrorKind.Profile, refused.Kind);
        Assert.Contains("The valid target names for this profile are:\n - prod\n - other", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_name_file_line_and_text()
    {
        using var project = new ParsedTestProject(("models/a.sql", "select 1 as id,\n  {{ boom() }} as x"), ("macros/m.sql", "{% macro boom() %}\n  {{ 1 / 0 }}\n{% endmacro %}"));
        var error = project.Refused();
        Assert.Equal(("macros/m.sql", 2, "{{ 1 / 0 }}", "division by zero"), (error.File, error.Line, error.LineText, error.Reason));
        project.Write("macros/m.sql", "{% macro boom() %}1{% endmacro %}");
        project.Write("models/p.yml", "models:\n  - name: a\n    columns:\n      - name: x\n        data_tests:\n          - relationships: {arguments: {to: ref('a'), field: id}, config: {severity: loud}}\n");
        var config = project.Refused();
        Assert.Equal(("models/p.yml", 2, "at path []: Severity must be either 'warn' or 'error'. Got 'loud'"), (config.File, config.Line, config.Reason));
    }

    [Fact]
    public void Ignored_files_are_no_part_of_the_project()
    {
        using var project = new ParsedTestProject((".dbtignore", "# drafts\ndrafts/\n*.tmp.sql\n!keep.tmp.sql\n"), ("models/a.sql", "select 1"), ("models/drafts/b.sql", "select 1"), ("models/c.tmp.sql", "select 1"), ("models/keep.tmp.sql", "select 1"), ("models/.d.sql", "select 1"));
        Assert.Equal(["a", "keep.tmp"], project.Parse().Manifest.Nodes.Values.Select(n => n.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Hooks_make_dependencies_and_runs_have_their_own()
    {
        using var project = new ParsedTestProject(
            ("dbt_project.yml", "name: shop\nprofile: any\non-run-start: \"create schema if not exists x\"\non-run-end: [\"select 1\", \"{{ ref('a') }}\"]\nmodels:\n  +post-hook: [\"project {{ this }}\"]\n"),
            ("models/a.sql", "select 1 as id"),
            ("models/b.sql", "{{ config(post_hook=\"insert into log select * from {{ ref('a') }}\") }} select 1 as id"));
        var manifest = project.Parse().Manifest;
        var b = manifest.Nodes["model.shop.b"];
        Assert.Equal(["model.shop.a"], b.DependsOnNodes);
        Assert.Equal(["project {{ this }}", "insert into log select * from {{ ref('a') }}"], b.Config.PostHooks.Select(h => h.Sql));
        Assert.Equal(["operation.shop.shop-on-run-end-0", "operation.shop.shop-on-run-end-1", "operation.shop.shop-on-run-start-0"], manifest.Nodes.Values.OfType<OperationNode>().Select(o => o.UniqueId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Config_that_reaches_nothing_is_warned_of()
    {
        using var project = new ParsedTestProject(
            ("dbt_project.yml", "name: shop\nprofile: any\nmodels:\n  shop:\n    +tags: [t]\n    here: {+materialized: table}\n    renamed: {+materialized: table}\n"),
            ("models/here/a.sql", "select 1 as id"));
        var warning = Assert.Single(project.Parse().Manifest.Warnings);
        Assert.Equal("UnusedResourceConfigPath", warning.Event);
        Assert.EndsWith("There are 1 unused configuration paths:\n- models.shop.renamed", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Protected_models_of_a_package_that_restricts_access_are_its_own()
    {
        using var project = new ParsedTestProject(
            ("dbt_packages/lib/dbt_project.yml", "name: lib\nrestrict-access: true\n"),
            ("dbt_packages/lib/models/inner.sql", "select 1 as id"),
            ("dbt_packages/lib/models/outer.sql", "{{ config(access='public') }} select * from {{ ref('inner') }}"),
            ("models/a.sql", "select * from {{ ref('lib', 'outer') }}"));
        Assert.Equal(["model.lib.outer"], project.Parse().Manifest.Nodes["model.shop.a"].DependsOnNodes);
        project.Write("models/a.sql", "select * from {{ ref('inner') }}");
        Assert.Equal(PipelineErrorKind.Access, project.Refused().Kind);
    }
}
