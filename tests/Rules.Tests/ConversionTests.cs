using System.Text.Json;
using Lakehouse.Engine;
using Lakehouse.Rules.Contracts;

namespace Lakehouse.Rules.Tests;

/// <summary>What converts without loss and what does not, from JSON, from text, and from typed columns.</summary>
public sealed class ConversionTests
{
    const string Bad = "BAD";

    [Theory]
    [InlineData("boolean", "true", "true")]
    [InlineData("boolean", "\"FALSE\"", "false")]
    [InlineData("boolean", "1", Bad)]
    [InlineData("boolean", "\"yes\"", Bad)]
    [InlineData("long", "9223372036854775807", "9223372036854775807")]
    [InlineData("long", "9223372036854775808", Bad)]
    [InlineData("long", "-9223372036854775808", "-9223372036854775808")]
    [InlineData("long", "1.0", "1")]
    [InlineData("long", "1e3", "1000")]
    [InlineData("long", "1.5", Bad)]
    [InlineData("long", "0.5", Bad)]
    [InlineData("long", "1e30", Bad)]
    [InlineData("long", "\"12\"", "12")]
    [InlineData("long", "\"abc\"", Bad)]
    [InlineData("long", "\"1.0\"", Bad)]
    [InlineData("long", "\"\"", Bad)]
    [InlineData("long", "\" 1\"", Bad)]
    [InlineData("long", "true", Bad)]
    [InlineData("long", "{}", Bad)]
    [InlineData("long", "[1]", Bad)]
    [InlineData("long", "null", null)]
    [InlineData("int", "2147483647", "2147483647")]
    [InlineData("int", "2147483648", Bad)]
    [InlineData("int", "-2147483648.0", "-2147483648")]
    [InlineData("double", "1.25", "1.25")]
    [InlineData("double", "1", "1.0")]
    [InlineData("double", "9007199254740993", Bad)]
    [InlineData("double", "1e400", Bad)]
    [InlineData("double", "\"NaN\"", "nan")]
    [InlineData("double", "\"-Infinity\"", "-inf")]
    [InlineData("double", "\"1.5e3\"", "1500.0")]
    [InlineData("double", "\"1,5\"", Bad)]
    [InlineData("float", "0.5", "0.5")]
    [InlineData("float", "16777217", Bad)]
    [InlineData("float", "1e39", Bad)]
    [InlineData("decimal(10, 2)", "12.34", "12.34")]
    [InlineData("decimal(10, 2)", "12", "12.00")]
    [InlineData("decimal(10, 2)", "12.345", Bad)]
    [InlineData("decimal(10, 2)", "\"12.3400\"", "12.34")]
    [InlineData("decimal(10, 2)", "123456789", Bad)]
    [InlineData("decimal(38, 2)", "1234567890123.45", "1234567890123.45")]
    [InlineData("decimal(38, 2)", "12345678901234567.89", Bad)]
    [InlineData("decimal(38, 10)", "\"1234567890123456789012345678.0123456789\"", "1234567890123456789012345678.0123456789")]
    [InlineData("string", "\"a\\u00e9\\n\"", "aé\n")]
    [InlineData("string", "12", "12")]
    [InlineData("string", "true", "true")]
    [InlineData("string", "{\"a\":[1]}", "{\"a\":[1]}")]
    [InlineData("string", "\"\"", "")]
    [InlineData("date", "\"2024-02-29\"", "2024-02-29")]
    [InlineData("date", "\"2023-02-29\"", Bad)]
    [InlineData("date", "\"2024-02-29T00:00:00\"", Bad)]
    [InlineData("date", "20240229", Bad)]
    [InlineData("time", "\"23:59:59.5\"", "23:59:59.5")]
    [InlineData("time", "\"24:00:01\"", Bad)]
    [InlineData("timestamp", "\"2024-01-02T03:04:05.123456\"", "2024-01-02 03:04:05.123456")]
    [InlineData("timestamp", "\"2024-01-02T03:04:05.1234567\"", Bad)]
    [InlineData("timestamp", "\"2024-01-02T03:04:05Z\"", Bad)]
    [InlineData("timestamp", "\"2024-01-02\"", Bad)]
    [InlineData("timestamptz", "\"2024-01-02T03:04:05Z\"", "2024-01-02 03:04:05+00")]
    [InlineData("timestamptz", "\"2024-01-02T03:04:05+0530\"", "2024-01-01 21:34:05+00")]
    [InlineData("timestamptz", "\"2024-01-02T03:04:05.5-02:00\"", "2024-01-02 05:04:05.5+00")]
    [InlineData("timestamptz", "\"2024-01-02T03:04:05\"", Bad)]
    [InlineData("uuid", "\"0F0E0D0C-0b0a-0908-0706-050403020100\"", "0f0e0d0c-0b0a-0908-0706-050403020100")]
    [InlineData("uuid", "\"0f0e0d0c\"", Bad)]
    [InlineData("binary", "\"AP8=\"", "\\x00\\xFF")]
    [InlineData("binary", "\"AP8\"", Bad)]
    [InlineData("fixed[2]", "\"AP8=\"", "\\x00\\xFF")]
    [InlineData("fixed[3]", "\"AP8=\"", Bad)]
    [InlineData("list<int>", "[1,null,\"3\"]", "[1, NULL, 3]")]
    [InlineData("list<int>", "[1,2.5]", Bad)]
    [InlineData("list<int>", "1", Bad)]
    [InlineData("list<list<date>>", "[[\"2024-01-01\"],[]]", "[[2024-01-01], []]")]
    [InlineData("struct<a: int, b: struct<c: string>>", "{\"a\":1,\"b\":{\"c\":2},\"d\":3}", "{'a': 1, 'b': {'c': 2}}")]
    [InlineData("struct<a: int, b: struct<c: string>>", "{}", "{'a': NULL, 'b': NULL}")]
    [InlineData("struct<a: int>", "{\"a\":\"x\"}", Bad)]
    [InlineData("struct<a: int>", "[]", Bad)]
    [InlineData("map<string, int>", "{\"x/~y\":1,\"\":null}", "{x/~y=1, ''=NULL}")]
    [InlineData("map<int, list<double>>", "{\"1\":[0.5]}", "{1=[0.5]}")]
    [InlineData("map<int, int>", "{\"a\":1}", Bad)]
    [InlineData("map<string, int>", "{\"a\":1.5}", Bad)]
    public async Task Json_converts_without_loss_or_not_at_all(string type, string json, string? expected) =>
        Assert.Equal(expected, await ConvertJsonAsync(type, $"{{\"o\":{{\"f\":{json}}}}}", format: null));

