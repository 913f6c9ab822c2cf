using static Lakehouse.Jinja.Tests.Templates;

namespace Lakehouse.Jinja.Tests;

public sealed class LimitTests
{
    [Theory]
    [InlineData("{{ 'x' * 1000000000 }}")]
    [InlineData("{{ [0] * 1000000000 }}")]
    [InlineData("{{ 9 ** 999999999 }}")]
    [InlineData("{{ range(1000000000) | list }}")]
    [InlineData("{{ '%1000000000s' | format('x') }}")]
    [InlineData("{{ '{:1000000000}'.format('x') }}")]
    [InlineData("{{ 'x' | center(1000000000) }}")]
    [InlineData("{{ 'x'.ljust(1000000000) }}")]
    [InlineData("{{ 'x'.zfill(1000000000) }}")]
    [InlineData("{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(100) %}{% set ns.s = ns.s | replace('x', 'xx') %}{% endfor %}")]
    [InlineData("{% set ns = namespace(l=[1]) %}{% for i in range(100) %}{% set ns.l = ns.l + ns.l %}{% endfor %}")]
    [InlineData("{% set l = [1] %}{% for x in l %}{% do l.append(x) %}{% endfor %}")]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")]
    [InlineData("{% for a in range(99999) %}{{ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }}{% endfor %}")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [InlineData("{% set l = [] %}{% for i in range(3000) %}{% set l = [l] %}{% endfor %}{% macro m(n) %}{{ m(n + 1) ~ m(n + 1) }}{% endmacro %}{{ m(0) }}")]
    public void A_template_that_takes_too_much_is_stopped(string template)
    {
        var started = System.Diagnostics.Stopwatch.StartNew();
        var environment = new JinjaEnvironment { Limits = new JinjaLimits(Steps: 1_000_000) };
        Assert.Equal(JinjaErrorKind.Limit, Assert.Throws<JinjaException>(() => Render(environment, template)).Kind);
        Assert.True(started.Elapsed < TimeSpan.FromSeconds(30), $"took {started.Elapsed}");
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("-", "")]
    [InlineData("not ", "")]
    public void Nesting_is_bounded_when_a_template_is_parsed(string open, string close)
    {
        var error = Fails($"{{{{ {string.Concat(Enumerable.Repeat(open, 100_000))}1{string.Concat(Enumerable.Repeat(close, 100_000))} }}}}");
        Assert.Equal((JinjaErrorKind.Syntax, "the template is nested too deeply"), (error.Kind, error.Message));
    }

    [Fact]
    public void Nested_blocks_are_bounded_too() =>
        Assert.Equal("the template is nested too deeply", Fails(string.Concat(Enumerable.Repeat("{% if true %}", 100_000))).Message);

    [Fact]
    public void Long_chains_are_no_nesting_when_parsed_and_are_bounded_when_evaluated()
    {
        var chain = "{{ 1" + string.Concat(Enumerable.Repeat(" + 1", 300)) + " }}";
        Assert.Equal("301", Render(chain));
        var long_ = "{{ 1" + string.Concat(Enumerable.Repeat(" + 1", 100_000)) + " }}";
        Assert.Equal(JinjaErrorKind.Limit, Fails(long_).Kind);
    }

    [Fact]
    public void A_recursion_of_a_sensible_depth_works() =>
        Assert.Equal("5050", Render("{% macro sum(n) %}{{ n + (sum(n - 1) | int) if n else 0 }}{% endmacro %}{{ sum(100) }}"));

    [Fact]
    public void A_rendering_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        var template = new JinjaEnvironment().Parse("t", "{% for a in range(99999) %}{{ a }}{% endfor %}");
        Assert.ThrowsAny<OperationCanceledException>(() => template.Render(new Dictionary<string, object?>(), cancel.Token));
    }

    [Fact]
    public void Cyclic_values_print_and_do_not_hang() => Assert.Contains("...", Render("{% set l = [] %}{% do l.append(l) %}{{ l }}"));
}
