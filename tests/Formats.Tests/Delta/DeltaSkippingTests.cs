using System.Text.Json;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Delta.Skipping;
using Lakehouse.Formats.Expressions;

namespace Lakehouse.Formats.Tests.Delta;

public sealed class DeltaSkippingTests
{
    static readonly DeltaStruct Schema = new([
        new DeltaField("d", DeltaType.Double), new DeltaField("t", DeltaType.Timestamp), new DeltaField("s", DeltaType.String),
        new DeltaField("c", DeltaType.String) { Metadata = new Dictionary<string, JsonElement> { ["__CHAR_VARCHAR_TYPE_STRING"] = JsonSerializer.SerializeToElement("char(4)") } },
    ]);

    [Theory]
    [InlineData("delta-rs:1.0", 1)]
    [InlineData("Apache-Spark/4.1.4 Delta-Lake/4.4.0", 0)]
    public async Task NaN_is_greater_than_an_upper_bound_that_leaves_it_out(string engine, int kept) =>
        Assert.Equal(kept, await KeptAsync(engine, """{"numRecords":2,"minValues":{"d":1.0},"maxValues":{"d":3.0},"nullCount":{"d":0}}""", new ColumnPredicate("d", PredicateOperator.Greater, new DoubleLiteral(5))));

    [Fact]
    public async Task Both_zeros_are_one() =>
        Assert.Equal(1, await KeptAsync("delta-rs:1.0", """{"numRecords":2,"minValues":{"d":-0.0},"maxValues":{"d":-0.0},"nullCount":{"d":0}}""", new ColumnPredicate("d", PredicateOperator.Equal, new DoubleLiteral(0))));

    [Theory]
    [InlineData(9_000_500, 1)]
    [InlineData(9_001_000, 0)]
    public async Task A_timestamp_may_be_later_than_its_bound_in_milliseconds(long micros, int kept) =>
        Assert.Equal(kept, await KeptAsync("x", """{"numRecords":2,"minValues":{"t":"1970-01-01T00:00:01.000Z"},"maxValues":{"t":"1970-01-01T00:00:09.000Z"},"nullCount":{"t":0}}""", new ColumnPredicate("t", PredicateOperator.Equal, new TimestampLiteral(micros, false, true))));

    [Theory]
    [InlineData("abcdefghijklmnopqrstuvwxyzabcdefzz", 1)]
    [InlineData("abcdefghijklmnopqrstuvwxyzabcdeg", 0)]
    public async Task A_text_may_go_on_after_a_cut_bound(string text, int kept) =>
        Assert.Equal(kept, await KeptAsync("x", """{"numRecords":2,"minValues":{"s":"a"},"maxValues":{"s":"abcdefghijklmnopqrstuvwxyzabcdef"},"nullCount":{"s":0}}""", new ColumnPredicate("s", PredicateOperator.Equal, new StringLiteral(text))));

    [Theory]
    [InlineData("""{"numRecords":2,"minValues":{"c":"ab"},"maxValues":{"c":"ab"},"nullCount":{"c":0}}""", 1)]
    [InlineData("""{"numRecords":2,"nullCount":{"c":2}}""", 0)]
    public async Task A_text_of_a_fixed_length_is_not_the_one_that_its_file_holds(string stats, int kept) =>
        Assert.Equal(kept, await KeptAsync("x", stats, new ColumnPredicate("c", PredicateOperator.Equal, new StringLiteral("ab  "))));

    [Theory]
    [InlineData("""{"numRecords":2,"nullCount":{"s":2}}""", 0)]
    [InlineData("""{"numRecords":2,"nullCount":{"s":1}}""", 1)]
    [InlineData("""{"nullCount":{"s":2}}""", 1)]
    [InlineData("""{"numRecords":2,"nullCount":""", 1)]
    [InlineData("no json", 1)]
    public async Task A_column_without_values_matches_no_comparison(string stats, int kept) =>
        Assert.Equal(kept, await KeptAsync("x", stats, new ColumnPredicate("s", PredicateOperator.Equal, new StringLiteral("b"))));

    [Theory]
    [InlineData("2025-01-01 10:00:00.5", 1735725600500000)]
    [InlineData("2025-01-01T10:00:00.500000Z", 1735725600500000)]
    [InlineData("2025-01-01T12:00:00.5+02:00", 1735725600500000)]
    [InlineData("1969-12-31 23:59:59.999999", -1)]
    [InlineData("0001-01-01 00:00:00", -62135596800000000)]
    public void Timestamps_are_read_in_each_form(string text, long micros) => Assert.Equal(new TimestampLiteral(micros, false, true), DeltaText.Parse(DeltaType.Timestamp, text));

    [Fact]
    public void Bytes_go_through_Z85()
    {
        byte[] bytes = [0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B];
        Assert.Equal("HelloWorld", Z85.Encode(bytes));
        Assert.Equal(bytes, Z85.Decode("HelloWorld"));
        Assert.Null(Z85.Decode("#####"));
        Assert.Null(Z85.Decode("abc"));
    }

    static async Task<int> KeptAsync(string engine, string stats, Expression filter)
    {
        var info = JsonSerializer.SerializeToElement(new { operation = "WRITE", engineInfo = engine });
        var log = new LogFolder().Commit(0, new CommitInfo(info), LogFolder.Protocol, LogFolder.Metadata with { SchemaString = DeltaSchemaJson.ToText(Schema) }, LogFolder.Add("a") with { Stats = stats });
        return new DeltaFileFilter(await log.OpenAsync(), filter).Select().Count;
    }
}
