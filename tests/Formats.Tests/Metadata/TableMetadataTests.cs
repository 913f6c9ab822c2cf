using System.Text;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Metadata;

public sealed class TableMetadataTests
{
    [Fact]
    public void New_tables_get_fresh_ids_level_by_level()
    {
        var schema = new Schema(0, [
            new NestedField(10, "a", true, new StructType([new NestedField(30, "x", true, IcebergType.Int)])),
            new NestedField(20, "b", false, new ListType(40, new StructType([new NestedField(50, "y", false, IcebergType.Int)]), true)),
            new NestedField(25, "c", false, new MapType(60, IcebergType.String, 70, IcebergType.Int, false)),
        ], [30]);
        var spec = new PartitionSpec(3, [new PartitionField(30, 7, "x_bucket", Transform.Bucket(4))]);
        var order = new SortOrder(3, [new SortField(30, Transform.Identity, SortDirection.Ascending, NullOrder.NullsFirst)]);
        var table = TableMetadata.Create("memory://lake/t/", schema, spec, order, new Dictionary<string, string> { ["format-version"] = "2", ["k"] = "v" }, Guid.NewGuid(), Tables.Start);

        Assert.Equal(["1 a", "4 a.x", "2 b", "5 b.element", "6 b.element.y", "3 c", "7 c.key", "8 c.value"], SchemaFields.All(table.CurrentSchema).Select(item => $"{item.Field.Id} {item.FullName}"));
        Assert.Equal([4], table.CurrentSchema.IdentifierFieldIds);
        Assert.Equal(new PartitionField(4, 1000, "x_bucket", Transform.Bucket(4)), Assert.Single(table.DefaultSpec.Fields));
        Assert.Equal((1, 4), (table.DefaultSortOrderId, table.DefaultSortOrder.Fields[0].SourceId));
        Assert.Equal((8, 1000, 0, "memory://lake/t"), (table.LastColumnId, table.LastPartitionId, table.LastSequenceNumber, table.Location));
        Assert.Equal("k", Assert.Single(table.Properties).Key);
        Assert.Equal(TableMetadataJson.Write(table), TableMetadataJson.Write(TableMetadataJson.Parse(TableMetadataJson.Write(table))));
    }

    [Theory]
    [InlineData("format-version", "4")]
    [InlineData("format-version", "two")]
    public void Format_versions_that_there_are_not_are_refused(string name, string value) => Assert.Throws<LakehouseException>(() => Tables.Unpartitioned((name, value)));

    [Fact]
    public void Unknown_members_are_kept()
    {
        var text = Encoding.UTF8.GetString(TableMetadataJson.Write(Tables.ByDay()))[..^1] + ""","x-future":{"a":[1,2]}}""";
        var metadata = TableMetadataJson.Parse(Encoding.UTF8.GetBytes(text));
        Assert.Contains(""" "x-future":{"a":[1,2]} """.Trim(), Encoding.UTF8.GetString(TableMetadataJson.Write(metadata)), StringComparison.Ordinal);
        var changed = Tables.Applied(TableCommit.Apply(metadata, [], [new RemoveProperties(["a"])], new TableCommitContext(Tables.Start)));
        Assert.Equal("""{"a":[1,2]}""", changed.UnknownMembers["x-future"]);
    }

