using LakeAspire.Portal.Lake;
using LakeAspire.Portal.Sql;

namespace LakeAspire.Portal.Tests.Sql;

public class ResultChartsTests
{
    static QueryResult Result(string columns, params string?[][] rows) =>
        new([.. columns.Split(' ').Select(column => new ResultColumn(column.Split(':')[0], column.Split(':')[1]))], rows, rows.Length, false, TimeSpan.Zero);

    [Fact]
    public void A_time_goes_across_and_numbers_go_up()
    {
        var result = Result("n:BIGINT day:DATE s:VARCHAR m:DOUBLE", ["3", "2022-04-02", "b", "0.5"], ["1", "2022-04-01", "a", "NaN"]);
        var x = ResultCharts.GuessX(result);
        var y = ResultCharts.GuessY(result, x);
        var chart = ResultCharts.Create(result, ResultCharts.GuessType(result, x), x, y);
        Assert.Equal("bar", chart.Type);
        Assert.Equal(["2022-04-01", "2022-04-02"], chart.Labels);
        Assert.Equal(["n", "m"], chart.Series.Select(series => series.Name));
        Assert.Equal([1, 3], chart.Series[0].Values);
        Assert.Equal([null, 0.5], chart.Series[1].Values);
    }

    [Fact]
    public void Two_numbers_are_points() => Assert.Equal("scatter", ResultCharts.GuessType(Result("a:INTEGER b:INTEGER", ["1", "2"]), 0));

    [Fact]
    public void Numbers_of_another_magnitude_wait_to_be_chosen() =>
        Assert.Equal([1, 3], ResultCharts.GuessY(Result("s:VARCHAR a:BIGINT b:BIGINT c:BIGINT", ["x", "3", "9000000", "7"], ["y", "4", "1", null!]), 0));

    [Fact]
    public void No_number_is_no_chart() => Assert.Empty(ResultCharts.NumericColumns(Result("a:VARCHAR", ["x"])));

    [Fact]
    public void A_chart_has_a_thousand_points_at_most()
    {
        var result = Result("a:VARCHAR b:INTEGER", [.. Enumerable.Range(0, 1500).Select(i => new[] { "x", $"{i}" })]);
        Assert.Equal(1000, ResultCharts.Create(result, "bar", 0, [1]).Labels.Count);
    }
}
