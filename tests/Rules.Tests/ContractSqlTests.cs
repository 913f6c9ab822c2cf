using Lakehouse.Engine;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Rules.Contracts;
using Lakehouse.Rules.Quarantine;

namespace Lakehouse.Rules.Tests;

public sealed class ContractSqlTests
{
    static readonly StreamContract Contract = new("s",
    [
        new("Id", IcebergType.Long, new FieldOrigin(["id"])) { Required = true },
        new("It's \"odd\"", IcebergType.String, new FieldOrigin(["a.b", "c\"'d"])),
        new("Price", new DecimalType(10, 2), new FieldOrigin(["price"])) { Required = true },
        new("Day", IcebergType.Date, new FileNameOrigin(@"(\d{8})", ElseIngestionDate: true)) { Format = "%Y%m%d" },
        new("Twice", IcebergType.Long, new ExpressionOrigin("\"Id\" * 2")),
    ])
    {
        Version = 4,
    };

    [Fact]
    public async Task Events_that_keep_the_contract_become_rows_of_its_schema()
    {
        Assert.Equal(["7|x|1.50|2024-05-06|14"], await RowsAsync("""{"id":7,"a.b":{"c\"'d":"x"},"price":1.5,"more":true}""", ContractSql.Kept));
        Assert.Equal("Id: long, It's \"odd\": string, Price: decimal(10, 2), Day: date, Twice: long", string.Join(", ", Contract.ToSchema().Fields.Select(f => $"{f.Name}: {f.Type}")));
    }

    [Theory]
    [InlineData("""{"id":"x","price":1}""", "contract.type", "Id: expected long, got \"x\"")]
    [InlineData("""{"price":1}""", "contract.required", "Id: required, and missing")]
    [InlineData("""{"id":null,"price":1.234}""", "contract.type", "Price: expected decimal(10, 2), got 1.234; Id: required, and missing")]
    [InlineData("""{}""", "contract.required", "Id: required, and missing; Price: required, and missing")]
    public async Task Reasons_name_the_column_the_type_and_the_value(string json, string rule, string reason)
    {
        Assert.Empty(await RowsAsync(json, ContractSql.Kept));
        Assert.Equal([$"{rule}|{reason}|{json}|{json}|log-20240506.json|7|4|2024-09-09 23:00:00+00"], await RowsAsync(json, (c, j) =>
            $"SELECT rule, reason, decode(raw), \"row\", source, position, schema_version, ingested_at FROM ({ContractSql.Quarantined(c, j)})"));
    }

    [Fact]
    public async Task Long_values_are_shortened_in_reasons()
    {
        var reason = Assert.Single(await RowsAsync($"{{\"id\":\"{new string('x', 1000)}\",\"price\":1}}", (c, j) => $"SELECT reason FROM ({ContractSql.Quarantined(c, j)})"));
        Assert.InRange(reason.Length, 80, 120);
        Assert.EndsWith("…", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_event_has_the_same_quarantine_id_and_others_have_others()
    {
        async Task<string> IdAsync(string json) => Assert.Single(await RowsAsync(json, (c, j) => $"SELECT quarantine_id FROM ({ContractSql.Quarantined(c, j)})"));
        Assert.Equal(await IdAsync("{\"id\":\"a\",\"price\":1}"), await IdAsync("{\"id\":\"b\",\"price\":1}"));
        Assert.NotEqual(await IdAsync("{\"id\":\"a\",\"price\":1}"), await IdAsync("{\"price\":1}"));
    }

    [Fact]
    public async Task What_the_engine_cannot_read_is_quarantined_and_fails_nothing()
    {
        Assert.Equal(["json.malformed"], await RowsAsync("{\"id\":", (c, j) => $"SELECT rule FROM ({ContractSql.Quarantined(c, j)})"));
    }

    [Fact]
    public async Task Fields_within_fields_can_both_be_columns()
    {
        var contract = new StreamContract("s", [new("whole", IcebergType.String, new FieldOrigin(["a"])), new("part", IcebergType.Long, new FieldOrigin(["a", "b"])), new("again", IcebergType.String, new FieldOrigin(["a", "b"]))]);
        Assert.Equal(["{\"b\":5}|5|5"], await RowsAsync("{\"a\":{\"b\":5}}", ContractSql.Kept, contract));
    }

    [Fact]
    public async Task A_failing_expression_is_null_and_breaks_a_requirement()
    {
        var contract = new StreamContract("s",
        [
            new("a", IcebergType.Long, new FieldOrigin(["a"])), new("b", IcebergType.Long, new ExpressionOrigin("CAST('x' || a AS BIGINT)")) { Required = true },
        ]);
        Assert.Equal(["b: required, and missing"], await RowsAsync("{\"a\":1}", (c, j) => $"SELECT reason FROM ({ContractSql.Quarantined(c, j)})", contract));
    }

    [Fact]
    public async Task The_quarantine_has_the_columns_of_its_schema()
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        await using var result = await connection.QueryAsync(ContractSql.Quarantined(Contract, ContractSql.Judge(Contract, ConversionTests.Events("{}"))));

        Assert.Equal(QuarantineTable.Schema.Fields.Select(f => $"{f.Name} {f.Type}"), result.Columns.Select(c => $"{c.Name} {c.Type}"));
        Assert.Equal(
            "quarantine_id, rule, reason, raw, row, source, position, run_id, schema_version, ingested_at, replayed_by_commit", string.Join(", ", QuarantineTable.Schema.Fields.Select(f => f.Name)));
        Assert.Equal("orders__quarantine", QuarantineTable.NameFor("orders"));
    }

    static async Task<List<string>> RowsAsync(string json, Func<StreamContract, string, string> select, StreamContract? contract = null)
    {
        contract ??= Contract;
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        await connection.ExecuteAsync($"CREATE TEMP TABLE judged AS {ContractSql.Judge(contract, ConversionTests.Events(json))}; CREATE TEMP TABLE r AS {select(contract, "judged")}");
        var names = new List<string>();
        await using (var result = await connection.QueryAsync("SELECT * FROM r"))
        {
            names.AddRange(result.Columns.Select(c => SqlText.Identifier(c.Name) + "::VARCHAR"));
        }

        return (await connection.ScalarAsync<string>($"SELECT string_agg(concat_ws('|', {string.Join(", ", names)}), chr(1)) FROM r"))?.Split('\u0001').ToList() ?? [];
    }
}
