using System.Text;
using Lakehouse.Engine;

namespace LakeAspire.Query.Api.Tests;

public sealed class AnswerTests(QueryService service) : IClassFixture<QueryService>
{
    const string Values = """
        SELECT 9007199254740993 AS big, 1.50::DECIMAL(10,2) AS price, 170141183460469231731::HUGEINT AS huge, 'NaN'::DOUBLE AS nan, '-inf'::FLOAT AS inf, 0.1::DOUBLE AS tenth, true AS yes, NULL::INTEGER AS nothing,
          DATE '2022-05-01' AS d, TIME '01:02:03.04' AS t, TIMESTAMP '1969-12-31 23:59:59.5' AS ts, TIMESTAMPTZ '2022-05-01 02:00:00+02' AS tz, '\x00\xFF'::BLOB AS b,
          '00112233-4455-6677-8899-aabbccddeeff'::UUID AS u, 'a "quoted", ä' || chr(10) || 'line' AS s, '' AS empty,
          {'a': 1, 'b c': [1.5, NULL]} AS st, [[1], []] AS l, MAP {'k': DATE '1970-01-01'} AS m, INTERVAL '1 day' AS i, DATE '0044-03-15 (BC)' AS bc, 'infinity'::TIMESTAMP AS never
        """;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task JsonHasEachTypeInItsForm()
    {
        var answer = await service.QueryAsync(Values);
        Assert.Equal(
            "long, decimal(10, 2), decimal(38, 0), double, float, double, boolean, int, date, time, timestamp, timestamptz, binary, uuid, string, string, "
            + "struct<a: int, b c: list<decimal(2, 1)>>, list<list<int>>, map<string, date>, string, date, timestamp",
            string.Join(", ", answer.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("type").GetString())));
        Assert.Equal(
            """
            [9007199254740993,"1.50","170141183460469231731","NaN","-Infinity",0.1,true,null,"2022-05-01","01:02:03.040000","1969-12-31T23:59:59.500000","2022-05-01T00:00:00+00:00","AP8=","00112233-4455-6677-8899-aabbccddeeff","a \"quoted\", ä\nline","",{"a":1,"b c":["1.5",null]},[[1],[]],[["k","1970-01-01"]],"1 day","-0043-03-15","infinity"]
            """,
            answer.GetProperty("rows")[0].GetRawText());
        Assert.Equal((1, false), (answer.GetProperty("rowCount").GetInt32(), answer.GetProperty("truncated").GetBoolean()));
        Assert.True(answer.GetProperty("elapsedMs").GetDouble() > 0);
    }

    [Fact]
    public async Task NdjsonHasAnObjectInEachLine()
    {
        var lines = (await service.TextAsync("SELECT id, name, name FROM silver.mixed ORDER BY id", "application/x-ndjson")).Split('\n');
        Assert.Equal(["""{"id":1,"name":"a","name_1":"a"}""", """{"id":2,"name":null,"name_1":null}""", ""], lines);
    }

    [Fact]
    public async Task CsvFollowsRfc4180()
    {
        var text = await service.TextAsync("SELECT 'a,b' AS \"x,\"\"y\", 'say \"hi\"' AS q, NULL AS n, '' AS e, 'plain' AS p, 1.5 AS d, {'a': 'x'} AS s, 'l' || chr(13) || chr(10) || 'm' AS lines", "text/csv");
        Assert.Equal("\"x,\"\"y\",q,n,e,p,d,s,lines\r\n\"a,b\",\"say \"\"hi\"\"\",,\"\",plain,1.5,\"{\"\"a\"\":\"\"x\"\"}\",\"l\r\nm\"\r\n", text);
    }

    [Fact]
    public async Task ParquetHoldsTheResult()
    {
        using var response = await service.SendAsync("SELECT k, sum(i) AS total, INTERVAL 1 DAY AS span FROM gold.numbers GROUP BY k ORDER BY k", "application/vnd.apache.parquet");
        Assert.Equal("application/vnd.apache.parquet", response.Content.Headers.ContentType?.MediaType);
        var path = Path.Combine(service.Warehouse, "copy.parquet");
        await File.WriteAllBytesAsync(path, await response.Content.ReadAsByteArrayAsync(Token), Token);
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        Assert.Equal("DECIMAL(38,0)", await connection.ScalarAsync<string>($"SELECT typeof(total) FROM {SqlText.Literal(path)} LIMIT 1", cancellationToken: Token));
        Assert.Equal(4999950000L, await connection.ScalarAsync<long>($"SELECT sum(total)::BIGINT FROM {SqlText.Literal(path)}", cancellationToken: Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(service.Scratch, "query")));
    }

    [Theory]
    [InlineData("SELECT count(*) FROM gold.numbers", "100000")]
    [InlineData("SELECT count(*) FROM lake.gold.numbers -- comment", "100000")]
    [InlineData("SELECT count(*) FROM GOLD.Numbers;", "100000")]
    [InlineData("FROM gold.numbers SELECT max(i) ; -- ; end ;", "99999")]
    [InlineData("WITH n AS (SELECT * FROM gold.numbers), m AS (SELECT * FROM n) SELECT count(*) FROM m JOIN silver.mixed ON id = i", "2")]
    [InlineData("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT sum(n) FROM r", "\"15\"")]
    [InlineData("SELECT (SELECT count(*) FROM silver.mixed) + max(x) FROM range(10) t(x)", "11")]
    [InlineData("SELECT sum(row_number) FROM (SELECT row_number() OVER (ORDER BY id) AS row_number FROM silver.mixed)", "\"3\"")]
    [InlineData("SELECT list_aggregate([1, 2, 3], 'sum')", "\"6\"")]
    [InlineData("SELECT sum(\"1\") FROM (PIVOT silver.mixed ON id IN (1, 2) USING count(*))", "\"1\"")]
    [InlineData("SELECT count(*) FROM (DESCRIBE gold.numbers)", "3")]
    [InlineData("SELECT ';' || $$;$$ || E'\\';' || /* ; */ '' ; ", "\";;';\"")]
    public async Task QueriesOfAllShapesRun(string sql, string expected) =>
        Assert.Equal(expected, (await service.QueryAsync(sql)).GetProperty("rows")[0][0].GetRawText());

    [Fact]
    public async Task DescribeAndSummarizeTellOfATable()
    {
        var described = await service.QueryAsync("DESCRIBE silver.mixed");
        Assert.Equal("id", described.GetProperty("rows")[0][0].GetString());
        Assert.Equal(2, (await service.QueryAsync("SUMMARIZE silver.mixed")).GetProperty("rowCount").GetInt32());
    }

    [Fact]
    public async Task TheRowLimitCutsAndSaysSo()
    {
        using var response = await service.SendAsync("SELECT i FROM gold.numbers ORDER BY i", "text/csv", ("Lake-Max-Rows", "3"));
        Assert.Equal("true", response.Headers.GetValues("Lake-Truncated").Single());
        Assert.Equal("i\r\n0\r\n1\r\n2\r\n", await response.Content.ReadAsStringAsync(Token));
        var exact = await service.QueryAsync("SELECT id FROM silver.mixed", ("Lake-Max-Rows", "2"));
        Assert.Equal((2, false), (exact.GetProperty("rowCount").GetInt32(), exact.GetProperty("truncated").GetBoolean()));
        var cut = await service.QueryAsync("SELECT id FROM silver.mixed", ("Lake-Max-Rows", "1"));
        Assert.Equal((1, true), (cut.GetProperty("rows").GetArrayLength(), cut.GetProperty("truncated").GetBoolean()));
        foreach (var (rows, truncated) in new[] { ("2", "false"), ("1", "true") })
        {
            using var parquet = await service.SendAsync("SELECT id FROM silver.mixed", "application/vnd.apache.parquet", ("Lake-Max-Rows", rows));
            Assert.Equal(truncated, parquet.Headers.GetValues("Lake-Truncated").Single());
        }
    }

    [Fact]
    public async Task ALongResultIsStreamedAndTellsInATrailer()
    {
        using var response = await service.SendAsync("SELECT i, s FROM gold.numbers", "application/x-ndjson", ("Lake-Max-Rows", "90000"));
        Assert.False(response.Headers.Contains("Lake-Truncated"));
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.Equal(90_000, text.Count(c => c == '\n'));
        Assert.Equal("true", response.TrailingHeaders.GetValues("Lake-Truncated").Single());
    }

    [Theory]
    [InlineData("SELEC 1", 400, "SqlSyntaxException", "line 1, column 1")]
    [InlineData("SELECT 1,\n  FROM FROM", 400, "SqlSyntaxException", "line 2")]
    [InlineData("", 400, "SqlSyntaxException", "no statement")]
    [InlineData("-- nothing", 400, "SqlSyntaxException", "no statement")]
    [InlineData("SELECT nothing FROM gold.numbers", 400, "SqlBindException", "nothing")]
    [InlineData("SELECT CAST('x' AS INTEGER)", 400, "SqlBindException", "Conversion")]
    [InlineData("SELECT * FROM gold.nowhere", 404, "NoSuchTableException", "gold.nowhere")]
    [InlineData("SELECT * FROM numbers", 404, "NoSuchTableException", "with its layer")]
    [InlineData("SELECT * FROM other.gold.numbers", 404, "NoSuchTableException", "the only catalog is lake")]
    [InlineData("SELECT * FROM gold.numbers AT (VERSION => 987654321)", 400, "SqlBindException", "no snapshot 987654321")]
    [InlineData("SELECT $1", 403, "SqlNotAllowedException", "parameter")]
    public async Task ErrorsSayWhatAndWhere(string sql, int status, string type, string message)
    {
        var error = await service.ErrorAsync(sql);
        Assert.Equal((status, type), (error.Status, error.Type));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TextsThatAreTooLongAreRefusedUnread()
    {
        Assert.Equal((413, "SqlLimitException"), Kind(await service.ErrorAsync("SELECT 1 -- " + new string('x', 70_000))));
        Assert.Equal((413, "SqlLimitException"), Kind(await service.ErrorAsync("SELECT 1 -- " + new string('x', 1_000_000))));
    }

    [Fact]
    public async Task WrongHeadersAreNamed()
    {
        Assert.Equal(406, (await service.ErrorAsync("SELECT 1", "image/png")).Status);
        var error = await service.ErrorAsync("SELECT 1", "application/json", ("Lake-Max-Rows", "many"));
        Assert.Equal(400, error.Status);
        Assert.Contains("Lake-Max-Rows", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnlyCallersWithAKeyAreServed()
    {
        using var stranger = new HttpClient { BaseAddress = service.Client.BaseAddress };
        using var refused = await stranger.PostAsync(new Uri("/sql", UriKind.Relative), new StringContent("SELECT 1", Encoding.UTF8, "text/plain"), Token);
        Assert.Equal(401, (int)refused.StatusCode);
        Assert.Equal("Healthy", await stranger.GetStringAsync(new Uri("/health", UriKind.Relative), Token));
        await service.QueryAsync("SELECT 1 FROM silver.mixed");
        Assert.All(service.Catalog.Keys, key => Assert.StartsWith("Bearer service-key", key, StringComparison.Ordinal));
    }

    static (int Status, string Type) Kind((int Status, string Type, string Message) error) => (error.Status, error.Type);
}
