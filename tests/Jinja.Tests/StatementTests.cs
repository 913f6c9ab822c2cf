using static Lakehouse.Jinja.Tests.Templates;

namespace Lakehouse.Jinja.Tests;

public sealed class StatementTests
{
    [Fact]
    public void Loops_know_where_they_are()
    {
        Assert.Equal(
            "1/0/3/2/True/False 2/1/2/1/False/False 3/2/1/0/False/True ",
            Render("{% for x in 'abc' %}{{ loop.index }}/{{ loop.index0 }}/{{ loop.revindex }}/{{ loop.revindex0 }}/{{ loop.first }}/{{ loop.last }} {% endfor %}"));
        Assert.Equal("a-b-a-", Render("{% for x in [1, 2, 3] %}{{ loop.cycle('a', 'b') }}-{% endfor %}"));
        Assert.Equal("1,2|3|", Render("{% for x in [1, 1, 3] %}{% if loop.changed(x) %}{{ x if loop.first else '|' ~ x ~ '|' }}{% else %},2{% endif %}{% endfor %}"));
        Assert.Equal("3", Render("{% for x in [1, 2, 3] | map('int') %}{{ loop.length if loop.last }}{% endfor %}"));
    }

    [Fact]
    public void Loops_filter_break_continue_recurse_and_have_an_else()
    {
        Assert.Equal("1:2 2:4 ", Render("{% for x in range(6) if x is even and x > 0 %}{{ loop.index }}:{{ x }} {% else %}none{% endfor %}"));
        Assert.Equal("none", Render("{% for x in range(6) if x > 9 %}{{ x }}{% else %}none{% endfor %}"));
        Assert.Equal("013", Render("{% for x in range(9) %}{% if x == 2 %}{% continue %}{% endif %}{% if x == 4 %}{% break %}{% endif %}{{ x }}{% endfor %}"));
        Assert.Equal(
            "a1(b2(c3))", Render("{% for n in tree recursive %}{{ n.n }}{{ loop.depth }}{% if n.k %}({{ loop(n.k) }}){% endif %}{% endfor %}",
            ("tree", List(Dict(("n", "a"), ("k", List(Dict(("n", "b"), ("k", List(Dict(("n", "c"), ("k", List()))))))))))));
    }

    [Fact]
    public void Scopes_are_those_of_loops_macros_and_with_blocks()
    {
        Assert.Equal("outer", Render("{% set x = 'outer' %}{% for i in [1] %}{% set x = i %}{% endfor %}{{ x }}"));
        Assert.Equal("3", Render("{% set ns = namespace(n=0) %}{% for i in [1, 2] %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}"));
        Assert.Equal("3[1]", Render("{% set a = 1 %}{% with a = 2, b = a %}{{ a + b }}{% endwith %}[{{ a }}]"));
        Assert.Equal("inner", Render("{% set x = 'outer' %}{% if true %}{% set x = 'inner' %}{% endif %}{{ x }}"));
        Assert.Equal("(1, 2) 1 2 [1]", Render("{% set t = 1, 2 %}{% set a, b = t %}{{ t }} {{ a }} {{ b }} {% for (x, (y, z)) in [(0, (1, 2))] %}[{{ y }}]{% endfor %}"));
    }

    [Fact]
    public void Macros_take_defaults_further_arguments_and_callers()
    {
        Assert.Equal("a-b a-x y-b", Render("{% macro m(p, q='b') %}{{ p }}-{{ q }}{% endmacro %}{{ m('a') }} {{ m('a', 'x') }} {{ m(p='y') }}"));
        Assert.Equal("1 (2, 3) {'k': 4}", Render("{% macro m(p) %}{{ p }} {{ varargs }} {{ kwargs }}{% endmacro %}{{ m(1, 2, 3, k=4) }}"));
        Assert.Equal("<x:1><x:2>", Render("{% macro each(l) %}{% for i in l %}<{{ caller(i) }}>{% endfor %}{% endmacro %}{% call(i) each([1, 2]) %}x:{{ i }}{% endcall %}"));
        Assert.Equal("aa", Render("{% macro m(p, q=p) %}{{ p }}{{ q }}{% endmacro %}{{ m('a') }}"));
        Assert.Equal("m ('p', 'q') False", Render("{% macro m(p, q) %}{% endmacro %}{{ m.name }} {{ m.arguments }} {{ m.catch_kwargs }}"));
        Assert.Equal("macro 'm' takes not more than 1 argument(s)", Fails("{% macro m(p) %}{% endmacro %}{{ m(1, 2) }}").Message);
        Assert.Equal("macro 'm' takes no keyword argument 'z'", Fails("{% macro m(p) %}{% endmacro %}{{ m(z=2) }}").Message);
    }

