namespace Lakehouse.Pipelines.Tests.Parsing;

/// <summary>What <c>state:</c> and <c>result:</c> find against the artifacts of an earlier run.</summary>
public sealed class StateSelectionTests
{
    static ParsedTestProject Project()
    {
        var project = new ParsedTestProject(
            ("models/a.sql", "select {{ one() }} as id"),
            ("models/b.sql", "select * from {{ ref('a') }}"),
            ("models/c.sql", "select * from {{ ref('b') }}"),
            ("seeds/s.csv", "id\n1\n"),
            ("macros/one.sql", "{% macro one() %}{{ two() }}{% endmacro %}"),
            ("macros/two.sql", "{% macro two() %}2{% endmacro %}"),
            ("models/p.yml", "models:\n  - {name: b, description: old, config: {alias: bee}}\n"));
        project.KeepState();
        return project;
    }

    [Fact]
    public void Nothing_is_modified_until_something_is()
    {
        using var project = Project();
        Assert.Empty(project.Select("state:modified"));
        Assert.Empty(project.Select("state:new"));
        Assert.Equal(4, project.Select("state:unmodified").Length);
    }

    [Theory]
    [InlineData("models/c.sql", "select 1 as id", "state:modified", "model.shop.c")]
    [InlineData("models/c.sql", "select 1 as id", "state:modified.body", "model.shop.c")]
    [InlineData("models/c.sql", "{{ config(materialized='table') }} select * from {{ ref('b') }}", "state:modified.configs", "model.shop.c")]
    [InlineData("models/d.sql", "select 1 as id", "state:new", "model.shop.d")]
    [InlineData("seeds/s.csv", "id\n2\n", "state:modified", "seed.shop.s")]
    [InlineData("macros/two.sql", "{% macro two() %}3{% endmacro %}", "state:modified.macros", "model.shop.a")]
    [InlineData("models/p.yml", "models:\n  - {name: b, description: old, config: {alias: bea}}\n", "state:modified.relation", "model.shop.b")]
    [InlineData("models/p.yml", "models:\n  - {name: b, description: new, config: {alias: bee}}\n", "state:modified", null)]
    public void One_change_is_found_where_it_is(string path, string text, string selection, string? found)
    {
        using var project = Project();
        project.Write(path, text);
        Assert.Equal(found is null ? [] : [found], project.Select(selection));
    }

    [Fact]
    public void Children_of_what_changed_come_along()
    {
        using var project = Project();
        project.Write("models/b.sql", "select id + 1 as id from {{ ref('a') }}");
        Assert.Equal(["model.shop.b", "model.shop.c"], project.Select("state:modified+"));
    }

    [Fact]
    public void Results_of_an_earlier_run_are_found()
    {
        using var project = Project();
        File.WriteAllText(Path.Combine(project.State, "run_results.json"), """{"results": [{"unique_id": "model.shop.a", "status": "success"}, {"unique_id": "model.shop.b", "status": "error"}]}""");
        Assert.Equal(["model.shop.b", "model.shop.c"], project.Select("result:error+"));
    }

    [Fact]
    public void Without_a_state_it_is_refused()
    {
        using var project = new ParsedTestProject(("models/a.sql", "select 1 as id"));
        Assert.Equal("Got a state selector method, but no comparison manifest", Assert.Throws<PipelineException>(() => project.Select("state:modified")).Reason);
    }
}
