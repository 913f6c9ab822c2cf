using Lakehouse.Formats;

namespace Lakehouse.Engine.Tests;

public sealed class ResultTypeTests : IDisposable
{
    readonly DuckDbDatabase database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
    readonly DuckDbConnection connection;

    public ResultTypeTests() => connection = database.Connect();

    public void Dispose()
    {
        connection.Dispose();
        database.Dispose();
    }

    public static TheoryData<string, string, object> Values => new()
    {
        { "true", "boolean", true },
        { "(-128)::TINYINT", "int", -128 },
        { "255::UTINYINT", "int", 255 },
        { "(-32768)::SMALLINT", "int", -32768 },
        { "65535::USMALLINT", "int", 65535 },
        { "(-2147483648)::INTEGER", "int", int.MinValue },
        { "4294967295::UINTEGER", "long", 4294967295L },
        { "9223372036854775807", "long", long.MaxValue },
        { "18446744073709551615::UBIGINT", "decimal(20, 0)", (Int128)ulong.MaxValue },
        { "(-170141183460469231731)::HUGEINT", "decimal(38, 0)", Int128.Parse("-170141183460469231731") },
        { "170141183460469231731::UHUGEINT", "decimal(38, 0)", Int128.Parse("170141183460469231731") },
        { "1.5::FLOAT", "float", 1.5f },
        { "'NaN'::DOUBLE", "double", double.NaN },
        { "(-1.25)::DECIMAL(4,2)", "decimal(4, 2)", (Int128)(-125) },
        { "12345.678::DECIMAL(9,3)", "decimal(9, 3)", (Int128)12345678 },
        { "12345.678::DECIMAL(18,3)", "decimal(18, 3)", (Int128)12345678 },
        { "(-12345.678)::DECIMAL(38,3)", "decimal(38, 3)", (Int128)(-12345678) },
        { "DATE '1969-12-31'", "date", -1 },
        { "TIME '00:00:01.000002'", "time", 1000002L },
        { "TIMESTAMP '1970-01-01 00:00:01'", "timestamp", 1_000_000L },
        { "'1970-01-01 00:00:01'::TIMESTAMP_S", "timestamp", 1_000_000L },
        { "'1970-01-01 00:00:01.002'::TIMESTAMP_MS", "timestamp", 1_002_000L },
        { "TIMESTAMPTZ '1970-01-01 02:00:00+02'", "timestamptz", 0L },
        { "'short'", "string", "short" },
        { "'longer than twelve bytes, ä'", "string", "longer than twelve bytes, ä" },
        { "'beta'::ENUM('alpha', 'beta')", "string", "beta" },
        { "'\\x00\\xFF'::BLOB", "binary", new byte[] { 0, 255 } },
        { "'00112233-4455-6677-8899-aabbccddeeff'::UUID", "uuid", Guid.Parse("00112233-4455-6677-8899-aabbccddeeff") },
        { "'ff112233-4455-6677-8899-aabbccddeeff'::UUID", "uuid", Guid.Parse("ff112233-4455-6677-8899-aabbccddeeff") },
        { "'{\"a\":1}'::JSON", "string", "{\"a\":1}" },
        { "[1, NULL, 3]", "list<int>", new object?[] { 1, null, 3 } },
        { "[['a'], [], NULL]", "list<list<string>>", new object?[] { new object?[] { "a" }, Array.Empty<object?>(), null } },
        { "array_value(1.0::FLOAT, 2.0::FLOAT)", "list<float>", new object?[] { 1f, 2f } },
        { "{'a': 1, 'b': {'c': 'x', 'd': NULL::DATE}}", "struct<a: int, b: struct<c: string, d: date>>", new object?[] { 1, new object?[] { "x", null } } },
        { "MAP {'k': [1], 'l': NULL}", "map<string, list<int>>", new object?[] { ((object?)"k", (object?)new object?[] { 1 }), ((object?)"l", (object?)null) } },
        { "[{'m': MAP {1: 'one'}}]", "list<struct<m: map<int, string>>>", new object?[] { new object?[] { new object?[] { ((object?)1, (object?)"one") } } } },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task EveryTypeIsReadAsItsIcebergType(string sql, string type, object expected)
    {
        await using var result = await connection.QueryAsync($"SELECT {sql} AS v UNION ALL SELECT NULL", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(("v", type), (result.Columns.Single().Name, result.Columns.Single().Type.ToString()));
        var rows = await result.RowsAsync();
        Assert.Equal(2, rows.Count);
        Assert.Equivalent(expected, rows[0][0], strict: true);
        Assert.Null(rows[1][0]);
    }

    [Theory]
    [InlineData("INTERVAL 1 DAY", "INTERVAL")]
    [InlineData("'10:00:00+02'::TIMETZ", "TIME WITH TIME ZONE")]
    [InlineData("'101'::BIT", "BIT")]
    [InlineData("union_value(a := 1)", "UNION")]
    [InlineData("[INTERVAL 1 DAY]", "INTERVAL")]
    public async Task ATypeThatTablesLackIsRefusedByName(string sql, string name)
    {
        var refusal = await Assert.ThrowsAsync<LakehouseException>(() => connection.QueryAsync($"SELECT {sql} AS odd", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(LakehouseErrorKind.Unsupported, refusal.Kind);
        Assert.Contains($"odd is {name},", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, await connection.ValueAsync("SELECT 1"));
    }

    [Theory]
    [InlineData("170141183460469231731687303715884105727::HUGEINT")]
    [InlineData("340282366920938463463374607431768211455::UHUGEINT")]
    [InlineData("100000000000000000000000000000000000000::UHUGEINT")]
    public async Task AnIntegerOfMoreThan38DigitsIsRefused(string sql)
    {
        var refusal = await Assert.ThrowsAsync<LakehouseException>(() => connection.RowsAsync($"SELECT {sql}"));
        Assert.Contains("38 digits", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyBatchesOfNestedValuesArriveInOrder()
    {
        const int count = 50_000;
        var rows = await connection.RowsAsync($"SELECT i, [i, i + 1], {{'s': 'value ' || i}}, CASE WHEN i % 3 = 0 THEN NULL ELSE i END FROM range({count}) t(i)");
        Assert.Equal(count, rows.Count);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal((long)i, rows[i][0]);
            Assert.Equal([(long)i, (long)i + 1], (object?[])rows[i][1]!);
            Assert.Equal($"value {i}", ((object?[])rows[i][2]!)[0]);
            Assert.Equal(i % 3 == 0 ? null : (long)i, rows[i][3]);
        }
    }

    [Fact]
    public async Task ABatchThatWasGivenBackRefusesToBeRead()
    {
        await using var result = await connection.QueryAsync("SELECT 1 AS a, 'text' AS b", cancellationToken: TestContext.Current.CancellationToken);
        await foreach (var batch in result.ReadAsync(TestContext.Current.CancellationToken))
        {
            var (number, text) = (batch.Columns[0], batch.Columns[1]);
            Assert.Throws<ArgumentOutOfRangeException>(() => text.Bytes(1).Length);
            Assert.Throws<InvalidOperationException>(() => number.Values<long>().Length);
            batch.Dispose();
            Assert.Throws<ObjectDisposedException>(() => number.Values<int>().Length);
            Assert.Throws<ObjectDisposedException>(() => text.Bytes(0).Length);
        }
    }
}
