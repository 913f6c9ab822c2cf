using Lakehouse.Jinja;
using Lakehouse.Pipelines.Artifacts;
using Lakehouse.Pipelines.Parsing;

namespace Lakehouse.Pipelines.Tests.Parsing;

/// <summary>With a cache a project parses to just what it parses to without one.</summary>
public sealed class ParseCacheTests
{
    static ParsedTestProject Project() => new(
        ("models/a.sql", "{{ config(tags=['x'], meta={'n': 1, 'f': 0.5, 'none': none}) }} select '{{ env_var('COLOUR', 'grey') }}' as colour, {{ cents('1') }} as c"),
        ("models/b.sql", "select * from {{ ref('a') }} join {{ source('raw', 'events') }} using (id)"),
        ("models/c.sql", "{% if env_var('COLOUR', 'grey') == 'red' %}select * from {{ ref('a') }}{% else %}select * from {{ ref('b') }}{% endif %}"),
        ("macros/m.sql", "{% macro cents(c) %}{{ c }}/100{% endmacro %}"),
        ("models/all.yml", "version: 2\nmodels:\n  - name: a\n    columns: [{name: id, data_tests: [unique, {accepted_values: {arguments: {values: [1, 2.5, yes, ~]}}}]}]\nsources:\n  - {name: raw, tables: [{name: events}]}\n"));

    static string Manifest(ParseOptions options) => Json.Write(ManifestWriter.Of(ProjectParser.Parse(options), "id", DateTimeOffset.UnixEpoch));

    [Fact]
    public void An_edit_gives_what_a_parse_without_a_cache_gives()
    {
        using var project = Project();
        var cached = project.Options() with { CacheFile = project.Cache };
        Assert.Equal(Manifest(project.Options()), Manifest(cached));
        Assert.True(File.Exists(project.Cache));
        Assert.Equal(Manifest(project.Options()), Manifest(cached));

        foreach (var (path, text) in new[]
        {
            ("models/b.sql", "select 1 as id"),
            ("models/d.sql", "select * from {{ ref('c') }}"),
            ("macros/m.sql", "{% macro cents(c) %}{{ config(materialized='table') }}{{ c }}/100{% endmacro %}"),
            ("models/all.yml", "models:\n  - {name: d, description: new}\nsources:\n  - {name: raw, tables: [{name: events}]}\n"),
            ("dbt_project.yml", "name: shop\nprofile: any\nmodels:\n  +materialized: table\n"),
        })
        {
            var before = Manifest(cached);
            project.Write(path, text);
            Assert.Equal(Manifest(project.Options()), Manifest(cached));
            Assert.NotEqual(before, Manifest(cached));
        }
    }

    [Fact]
    public void What_was_read_from_the_environment_is_looked_at_again()
    {
        using var project = Project();
        var grey = ProjectParser.Parse(project.Options() with { CacheFile = project.Cache });
        var red = ProjectParser.Parse(project.Options(("COLOUR", "red")) with { CacheFile = project.Cache });
        Assert.Equal(["model.shop.b"], grey.Manifest.Nodes["model.shop.c"].DependsOnNodes);
        Assert.Equal(["model.shop.a"], red.Manifest.Nodes["model.shop.c"].DependsOnNodes);
    }

    [Fact]
    public void A_broken_cache_is_as_good_as_none()
    {
        using var project = Project();
        var cached = project.Options() with { CacheFile = project.Cache };
        var expected = Manifest(cached);
        var bytes = File.ReadAllBytes(project.Cache);
        foreach (var broken in new[] { [], bytes[..20], bytes[..^1], [.. bytes[..200], (byte)(bytes[200] ^ 1), .. bytes[201..]] })
        {
            File.WriteAllBytes(project.Cache, broken);
            Assert.Equal(expected, Manifest(cached));
        }
    }
}
