using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Partitioning;

public sealed class PartitionPathTests
{
    [Theory]
    [InlineData("year", "date", 47, "2017")]
    [InlineData("month", "date", 574, "2017-11")]
    [InlineData("month", "date", -1, "1969-12")]
    [InlineData("day", "timestamp", 17486, "2017-11-16")]
    [InlineData("hour", "timestamp", 419686, "2017-11-16-22")]
    [InlineData("hour", "timestamp", -1, "1969-12-31-23")]
    [InlineData("bucket[16]", "string", 3, "3")]
    [InlineData("identity", "string", "a b/c=ü", "a b/c=ü")]
    [InlineData("identity", "boolean", true, "true")]
    public void Values_are_text_for_people(string transform, string type, object value, string text)
    {
        var parsed = Transform.Parse(transform);
        Assert.Equal(text, PartitionPath.Text(parsed, parsed.ResultType(TypeJson.ParsePrimitive(type)), value));
    }

    [Fact]
    public void Folders_are_encoded()
    {
        var schema = new Schema(0, [new NestedField(1, "t", false, IcebergType.Timestamp), new NestedField(2, "r g", false, IcebergType.String)]);
        var spec = new PartitionSpec(0, [new PartitionField(1, 1000, "t_day", Transform.Day), new PartitionField(2, 1001, "r g", Transform.Identity)]);
        Assert.Equal("t_day=2024-01-01/r%20g=a%20b%2Fc%3D%C3%BC", PartitionPath.Of(spec, [schema], [19723, "a b/c=ü"]));
        Assert.Equal("t_day=null/r%20g=null", PartitionPath.Of(spec, [schema], [null, null]));
        Assert.Equal("t_day=2024-01-01/r_g=a_b_c__", PartitionPath.Folder(spec, [schema], [19723, "a b/c=ü"]));
        Assert.Equal("t_day=null/r_g=__", PartitionPath.Folder(spec, [schema], [null, ".."]));
        Assert.Equal("t_day=null/r_g=_", PartitionPath.Folder(spec, [schema], [null, ""]));
        Assert.Equal("", PartitionPath.Of(PartitionSpec.Unpartitioned, [schema], []));
    }

    [Fact]
    public void Partitions_are_equal_by_bits()
    {
        Assert.Equal(new PartitionKey(0, [double.NaN, new byte[] { 1 }, null]), new PartitionKey(0, [BitConverter.Int64BitsToDouble(-1), new byte[] { 1 }, null]));
        Assert.NotEqual(new PartitionKey(0, [0.0]), new PartitionKey(0, [-0.0]));
        Assert.NotEqual(new PartitionKey(0, [1]), new PartitionKey(1, [1]));
        Assert.NotEqual(new PartitionKey(0, [1]), new PartitionKey(0, [1L]));
    }

    [Fact]
    public void Values_of_a_row_give_its_partition()
    {
        var schema = new Schema(0, [new NestedField(1, "t", false, IcebergType.Timestamp), new NestedField(2, "id", false, IcebergType.Long)]);
        var spec = new PartitionSpec(0, [new PartitionField(1, 1000, "t_day", Transform.Day), new PartitionField(2, 1001, "id_bucket", Transform.Bucket(16))]);
        Assert.Equal([17486, 3], spec.PartitionOf(schema, id => id == 1 ? 1510871468000000L : 34L));
    }
}
