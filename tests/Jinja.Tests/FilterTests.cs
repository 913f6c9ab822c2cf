using static Lakehouse.Jinja.Tests.Templates;

namespace Lakehouse.Jinja.Tests;

public sealed class FilterTests
{
    [Theory]
    [InlineData("'hello world-wide' | title", "Hello World-Wide")]
    [InlineData("'ßa' | upper", "SSA")]
    [InlineData("'hELLO' | capitalize", "Hello")]
    [InlineData("'a.b.c' | replace('.', '', 1)", "ab.c")]
    [InlineData("' x ' | trim ~ '|'", "x|")]
    [InlineData("'a\nb' | indent(2)", "a\n  b")]
    [InlineData("'a\n\nb' | indent(2, true, true)", "  a\n  \n  b")]
    [InlineData("'one two three' | truncate(9, false, '…', 0)", "one two…")]
    [InlineData("'%05.2f|%-4s|%+d' | format(3.14159, 'a', 5)", "03.14|a   |+5")]
    [InlineData("'<a b=\"c\">' | e", "&lt;a b=&#34;c&#34;&gt;")]
    [InlineData("'<b>x</b>  y' | striptags", "x y")]
    [InlineData("'a b/ü' | urlencode", "a%20b/%C3%BC")]
    [InlineData("{'a': 1, 'b': none} | xmlattr", " a=\"1\"")]
    [InlineData("'a b c' | wordcount", "3")]
    [InlineData("[3, 1, 2] | sort | join('-')", "1-2-3")]
    [InlineData("['b', 'A'] | sort", "['A', 'b']")]
    [InlineData("[{'a': 2}, {'a': 1}] | sort(attribute='a') | map(attribute='a') | list", "[1, 2]")]
    [InlineData("[1, 2, 3, 4, 5] | batch(2, 0) | list", "[[1, 2], [3, 4], [5, 0]]")]
    [InlineData("[1, 2, 3, 4, 5] | slice(3) | list", "[[1, 2], [3, 4], [5]]")]
    [InlineData("[1, 2] | sum(start=10)", "13")]
    [InlineData("['x', 'X', 'y'] | unique | list", "['x', 'y']")]
    [InlineData("[5, 3] | min ~ [5, 3] | max", "35")]
    [InlineData("[] | max is undefined", "True")]
    [InlineData("'12.7' | int + 1", "13")]
    [InlineData("'x' | float(2.5)", "2.5")]
    [InlineData("2.675 | round(2)", "2.67")]
    [InlineData("0.5 | round", "0.0")]
    [InlineData("1.1 | round(0, 'ceil')", "2.0")]
    [InlineData("15 | round(-1)", "20")]
    [InlineData("1536 | filesizeformat", "1.5 kB")]
    [InlineData("none | default('d', true)", "d")]
    [InlineData("{'b': 1, 'a': '<'} | tojson", "{\"a\": \"\\u003c\", \"b\": 1}")]
    [InlineData("{'b': 2, 'a': 1} | dictsort(by='value', reverse=true)", "[('b', 2), ('a', 1)]")]
    [InlineData("[1, 2, 3] | reject('odd') | list", "[2]")]
    [InlineData("[{'n': 1}, {'n': 5}] | selectattr('n', '>', 2) | list", "[{'n': 5}]")]
    [InlineData("['a', 'b'] | map('upper') | first", "A")]
    [InlineData("[{'k': 'a', 'v': 1}, {'k': 'b', 'v': 2}, {'k': 'a', 'v': 3}] | groupby('k') | map('last') | map('length') | list", "[2, 1]")]
    [InlineData("'abc' | reverse", "cba")]
    [InlineData("'one two three' | wordwrap(7)", "one two\nthree")]
    public void Filters(string expression, string expected) => Assert.Equal(expected, Render($"{{{{ {expression} }}}}"));

