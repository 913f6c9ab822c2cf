using static Lakehouse.Jinja.Tests.Templates;

namespace Lakehouse.Jinja.Tests;

public sealed class ExpressionTests
{
    [Theory]
    [InlineData("1 + 2 * 3 - 4 // 3", "6")]
    [InlineData("7 / 2", "3.5")]
    [InlineData("-7 // 2", "-4")]
    [InlineData("-7 % 3", "2")]
    [InlineData("7.5 % -2", "-0.5")]
    [InlineData("2 ** 3 ** 2", "64")]
    [InlineData("2 ** -1", "0.5")]
    [InlineData("9223372036854775807 + 1", "9223372036854775808")]
    [InlineData("9223372036854775807 * 2 // 2", "9223372036854775807")]
    [InlineData("-9223372036854775808 - 1", "-9223372036854775809")]
    [InlineData("1_000 + 0x1F + 0b11 + 0o17", "1049")]
    [InlineData("1e3", "1000.0")]
    [InlineData("1e16", "1e+16")]
    [InlineData("123456789012345680.0", "1.2345678901234568e+17")]
    [InlineData("0.00001", "1e-05")]
    [InlineData("3.0 * 2", "6.0")]
    [InlineData("'a' ~ 1 + 'b'", "a1b")]
    [InlineData("'ab' * 3", "ababab")]
    [InlineData("[1] + [2]", "[1, 2]")]
    [InlineData("(1, 2) + (3,)", "(1, 2, 3)")]
    [InlineData("'%s-%03d' % ('x', 7)", "x-007")]
    public void Operators(string expression, string expected) => Assert.Equal(expected, Render($"{{{{ {expression} }}}}"));

    [Theory]
    [InlineData("1 < 2 < 3", "True")]
    [InlineData("1 < 3 < 2", "False")]
    [InlineData("1 == 1.0 == true", "True")]
    [InlineData("'a' in 'abc' and 2 not in [1, 3]", "True")]
    [InlineData("'k' in {'k': 1}", "True")]
    [InlineData("[1, [2, 'x']] == [1, [2, 'x']]", "True")]
    [InlineData("(1, 2) < (1, 3)", "True")]
    [InlineData("'Z' < 'a'", "True")]
    [InlineData("9007199254740993 == 9007199254740992.0", "False")]
    [InlineData("not 0 or 5", "True")]
    [InlineData("0 or ''", "")]
    [InlineData("1 and 'last'", "last")]
    [InlineData("'yes' if [] else 'no'", "no")]
    [InlineData("1 if true else 1 / 0", "1")]
    public void Comparisons_and_logic(string expression, string expected) => Assert.Equal(expected, Render($"{{{{ {expression} }}}}"));

    [Theory]
    [InlineData("x[1:3]", "[2, 3]")]
    [InlineData("x[:-1]", "[1, 2, 3]")]
    [InlineData("x[::-1]", "[4, 3, 2, 1]")]
    [InlineData("x[10:]", "[]")]
    [InlineData("x[3:0:-2]", "[4, 2]")]
    [InlineData("x[-1]", "4")]
    [InlineData("'héllo🎈'[-1]", "🎈")]
    [InlineData("'abc'[::-1]", "cba")]
    [InlineData("range(10)[2:8:3] | list", "[2, 5]")]
    public void Slices(string expression, string expected) => Assert.Equal(expected, Render($"{{{{ {expression} }}}}", ("x", List(1L, 2L, 3L, 4L))));

    [Theory]
    [InlineData("d.items() | list", "[('items', 1), ('n', {'m': 2})]")]
    [InlineData("d['items']", "1")]
    [InlineData("d.n.m", "2")]
    [InlineData("d.nothing", "")]
    [InlineData("d.nothing is defined", "False")]
    [InlineData("d.get('nothing', 7)", "7")]
    [InlineData("d.n['m'] + 1", "3")]
    public void Attributes_come_before_items_after_a_dot_and_after_them_in_brackets(string expression, string expected) =>
        Assert.Equal(expected, Render($"{{{{ {expression} }}}}", ("d", Dict(("items", 1L), ("n", Dict(("m", 2L)))))));

    [Theory]
    [InlineData("1 + 'a'", JinjaErrorKind.Type, "unsupported operand type(s) for +: 'int' and 'str'")]
    [InlineData("'a' + 1", JinjaErrorKind.Type, "can only concatenate str (not \"int\") to str")]
    [InlineData("1 < 'a'", JinjaErrorKind.Type, "'<' not supported between instances of 'int' and 'str'")]
    [InlineData("1 // 0", JinjaErrorKind.Value, "integer division or modulo by zero")]
    [InlineData("nothing + 1", JinjaErrorKind.Undefined, "'nothing' is undefined")]
    [InlineData("nothing.at_all", JinjaErrorKind.Undefined, "'nothing' is undefined")]
    [InlineData("nothing()", JinjaErrorKind.Undefined, "'nothing' is undefined")]
    [InlineData("{}.a.b", JinjaErrorKind.Undefined, "'dict object' has no attribute 'a'")]
    [InlineData("[][3].b", JinjaErrorKind.Undefined, "list object has no element 3")]
    [InlineData("5()", JinjaErrorKind.Type, "'int' object is not callable")]
    [InlineData("{[]: 1}", JinjaErrorKind.Type, "unhashable type: 'list'")]
    [InlineData("'x'.__class__.__mro__", JinjaErrorKind.Security, "access to attribute '__class__' of 'str' object is unsafe.")]
    [InlineData("'{0.__class__.x}'.format(1)", JinjaErrorKind.Security, "access to attribute '__class__' of 'int' object is unsafe.")]
    public void Errors(string expression, JinjaErrorKind kind, string message)
    {
        var error = Fails($"select\n  {{{{ {expression} }}}}");
        Assert.Equal((kind, message, "test.sql", 2), (error.Kind, error.Message, error.Template, error.Line));
        Assert.Equal($"  {{{{ {expression} }}}}", error.LineText);
    }

    [Fact]
    public void Undefined_values_are_empty_where_nothing_more_is_asked_of_them() =>
        Assert.Equal("[] 0 False True  []", Render("[{{ x }}] {{ x | length }} {{ x is defined }} {{ not x }} {{ 'a' if x }} {{ x | list }}"));

    [Fact]
    public void Chained_undefined_values_stay_undefined_where_the_environment_says_so()
    {
        var environment = new JinjaEnvironment { ChainUndefined = true };
        Assert.Equal("[]", Render(environment, "[{{ x.a['b'].c(1) }}]"));
        Assert.Throws<JinjaException>(() => Render(environment, "{{ x + 1 }}"));
    }

    [Theory]
    [InlineData("'\\x41\\u00e9\\101\\n' | list", "['A', 'é', 'A', '\\n']")]
    [InlineData("'a\\qb'", "a\\qb")]
    [InlineData("'one' 'two'", "onetwo")]
    [InlineData("[\"it's\", 'a\"b', 'a\\'b\"c']", "[\"it's\", 'a\"b', 'a\\'b\"c']")]
    [InlineData("['\\x07', '\\u200b', '\\u00a0']", "['\\x07', '\\u200b', '\\xa0']")]
    public void Text_literals(string expression, string expected) => Assert.Equal(expected, Render($"{{{{ {expression} }}}}"));
}
