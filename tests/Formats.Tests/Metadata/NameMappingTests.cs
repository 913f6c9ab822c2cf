using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Metadata;

public sealed class NameMappingTests
{
    [Fact]
    public void It_comes_back()
    {
        const string json = """[{"field-id":1,"names":["id","record_id"]},{"names":["unmapped"]},{"field-id":3,"names":[],"fields":[{"field-id":4,"names":["element"]}]}]""";
        var mapping = NameMapping.Parse(json);
        Assert.Equal(1, mapping.Find("record_id")!.FieldId);
        Assert.Null(mapping.Find("unmapped")!.FieldId);
        Assert.Null(mapping.Find("other"));
        Assert.Equal(4, mapping.Fields[2].Nested.Find("element")!.FieldId);
        Assert.Equal(json, mapping.ToJson());
    }

    [Fact]
    public void A_schema_names_its_own_fields()
    {
        var mapping = NameMapping.Of(new Schema(0, [new(1, "m", false, new MapType(2, IcebergType.String, 3, new StructType([new(4, "x", false, IcebergType.Int)]), false))]));
        Assert.Equal(4, mapping.Find("m")!.Nested.Find("value")!.Nested.Find("x")!.FieldId);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[{}]")]
    [InlineData("""[{"names":"a"}]""")]
    [InlineData("""[{"names":["a"]},{"names":["a"]}]""")]
    [InlineData("nothing")]
    public void Malformed_ones_are_refused(string json) => Assert.Equal(LakehouseErrorKind.InvalidData, Assert.Throws<LakehouseException>(() => NameMapping.Parse(json)).Kind);
}