    [Theory]
    [InlineData("\"format-version\":2", "\"format-version\":\"2\"", "format-version")]
    [InlineData("\"table-uuid\":\"11111111-2222-3333-4444-555555555555\"", "\"table-uuid\":\"x\"", "table-uuid")]
    [InlineData("\"location\":\"memory://lake/t\"", "\"location\":null", "location")]
    [InlineData("\"last-sequence-number\":0", "\"last-sequence-number\":-1", "last-sequence-number")]
    [InlineData("\"default-spec-id\":0", "\"default-spec-id\":3", "default-spec-id")]
    [InlineData("\"default-sort-order-id\":0", "\"default-sort-order-id\":3", "default-sort-order-id")]
    [InlineData("\"current-snapshot-id\":-1", "\"current-snapshot-id\":5", "current-snapshot-id")]
    [InlineData("\"type\":\"long\"", "\"type\":\"lang\"", "lang")]
    [InlineData("\"id\":2", "\"id\":1", "share id 1")]
    [InlineData("\"name\":\"name\"", "\"name\":\"id\"", "two fields are named \"id\"")]
    [InlineData("\"transform\":\"identity\"", "\"transform\":\"bucket[0]\"", "bucket[0]")]
    [InlineData("\"refs\":{}", "\"refs\":{\"b\":{\"snapshot-id\":4,\"type\":\"branch\"}}", "\"b\" at 4")]
    [InlineData("\"refs\":{}", "\"refs\":{\"b\":{\"snapshot-id\":4,\"type\":\"twig\"}}", "twig")]
    [InlineData("\"properties\":{}", "\"properties\":{\"a\":1}", "\"a\" must be a string")]
    [InlineData("\"snapshots\":[]", "\"snapshots\":{}", "must be an array")]
    [InlineData("\"snapshots\":[]", "\"snapshots\":[", "not valid JSON")]
    public void Errors_name_the_field_and_the_reason(string from, string to, string reason)
    {
        var text = Encoding.UTF8.GetString(TableMetadataJson.Write(Tables.ByDay()));
        Assert.Contains(from, text, StringComparison.Ordinal);
        var position = text.IndexOf(from, StringComparison.Ordinal);
        var error = Assert.Throws<LakehouseException>(() => TableMetadataJson.Parse(Encoding.UTF8.GetBytes(text[..position] + to + text[(position + from.Length)..])));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_files_are_refused()
    {
        var whole = TableMetadataJson.Write(Tables.ByDay());
        var packed = TableMetadataJson.WriteGzip(Tables.ByDay());
        for (var length = 0; length < whole.Length; length += 7)
        {
            Assert.Throws<LakehouseException>(() => TableMetadataJson.Parse(whole.AsMemory(0, length)));
        }

        // The last 8 bytes are a check sum and a length, which the framework does not ask for.
        for (var length = 0; length < packed.Length - 8; length += 3)
        {
            Assert.Throws<LakehouseException>(() => TableMetadataJson.Parse(packed.AsMemory(0, length)));
        }
    }

    [Fact]
    public async Task Streams_are_read_plain_and_packed()
    {
        var table = Tables.ByDay();
        using var plain = new MemoryStream(TableMetadataJson.Write(table));
        using var packed = new MemoryStream(TableMetadataJson.WriteGzip(table));
        Assert.Equal(TableMetadataJson.Write(table), TableMetadataJson.Write(await TableMetadataJson.ParseAsync(plain)));
        Assert.Equal(TableMetadataJson.Write(table), TableMetadataJson.Write(await TableMetadataJson.ParseAsync(packed)));
    }

    [Theory]
    [InlineData("decimal(9,2)", "decimal(9, 2)")]
    [InlineData("decimal( 38 , 38 )", "decimal(38, 38)")]
    [InlineData("fixed[ 16 ]", "fixed[16]")]
    [InlineData("geometry(srid:4326)", "geometry(srid:4326)")]
    [InlineData("timestamptz_ns", "timestamptz_ns")]
    public void Types_are_read_with_optional_blanks(string text, string canonical) => Assert.Equal(canonical, TypeJson.ParsePrimitive(text).Name);

    [Theory]
    [InlineData("decimal(39, 2)")]
    [InlineData("decimal(9, 10)")]
    [InlineData("decimal(9)")]
    [InlineData("fixed[0]")]
    [InlineData("Int")]
    [InlineData("")]
    public void Types_that_there_are_not_are_refused(string text) => Assert.Throws<LakehouseException>(() => TypeJson.ParsePrimitive(text));
}
