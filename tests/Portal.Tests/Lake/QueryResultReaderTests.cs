using System.Text;
using LakeAspire.Portal.Lake;

namespace LakeAspire.Portal.Tests.Lake;

public class QueryResultReaderTests
{
    static QueryResult Parse(string json, int maxRows = 100) => QueryResultReader.Parse(Encoding.UTF8.GetBytes(json), maxRows);

    [Fact]
    public void Values_keep_their_text()
    {
        var result = Parse("""
            {"columns":[{"name":"big","type":"BIGINT"},{"name":"d","type":"DECIMAL(38,4)"},{"type":"DOUBLE","name":"f"},{"name":"s","type":"STRUCT(a INTEGER[])"},{"name":"t","type":"VARCHAR"},{"name":"b","type":"BOOLEAN"}],
             "rows":[[9223372036854775807,"12345678901234567890.1234",1e-7,{"a":[1, 2]},"a\"\u00e9\n",true],[null,null,"NaN",null,"",false]],
             "rowCount":2,"truncated":false,"elapsedMs":12.5,"later":{"x":[1]}}
            """);
        Assert.Equal<IEnumerable<string?>>(["9223372036854775807", "12345678901234567890.1234", "1e-7", "{\"a\":[1, 2]}", "a\"é\n", "true"], result.Rows[0]);
        Assert.Equal<IEnumerable<string?>>([null, null, "NaN", null, "", "false"], result.Rows[1]);
        Assert.Equal([CellKind.Number, CellKind.Number, CellKind.Number, CellKind.Nested, CellKind.Text, CellKind.Boolean], result.Columns.Select(column => column.Kind));
        Assert.Equal(TimeSpan.FromMilliseconds(12.5), result.Elapsed);
        Assert.False(result.Truncated);
    }

    [Fact]
    public void Rows_beyond_the_limit_are_left_and_said()
    {
        var result = Parse("""{"columns":[{"name":"a","type":"INTEGER"}],"rows":[[1],[2],[3]],"rowCount":3,"truncated":false,"elapsedMs":1}""", maxRows: 2);
        Assert.Equal(2, result.Rows.Count);
        Assert.True(result.Truncated);
        Assert.Equal(3, result.RowCount);
    }

    [Fact]
    public void An_empty_result_is_one() => Assert.Empty(Parse("""{"columns":[{"name":"a","type":"INTEGER"}],"rows":[],"rowCount":0,"truncated":false,"elapsedMs":1}""").Rows);

    [Theory]
    [InlineData("BIGINT", CellKind.Number)]
    [InlineData("decimal(10, 2)", CellKind.Number)]
    [InlineData("TIMESTAMP WITH TIME ZONE", CellKind.Time)]
    [InlineData("DATE", CellKind.Time)]
    [InlineData("VARCHAR[]", CellKind.Nested)]
    [InlineData("MAP(VARCHAR, INTEGER)", CellKind.Nested)]
    [InlineData("UUID", CellKind.Text)]
    public void Types_are_known_by_their_names(string type, CellKind kind) => Assert.Equal(kind, new ResultColumn("a", type).Kind);

    [Theory]
    [InlineData("gold.customer_360", "gold", "customer_360")]
    [InlineData("bronze.\"Odd \"\"name\"\"\"", "bronze", "Odd \"name\"")]
    public void Names_are_quoted_where_they_must_be(string expected, string ns, string name) => Assert.Equal(expected, QueryRequests.Pretty(new TableName(ns, name)));
}
