using FsCheck.Fluent;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Values;

namespace Lakehouse.Formats.Tests.Partitioning;

public sealed class TransformTests
{
    /// <summary>Test values of the specification, Appendix B.</summary>
    public static TheoryData<string, object, int> Hashes => new()
    {
        { "int", 34, 2017239379 },
        { "long", 34L, 2017239379 },
        { "decimal(9, 2)", (Int128)1420, -500754589 },
        { "date", 17486, -653330422 },
        { "time", 81068000000L, -662762989 },
        { "timestamp", 1510871468000000L, -2047944441 },
        { "timestamp", 1510871468000001L, -1207196810 },
        { "timestamptz", 1510871468000000L, -2047944441 },
        { "timestamptz", 1510871468000001L, -1207196810 },
        { "timestamp_ns", 1510871468000000000L, -2047944441 },
        { "timestamp_ns", 1510871468000001001L, -1207196810 },
        { "timestamptz_ns", 1510871468000001001L, -1207196810 },
        { "string", "iceberg", 1210000089 },
        { "uuid", new Guid("f79c3e09-677c-4bbd-a479-3f349cb785e7"), 1488055340 },
        { "fixed[4]", new byte[] { 0, 1, 2, 3 }, -188683207 },
        { "binary", new byte[] { 0, 1, 2, 3 }, -188683207 },
        { "boolean", true, 1392991556 },
        { "float", 1.0f, -142385009 },
        { "float", 0.0f, 1669671676 },
        { "float", -0.0f, 1669671676 },
        { "double", 1.0d, -142385009 },
        { "double", 0.0d, 1669671676 },
        { "double", -0.0d, 1669671676 },
    };

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Hashes_are_those_of_appendix_B(string type, object value, int hash) => Assert.Equal(hash, BucketHash.Of(value, TypeJson.ParsePrimitive(type)));

    public static TheoryData<string, string, object, object> Results => new()
    {
        { "identity", "string", "a", "a" },
        { "bucket[16]", "long", 34L, 3 },
        { "truncate[10]", "int", 1, 0 },
        { "truncate[10]", "int", -1, -10 },
        { "truncate[10]", "long", -1L, -10L },
        { "truncate[50]", "decimal(9, 2)", (Int128)1065, (Int128)1050 },
        { "truncate[10]", "decimal(9, 2)", (Int128)(-5), (Int128)(-10) },
        { "truncate[3]", "string", "iceberg", "ice" },
        { "truncate[2]", "string", "a\U0001F600b", "a\U0001F600" },
        { "truncate[3]", "binary", new byte[] { 1, 2, 3, 4, 5 }, new byte[] { 1, 2, 3 } },
        { "year", "date", 17486, 47 },
        { "year", "date", -1, -1 },
        { "month", "date", 17486, 574 },
        { "month", "date", -1, -1 },
        { "day", "timestamp", 1510871468000000L, 17486 },
        { "day", "timestamp", -1L, -1 },
        { "hour", "timestamp", 1510871468000000L, 419686 },
        { "hour", "timestamptz", -1L, -1 },
        { "hour", "timestamp_ns", 1510871468000000000L, 419686 },
        { "year", "timestamp_ns", -1L, -1 },
    };

    [Theory]
    [MemberData(nameof(Results))]
    public void Results_are_those_of_the_specification(string transform, string type, object value, object result) =>
        Assert.Equal(result, Transform.Parse(transform).Apply(value, TypeJson.ParsePrimitive(type)));

    [Theory]
    [InlineData("identity", TransformKind.Identity, 0)]
    [InlineData("bucket[16]", TransformKind.Bucket, 16)]
    [InlineData("Truncate[3]", TransformKind.Truncate, 3)]
    [InlineData("void", TransformKind.Void, 0)]
    [InlineData("zorder", TransformKind.Unknown, 0)]
    [InlineData("bucketing[3]", TransformKind.Unknown, 0)]
    public void Texts_are_understood(string text, TransformKind kind, int parameter)
    {
        var transform = Transform.Parse(text);
        Assert.Equal((kind, parameter), (transform.Kind, transform.Parameter));
        Assert.Equal(text, transform.Text, ignoreCase: true);
    }

    [Theory]
    [InlineData("bucket[0]")]
    [InlineData("bucket[-1]")]
    [InlineData("bucket[x]")]
    [InlineData("truncate[99999999999]")]
    public void Malformed_parameters_are_refused(string text) => Assert.Throws<LakehouseException>(() => Transform.Parse(text));

    [Fact]
    public void Null_stays_null_and_void_forgets()
    {
        Assert.Null(Transform.Bucket(4).Apply(null, IcebergType.Int));
        Assert.Null(Transform.Void.Apply(1, IcebergType.Int));
        Assert.Throws<LakehouseException>(() => Transform.Hour.Apply(1, IcebergType.Date));
        Assert.Throws<LakehouseException>(() => Transform.Parse("zorder").Apply(1, IcebergType.Int));
    }

    [Fact]
    public void Buckets_are_within_their_number_and_alike_for_int_and_long() => Properties.Hold(Arbitrary.Int.Zip(Gen.Choose(1, 1000)), pair =>
    {
        var bucket = Transform.Bucket(pair.Item2);
        var result = (int)bucket.Apply(pair.Item1, IcebergType.Int)!;
        Assert.InRange(result, 0, pair.Item2 - 1);
        Assert.Equal(result, bucket.Apply((long)pair.Item1, IcebergType.Long));
    });

    [Fact]
    public void Truncation_is_below_by_less_than_the_width() => Properties.Hold(Arbitrary.Long.Zip(Gen.Choose(1, int.MaxValue)), pair =>
    {
        var (value, width) = pair;
        var truncated = (long)Transform.Truncate(width).Apply(value, IcebergType.Long)!;
        if (value > long.MinValue + int.MaxValue)
        {
            Assert.InRange(value - truncated, 0, width - 1);
            Assert.Equal(0, truncated % width);
        }
    });

    [Fact]
    public void Dates_go_to_their_days_and_back() => Properties.Hold(Arbitrary.Int, days =>
    {
        var (year, month, day) = CivilDate.FromDays(days);
        Assert.Equal(days, CivilDate.ToDays(year, month, day));
        Assert.InRange(day, 1, CivilDate.DaysInMonth(year, month));
        if (days is > -719162 and < 2932896)
        {
            var expected = DateOnly.FromDayNumber(days + 719162);
            Assert.Equal((expected.Year, expected.Month, expected.Day), ((int)year, month, day));
            Assert.Equal(((expected.Year - 1970) * 12) + expected.Month - 1, Transform.Month.Apply(days, IcebergType.Date));
        }
    });

    [Fact]
    public void Result_types_follow_the_specification()
    {
        Assert.Equal(IcebergType.Int, Transform.Bucket(3).ResultType(IcebergType.String));
        Assert.Equal(IcebergType.Date, Transform.Day.ResultType(IcebergType.Timestamp));
        Assert.Equal(IcebergType.Int, Transform.Year.ResultType(IcebergType.Date));
        Assert.Equal(new DecimalType(9, 2), Transform.Truncate(3).ResultType(new DecimalType(9, 2)));
    }
}
