using System.Text;
using System.Text.Json;
using FsCheck.Fluent;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Values;

public sealed class SingleValueTests
{
    public static TheoryData<string, object, string> Encodings => new()
    {
        { "boolean", false, "00" },
        { "boolean", true, "01" },
        { "int", 34, "22000000" },
        { "int", -1, "ffffffff" },
        { "long", 34L, "2200000000000000" },
        { "float", 1.0f, "0000803f" },
        { "double", 1.0d, "000000000000f03f" },
        { "date", 17486, "4e440000" },
        { "timestamp", 1510871468000000L, "00c3262d215e0500" },
        { "string", "iceberg", "69636562657267" },
        { "uuid", new Guid("f79c3e09-677c-4bbd-a479-3f349cb785e7"), "f79c3e09677c4bbda4793f349cb785e7" },
        { "fixed[4]", new byte[] { 0, 1, 2, 0xff }, "000102ff" },
        { "binary", new byte[] { 0, 1, 2, 0xff }, "000102ff" },
        { "decimal(9, 2)", (Int128)1420, "058c" },
        { "decimal(9, 2)", (Int128)127, "7f" },
        { "decimal(9, 2)", (Int128)128, "0080" },
        { "decimal(9, 2)", (Int128)(-128), "80" },
        { "decimal(9, 2)", (Int128)(-129), "ff7f" },
        { "decimal(9, 2)", (Int128)0, "00" },
        { "decimal(38, 0)", Int128.MinValue, "80000000000000000000000000000000" },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Values_have_the_bytes_of_appendix_D(string type, object value, string hex)
    {
        var parsed = TypeJson.ParsePrimitive(type);
        Assert.Equal(hex, Convert.ToHexStringLower(SingleValue.ToBytes(parsed, value)));
        Assert.Equal(value, SingleValue.FromBytes(parsed, Convert.FromHexString(hex)));
    }

    [Fact]
    public void Bounds_from_before_a_promotion_are_understood()
    {
        Assert.Equal(34L, SingleValue.FromBytes(IcebergType.Long, SingleValue.ToBytes(IcebergType.Int, 34)));
        Assert.Equal(1.5d, SingleValue.FromBytes(IcebergType.Double, SingleValue.ToBytes(IcebergType.Float, 1.5f)));
        Assert.Equal(86_400_000_000L, SingleValue.FromBytes(IcebergType.Timestamp, SingleValue.ToBytes(IcebergType.Date, 1)));
        Assert.Equal((Int128)1420, SingleValue.FromBytes(new DecimalType(38, 2), Convert.FromHexString("058c")));
    }

    [Theory]
    [InlineData("int", "0000")]
    [InlineData("boolean", "")]
    [InlineData("long", "000000000000000000")]
    [InlineData("uuid", "00")]
    [InlineData("string", "c3")]
    [InlineData("decimal(9, 2)", "")]
    [InlineData("decimal(9, 2)", "0100000000000000000000000000000000")]
    [InlineData("fixed[4]", "00")]
    [InlineData("timestamp", "ffffff7f")]
    public void Bytes_that_are_no_value_are_refused(string type, string hex)
    {
        var error = Assert.Throws<LakehouseException>(() => SingleValue.FromBytes(TypeJson.ParsePrimitive(type), Convert.FromHexString(hex)));
        Assert.Equal(LakehouseErrorKind.InvalidData, error.Kind);
    }

    [Fact]
    public void Every_value_survives_its_bytes() => Properties.Hold(Arbitrary.Typed, item =>
        Assert.Equal(item.Value, SingleValue.FromBytes(item.Type, SingleValue.ToBytes(item.Type, item.Value))));

    [Fact]
    public void Every_finite_value_survives_its_JSON_and_its_text() => Properties.Hold(
        Arbitrary.Typed.Where(item => item.Value is not (float or double) || (item.Value is float single ? float.IsFinite(single) : double.IsFinite((double)item.Value))),
        item =>
        {
            var buffer = new System.Buffers.ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(buffer))
            {
                SingleValueJson.Write(json, item.Type, item.Value);
            }

            using var document = JsonDocument.Parse(buffer.WrittenMemory);
            Assert.Equal(item.Value, SingleValueJson.Read(document.RootElement, item.Type));
            Assert.Equal(item.Value, ValueParser.Parse(item.Type, ValueText.Of(item.Type, item.Value)));
        });