    [Fact]
    public void Return_gives_a_macro_s_call_a_value_of_any_type()
    {
        var environment = new JinjaEnvironment();
        environment.Globals["return"] = JinjaEnvironment.Return;
        Assert.Equal("720", Render(environment, "{% macro f(n) %}{% if n <= 1 %}{{ return(1) }}{% endif %}{{ return(n * f(n - 1)) }}{% endmacro %}{{ f(6) }}"));
        Assert.Throws<JinjaException>(() => Render(environment, "{{ return(1) }}"));
    }

    [Fact]
    public void Blocks_are_captured_and_filtered()
    {
        Assert.Equal("HI 2", Render("{% set x | upper %}hi {{ 1 + 1 }}{% endset %}{{ x }}"));
        Assert.Equal("b-a", Render("{% filter replace('x', 'a') | replace('y', 'b') %}y-x{% endfilter %}"));
        Assert.Equal("[1]", Render("{% set l = [] %}{% do l.append(1) %}{{ l }}"));
    }

    [Theory]
    [InlineData("a  {%- if true -%}  b  {%- endif %} c", "ab c")]
    [InlineData("a {{- 1 -}} b", "a1b")]
    [InlineData("a {#- gone -#} b{# x #}c", "abc")]
    [InlineData("{% raw -%} {{ x }} {% if %} {%- endraw %}!", "{{ x }} {% if %}!")]
    [InlineData("one\r\ntwo\rthree\n", "one\ntwo\nthree")]
    [InlineData("{{ {'a': {'b': 1}}['a'] }}", "{'b': 1}")]
    [InlineData("} }} %} { %", "} }} %} { %")]
    public void White_space_and_marks(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{% if x %}", 1, "Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.")]
    [InlineData("a\n{% endfor %}", 2, "Encountered unknown tag 'endfor'.")]
    [InlineData("{% for x in y %}\n{% if z %}\n{% endfor %}", 3, "Encountered unknown tag 'endfor'. You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.")]
    [InlineData("{{ 1 +\n\n}}", 3, "unexpected 'end of print statement'")]
    [InlineData("{{ a b }}", 1, "expected token 'end of print statement', got 'b'")]
    [InlineData("{{ (1]) }}", 1, "unexpected ']', expected ')'")]
    [InlineData("{{ 1 | nofilter }}", 1, "No filter named 'nofilter'.")]
    [InlineData("{{ 1 is notest }}", 1, "No test named 'notest'.")]
    [InlineData("{% set 5 = 1 %}", 1, "can't assign to 'integer'")]
    [InlineData("{# x", 1, "Missing end of comment tag")]
    [InlineData("{{ x ? y }}", 1, "unexpected char '?' at 5")]
    [InlineData("{% macro m(a=1, b) %}{% endmacro %}", 1, "non-default argument follows default argument")]
    [InlineData("{{ f(a=1, 2) }}", 1, "invalid syntax for function call expression")]
    [InlineData("{% %}", 1, "tag name expected")]
    public void Syntax_errors_have_their_line(string template, int line, string message)
    {
        var error = Fails(template);
        Assert.Equal((JinjaErrorKind.Syntax, message, line), (error.Kind, error.Message, error.Line));
    }

    [Fact]
    public void Other_templates_come_from_the_loader()
    {
        var files = new Dictionary<string, string> { ["lib"] = "{% macro hi(n) %}hi {{ n }}{% endmacro %}{% set v = 3 %}{% set _hidden = 4 %}", ["part"] = "[{{ x }}]" };
        var environment = new JinjaEnvironment { Loader = files.GetValueOrDefault };
        Assert.Equal("hi a 3 ", Render(environment, "{% import 'lib' as l %}{{ l.hi('a') }} {{ l.v }} {{ l._hidden }}"));
        Assert.Equal("hi b", Render(environment, "{% from 'lib' import hi as hello, v %}{{ hello('b') }}"));
        Assert.Equal("[1][]", Render(environment, "{% set x = 1 %}{% include 'part' %}{% include 'part' without context %}{% include 'no' ignore missing %}"));
        Assert.Equal("no loader for this environment specified", Fails("{% include 'part' %}").Message);
    }

    [Fact]
    public void An_error_in_a_macro_of_another_file_names_that_file()
    {
        var environment = new JinjaEnvironment { MacroPrefix = "p__" };
        var macros = environment.Parse("macros/m.sql", "\n{% macro bad(x) %}\n  {{ x.a.b }}\n{% endmacro %}");
        Assert.Equal([("bad", 2)], macros.Macros.Select(m => (m.Name, m.Line)));
        var variables = new Dictionary<string, object?>();
        variables["bad"] = macros.BindMacro("bad", variables);
        var error = Assert.Throws<JinjaException>(() => environment.Parse("model.sql", "{{ bad({}) }}").Render(variables));
        Assert.Equal("macros/m.sql:3: 'dict object' has no attribute 'a'\n    {{ x.a.b }}", error.Describe());
    }
}