    [Theory]
    [InlineData("'a-b-c'.split('-', 1)", "['a', 'b-c']")]
    [InlineData("'a-b-c'.rsplit('-', 1)", "['a-b', 'c']")]
    [InlineData("' a  b c '.split()", "['a', 'b', 'c']")]
    [InlineData("' a  b c '.split(none, 1)", "['a', 'b c ']")]
    [InlineData("' a  b c '.rsplit(none, 1)", "[' a  b', 'c']")]
    [InlineData("'a\\r\\nb\\n'.splitlines()", "['a', 'b']")]
    [InlineData("'k=v=w'.partition('=')", "('k', '=', 'v=w')")]
    [InlineData("'k=v=w'.rpartition('=')", "('k=v', '=', 'w')")]
    [InlineData("'a,b'.replace(',', '')", "ab")]
    [InlineData("'xxaxx'.strip('x') ~ ' b '.lstrip() ~ '|' ~ ' b '.rstrip()", "ab | b")]
    [InlineData("'abc'.startswith(('x', 'a')) and 'abc'.endswith('c')", "True")]
    [InlineData("'banana'.find('an', 2) ~ 'banana'.rfind('an') ~ 'banana'.count('an')", "332")]
    [InlineData("'7'.zfill(3) ~ '-7'.zfill(4)", "007-007")]
    [InlineData("'{} {x!r} {0:>4}|{n:,.2f}'.format('a', x='b', n=1234.5)", "a 'b'    a|1,234.50")]
    [InlineData("'{:08.3f} {:+d} {:x} {:%}'.format(3.14159, 5, 255, 0.5)", "0003.142 +5 ff 50.000000%")]
    [InlineData("','.join(['a', 'b'])", "a,b")]
    [InlineData("'aB'.swapcase() ~ 'ab cd'.title()", "AbAb Cd")]
    [InlineData("'12'.isdigit() and 'ab'.isalpha() and ' '.isspace()", "True")]
    [InlineData("[3, 1, 2].index(2) ~ [1, 1].count(1)", "22")]
    [InlineData("{'a': 1}.setdefault('a', 5)", "1")]
    public void Methods(string expression, string expected) => Assert.Equal(expected, Render($"{{{{ {expression} }}}}"));

    [Fact]
    public void Mutating_methods_give_none_and_change_the_value() => Assert.Equal(
        "[3, 2, 1] {'a': 1, 'b': 2} [1, 2, 3]",
        Render("{% set l = [1, 2] %}{% do l.extend([3]) %}{% do l.reverse() %}{{ l }} {% set d = {'a': 1} %}{% do d.update(b=2) %}{{ d }} {% do l.sort() %}{{ l }}"));

    [Theory]
    [InlineData("3 is odd and 4 is even and 9 is divisibleby 3", "True")]
    [InlineData("'A' is upper and 'a' is lower", "True")]
    [InlineData("[] is iterable and 1 is not iterable", "True")]
    [InlineData("{} is mapping and [] is sequence and 'x' is string", "True")]
    [InlineData("true is boolean and 1 is integer and 1.0 is float and 1 is number and true is not integer", "True")]
    [InlineData("1 is sameas 1 and [] is not sameas []", "True")]
    [InlineData("2 is in [1, 2] and 'x' is filter", "False")]
    [InlineData("range is callable and 5 is gt 4 and 5 is not lt 5", "True")]
    public void Tests(string expression, string expected) => Assert.Equal(expected, Render($"{{{{ {expression} }}}}"));

    [Fact]
    public void Globals() => Assert.Equal(
        "[0, 2] a b a | 1, 2, 3 {'k': 1}",
        Render("{{ range(0, 4, 2) | list }} {% set c = cycler('a', 'b') %}{{ c.next() }} {{ c.next() }} {{ c.current }} | {% set j = joiner() %}{% for i in [1, 2, 3] %}{{ j() }}{{ i }}{% endfor %} {{ dict(k=1) }}"));
}
