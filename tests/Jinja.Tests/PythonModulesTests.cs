using Lakehouse.Jinja.Modules;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Jinja.Tests;

/// <summary>Python's modules as templates use them. What is expected was put out by Python 3.11 with Jinja2 3.1.6.</summary>
public sealed class PythonModulesTests
{
    [Theory]
        [InlineData("""{{ datetime.datetime(2024, 2, 29, 23, 59, 58, 120).isoformat() }}""", """2024-02-29T23:59:58.000120""")]
        [InlineData("""{{ datetime.datetime(2024, 12, 30).strftime('%G-W%V-%u %U %W %y %b %B %I %p %%') }}""", """2025-W01-1 52 53 24 Dec December 12 AM %""")]
        [InlineData("""{{ datetime.datetime.strptime('03/04/24 5:06 PM', '%d/%m/%y %I:%M %p') }}""", """2024-04-03 17:06:00""")]
        [InlineData("""{{ datetime.datetime(2024, 1, 1) - datetime.datetime(2023, 12, 31, 12) }}""", """12:00:00""")]
        [InlineData("""{{ [datetime.timedelta(days=-1, hours=5), datetime.timedelta(minutes=90) / 2, datetime.timedelta(1) * 3, -datetime.timedelta(1)] }}""", """[datetime.timedelta(days=-1, seconds=18000), datetime.timedelta(seconds=2700), datetime.timedelta(days=3), datetime.timedelta(days=-1)]""")]
        [InlineData("""{{ (datetime.datetime(2024, 1, 31) + datetime.timedelta(weeks=5)).date().isocalendar()[1] }}""", """10""")]
        [InlineData("""{{ [datetime.date(2024, 1, 2), datetime.time(3, 4), datetime.datetime(2024, 1, 2, 3)] }}""", """[datetime.date(2024, 1, 2), datetime.time(3, 4), datetime.datetime(2024, 1, 2, 3, 0)]""")]
        [InlineData("""{{ datetime.date(2024, 1, 2) < datetime.date(2024, 1, 3) }} {{ datetime.date(2024, 1, 2) == datetime.date(2024, 1, 2) }} {{ [datetime.date(2024, 5, 1), datetime.date(2023, 1, 1)] | sort | first }}""", """True True 2023-01-01""")]
        [InlineData("""{{ '{:%Y/%m}'.format(datetime.date(2024, 1, 2)) }} {{ datetime.datetime.fromisoformat('2024-03-01T10:00:00+02:00') }}""", """2024/01 2024-03-01 10:00:00+02:00""")]
        [InlineData("""{{ datetime.datetime(2024, 3, 1, tzinfo=datetime.timezone.utc).timestamp() }} {{ datetime.timedelta(hours=1).total_seconds() }}""", """1709251200.0 3600.0""")]
        [InlineData("""{{ re.sub('(?P<a>\d)(\d)', '\\g<a>-\\2', '12 34', count=1) }} {{ re.findall('(a)(b)?', 'abaa') }} {{ re.split('(,)', 'a,b') }}""", """1-2 34 [('a', 'b'), ('a', ''), ('a', '')] ['a', ',', 'b']""")]
        [InlineData("""{{ re.search('(?i)B', 'abc').start() }} {{ re.compile('x+').findall('xxyx') }} {{ re.match('a', 'b') }} {{ re.escape('a.b-c') }}""", """1 ['xx', 'x'] None a\.b\-c""")]
        [InlineData("""{{ itertools.permutations([1, 2, 3], 2) | list | length }} {{ itertools.islice([1, 2, 3, 4], 1, 4, 2) | list }} {{ itertools.zip_longest([1, 2], [3], fillvalue=0) | list }}""", """6 [2, 4] [(1, 3), (2, 0)]""")]
        [InlineData("""{{ itertools.combinations_with_replacement('ab', 2) | list }} {{ itertools.product([0, 1], repeat=2) | list }}""", """[('a', 'a'), ('a', 'b'), ('b', 'b')] [(0, 0), (0, 1), (1, 0), (1, 1)]""")]
        [InlineData("""{% for k, g in itertools.groupby([1, 1, 2]) %}{{ k }}:{{ g | list | length }} {% endfor %}""", """1:2 2:1 """)]
        [InlineData("""{{ D('1.50') + 1 }} {{ D('1.10') * 3 }} {{ D('10') / 4 }} {{ D('1') / 3 }} {{ [D('2.50')] }} {{ -D('1.5') }} {{ D('7') // 2 }} {{ D('7.5') % 2 }}""", """2.50 3.30 2.5 0.3333333333333333333333333333 [Decimal('2.50')] -1.5 3 1.5""")]
        [InlineData("""{{ D('2.50') == 2.5 }} {{ D('1.0') in [1] }} {{ D('2.675') | round(2) }} {{ D('9.99') | int }} {{ D('9.99') | float }} {{ '%.1f' % D('2.25') }} {{ '{:,.2f}'.format(D('1234567.891')) }}""", """True True 2.68 9 9.99 2.2 1,234,567.89""")]
        [InlineData("""{{ D('1E+3') }} {{ D('0.0000001') }} {{ D('1.5') < 2 }} {{ [D('2'), D('1.5')] | sum }} {{ [D('2'), 1] | min }}""", """1E+3 1E-7 True 3.5 1""")]
    public void They_do_what_Python_s_do(string template, string expected)
    {
        var variables = PythonModules.All.ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal);
        variables["D"] = new JinjaFunction("D", call => JinjaDecimal.Parse(call.RequireText(0, "value")));
        Assert.Equal(expected, new JinjaEnvironment().Parse("template", template).Render(variables));
    }

    [Theory]
    [InlineData("{{ datetime.datetime.strptime('x', '%Y') }}", "does not match format")]
    [InlineData("{{ datetime.date(2023, 2, 29) }}", "day is out of range for month")]
    [InlineData("{{ datetime.date(2024, 1, 1) + 1 }}", "unsupported operand type(s) for +")]
    [InlineData("{{ re.match('(', 'x') }}", "invalid regular expression")]
    [InlineData("{{ re.match('(a+)+$', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!') }}", "takes too long")]
    [InlineData("{{ itertools.count() | list }}", "steps")]
    [InlineData("{{ pytz.timezone('Nowhere/At_All') }}", "Nowhere/At_All")]
    [InlineData("{{ D('1') / 0 }}", "division by zero")]
    [InlineData("{{ D('1') + 0.5 }}", "unsupported operand type(s) for +")]
    public void What_they_cannot_do_is_an_error_of_the_template(string template, string message)
    {
        var variables = PythonModules.All.ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal);
        variables["D"] = new JinjaFunction("D", call => JinjaDecimal.Parse(call.RequireText(0, "value")));
        var error = Assert.Throws<JinjaException>(() => new JinjaEnvironment { Limits = new JinjaLimits(Steps: 1_000_000) }.Parse("template", template).Render(variables));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(1, error.Line);
    }
}