    [Theory]
    [InlineData("date", "%Y%m%d", "\"20240229\"", "2024-02-29")]
    [InlineData("date", "%Y%m%d", "\"20230229\"", Bad)]
    [InlineData("timestamp", "%d/%m/%Y %H:%M", "\"29/02/2024 13:45\"", "2024-02-29 13:45:00")]
    [InlineData("timestamptz", "%d/%m/%Y %H:%M %z", "\"29/02/2024 13:45 +01:00\"", "2024-02-29 12:45:00+00")]
    public async Task Formats_say_how_dates_are_written(string type, string format, string json, string expected) =>
        Assert.Equal(expected, await ConvertJsonAsync(type, $"{{\"o\":{{\"f\":{json}}}}}", format));

    [Theory]
    [InlineData("{}", null)]
    [InlineData("{\"o\":5}", null)]
    [InlineData("{\"o\":null}", null)]
    [InlineData("{\"o\":{}}", null)]
    [InlineData("{\"f\":1}", null)]
    public async Task A_missing_field_is_null(string json, string? expected) => Assert.Equal(expected, await ConvertJsonAsync("long", json, format: null));

    [Theory]
    [InlineData("long", "12::INTEGER", "12")]
    [InlineData("int", "12::BIGINT", "12")]
    [InlineData("int", "3000000000::BIGINT", Bad)]
    [InlineData("long", "1.5::DOUBLE", Bad)]
    [InlineData("long", "2.0::DOUBLE", "2")]
    [InlineData("long", "'12'", "12")]
    [InlineData("long", "'x'", Bad)]
    [InlineData("decimal(10, 2)", "1.25::DOUBLE", "1.25")]
    [InlineData("decimal(10, 2)", "1.255::DECIMAL(10,3)", Bad)]
    [InlineData("float", "0.1::DOUBLE", Bad)]
    [InlineData("string", "DATE '2024-01-02'", "2024-01-02")]
    [InlineData("date", "TIMESTAMP '2024-01-02 00:00:00'", "2024-01-02")]
    [InlineData("date", "TIMESTAMP '2024-01-02 03:00:00'", Bad)]
    [InlineData("timestamptz", "TIMESTAMP '2024-01-02 03:00:00'", "2024-01-02 03:00:00+00")]
    [InlineData("list<int>", "[1, 2]::BIGINT[]", "[1, 2]")]
    [InlineData("list<int>", "[1.5]::DOUBLE[]", Bad)]
    [InlineData("list<int>", "'[1,2]'", "[1, 2]")]
    [InlineData("list<int>", "'[1,'", Bad)]
    [InlineData("long", "NULL::DOUBLE", null)]
    public async Task Columns_convert_without_loss_or_not_at_all(string type, string value, string? expected)
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        string sqlType;
        await using (var result = await connection.QueryAsync($"SELECT {value} AS v"))
        {
            sqlType = result.Columns[0].DuckDbType;
        }

        var origin = new FieldOrigin(["f"]);
        var events = new ColumnEvents(
            $"SELECT {value} AS v, '{{}}' AS {EventRelation.Raw}, 1::BIGINT AS {EventRelation.Position}, 's' AS {EventRelation.Source}, 'i' AS {EventRelation.Scope}, now() AS {EventRelation.IngestedAt}",
            new Dictionary<FieldOrigin, (string, string)> { [origin] = ("v", sqlType) });
        Assert.Equal(expected, await VerdictAsync(connection, new StreamContract("s", [new ContractColumn("c", TypeText.Parse(type), origin)]), events));
    }

    internal static JsonEvents Events(string json) => new(
        $"SELECT {SqlText.Literal(json)} AS {EventRelation.Raw}, 7::BIGINT AS {EventRelation.Position}, 'log-20240506.json' AS {EventRelation.Source}, 'id' AS {EventRelation.Scope}, TIMESTAMPTZ '2024-09-09 23:00:00+00' AS {EventRelation.IngestedAt}");

    static async Task<string?> ConvertJsonAsync(string type, string json, string? format)
    {
        using var parsed = JsonDocument.Parse(json);
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        return await VerdictAsync(connection, new StreamContract("s", [new ContractColumn("c", TypeText.Parse(type), new FieldOrigin(["o", "f"])) { Format = format }]), Events(json));
    }

    static Task<string?> VerdictAsync(DuckDbConnection connection, StreamContract contract, EventRelation events) =>
        connection.ScalarAsync<string>($"SELECT CASE WHEN {ContractSql.Rule} IS NOT NULL THEN '{Bad}' ELSE c::VARCHAR END FROM ({ContractSql.Judge(contract, events)})");
}