    [Fact]
    public void Order_is_total_and_that_of_the_specification()
    {
        Properties.Hold(Arbitrary.Pairs, pair =>
        {
            var order = SingleValue.Compare(pair.Left, pair.Right);
            Assert.Equal(Math.Sign(order), -Math.Sign(SingleValue.Compare(pair.Right, pair.Left)));
            Assert.Equal(0, SingleValue.Compare(pair.Left, pair.Left));
            if (pair.Left is string left && pair.Right is string right)
            {
                // Code point order is the order of UTF-8 bytes.
                Assert.Equal(Math.Sign(Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right))), Math.Sign(order));
            }
        });
        Assert.True(SingleValue.Compare(-0.0, 0.0) < 0);
        Assert.True(SingleValue.Compare(float.NaN, float.PositiveInfinity) > 0);
        Assert.True(SingleValue.Compare("\uffff", "\U00010000") < 0);
        Assert.True(SingleValue.Compare(new Guid("00000000-0000-0000-0000-000000000001"), new Guid("80000000-0000-0000-0000-000000000000")) < 0);
    }

    public static TheoryData<string, string, object> Texts => new()
    {
        { "date", "2017-11-16", 17486 },
        { "date", "1969-12-31", -1 },
        { "date", "0001-01-01", -719162 },
        { "date", "0001-01-01 (BC)", -719528 },
        { "date", "+10000-01-01", 2932897 },
        { "time", "22:31:08.123456", 81068123456L },
        { "time", "22:31:08", 81068000000L },
        { "timestamp", "2017-11-16T22:31:08.123456", 1510871468123456L },
        { "timestamp", "2017-11-16 22:31:08.12", 1510871468120000L },
        { "timestamptz", "2017-11-16T14:31:08-08:00", 1510871468000000L },
        { "timestamptz", "2017-11-16 22:31:08.000001+00", 1510871468000001L },
        { "timestamptz", "2017-11-16T22:31:08Z", 1510871468000000L },
        { "timestamp_ns", "2017-11-16T22:31:08.123456789", 1510871468123456789L },
        { "decimal(9, 2)", "14.20", (Int128)1420 },
        { "decimal(9, 2)", "-0.05", (Int128)(-5) },
        { "decimal(9, 2)", "14", (Int128)1400 },
        { "decimal(9, 2)", "14.2000", (Int128)1420 },
        { "decimal(9, 0)", "2E+2", (Int128)200 },
        { "decimal(38, 0)", "-99999999999999999999999999999999999999", -Int128.Parse("99999999999999999999999999999999999999", System.Globalization.CultureInfo.InvariantCulture) },
        { "boolean", "1", true },
        { "boolean", "false", false },
        { "double", "inf", double.PositiveInfinity },
        { "binary", "000102FF", new byte[] { 0, 1, 2, 255 } },
        { "uuid", "F79C3E09-677c-4bbd-a479-3f349cb785e7", new Guid("f79c3e09-677c-4bbd-a479-3f349cb785e7") },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_of_engines_and_JSON_is_understood(string type, string text, object value) => Assert.Equal(value, ValueParser.Parse(TypeJson.ParsePrimitive(type), text));

    [Theory]
    [InlineData("int", "1.5")]
    [InlineData("int", "2147483648")]
    [InlineData("date", "2017-02-29")]
    [InlineData("date", "2017-1-1")]
    [InlineData("time", "24:00:00")]
    [InlineData("time", "22:31:08.1234567")]
    [InlineData("timestamp", "2017-11-16T22:31:08+01:00")]
    [InlineData("timestamp", "infinity")]
    [InlineData("decimal(4, 2)", "100.00")]
    [InlineData("decimal(4, 2)", "1.005")]
    [InlineData("decimal(4, 2)", "")]
    [InlineData("decimal(4, 2)", ".")]
    [InlineData("decimal(4, 2)", "1.2.3")]
    [InlineData("decimal(4, 2)", "0x10")]
    [InlineData("binary", "0")]
    [InlineData("fixed[2]", "00")]
    public void Text_that_is_no_value_is_refused(string type, string text) =>
        Assert.Equal(LakehouseErrorKind.InvalidData, Assert.Throws<LakehouseException>(() => ValueParser.Parse(TypeJson.ParsePrimitive(type), text)).Kind);

    [Fact]
    public void Nested_values_have_their_JSON_form()
    {
        var type = new StructType([
            new NestedField(1, "a", true, IcebergType.Int),
            new NestedField(2, "b", false, new ListType(3, IcebergType.String, true)),
            new NestedField(4, "c", false, new MapType(5, IcebergType.String, 6, IcebergType.Int, false)),
        ]);
        const string text = """{"1":1,"2":["x","y"],"4":{"keys":["a","b"],"values":[1,null]}}""";
        using var document = JsonDocument.Parse(text);
        var value = SingleValueJson.Read(document.RootElement, type);
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            SingleValueJson.Write(json, type, value);
        }

        Assert.Equal(text, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}
