using System.Text;
using System.Text.Json;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Schemas;

namespace Lakehouse.Formats.Tests.Delta;

public sealed class DeltaActionTests
{
    [Theory]
    [InlineData("""{"add":{"path":"a%20b/x.parquet","partitionValues":{"p":"1","q":null},"size":7,"modificationTime":8,"dataChange":true,"stats":"{\"numRecords\":1}","tags":{"t":"v"},"deletionVector":{"storageType":"u","pathOrInlineDv":"ab^-aqEH.-t@S}K{vb[*k^","offset":4,"sizeInBytes":40,"cardinality":6},"baseRowId":4071,"defaultRowCommitVersion":41,"clusteringProvider":"liquid"}}""")]
    [InlineData("""{"remove":{"path":"x","deletionTimestamp":5,"extendedFileMetadata":true,"partitionValues":{},"size":3,"dataChange":false}}""")]
    [InlineData("""{"cdc":{"path":"_change_data/c","partitionValues":{"p":"1"},"size":3,"dataChange":false}}""")]
    [InlineData("""{"metaData":{"id":"i","name":"n","format":{"provider":"parquet","options":{}},"schemaString":"{}","partitionColumns":["p"],"configuration":{"delta.appendOnly":"true"},"createdTime":1}}""")]
    [InlineData("""{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["columnMapping"],"writerFeatures":["columnMapping","identityColumns"]}}""")]
    [InlineData("""{"txn":{"appId":"a","version":3,"lastUpdated":4}}""")]
    [InlineData("""{"domainMetadata":{"domain":"d","configuration":"{\"k\":1}","removed":false}}""")]
    [InlineData("""{"commitInfo":{"timestamp":1,"anything":{"nested":[1,2]},"inCommitTimestamp":9}}""")]
    [InlineData("""{"sidecar":{"path":"s.parquet","sizeInBytes":2,"modificationTime":3,"tags":{}}}""")]
    [InlineData("""{"checkpointMetadata":{"version":1,"tags":{"k":"v"}}}""")]
    public void Every_action_goes_through_unchanged(string line)
    {
        var action = DeltaActionJson.Read(Encoding.UTF8.GetBytes(line), "test")!;
        var written = Encoding.UTF8.GetString(DeltaActionJson.WriteLines([action])).TrimEnd('\n');
        using var expected = JsonDocument.Parse(line);
        using var actual = JsonDocument.Parse(written);
        Assert.True(JsonElement.DeepEquals(expected.RootElement, actual.RootElement), written);
    }

    [Fact]
    public void An_action_that_is_not_known_is_ignored() => Assert.Null(DeltaActionJson.Read("""{"holograms":{"a":1},"add":null}"""u8.ToArray(), "test"));

    [Theory]
    [InlineData("""{"add":{"path":"x"}}""", "size")]
    [InlineData("""{"add":{"path":"x","size":"7"}}""", "size")]
    [InlineData("""{"add":[]}""", "object")]
    [InlineData("""{"add":""", "JSON")]
    [InlineData("""{"txn":{"appId":"a","version":1},"protocol":{"minReaderVersion":1,"minWriterVersion":2}}""", "more than one")]
    public void A_broken_action_is_named(string line, string reason)
    {
        var error = Assert.Throws<LakehouseException>(() => DeltaActionJson.Read(Encoding.UTF8.GetBytes(line), "commit 3, line 2"));
        Assert.Equal(LakehouseErrorKind.InvalidData, error.Kind);
        Assert.Contains("commit 3, line 2", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_keeps_its_types_and_metadata()
    {
        const string text = """{"type":"struct","fields":[{"name":"b","type":"byte","nullable":false,"metadata":{"delta.columnMapping.id":4,"delta.columnMapping.physicalName":"col-1","x":{"y":[1]}}},{"name":"d","type":"decimal(10,2)","nullable":true,"metadata":{}},{"name":"t","type":"timestamp_ntz","nullable":true,"metadata":{}},{"name":"l","type":{"type":"array","elementType":{"type":"map","keyType":"string","valueType":{"type":"struct","fields":[{"name":"v","type":"variant","nullable":true,"metadata":{}}]},"valueContainsNull":false},"containsNull":true},"nullable":true,"metadata":{"delta.typeChanges":[{"fromType":"decimal(6,2)","toType":"decimal(10,4)","fieldPath":"element.value"}]}}]}""";
        var schema = DeltaSchemaJson.Parse(text);
        Assert.Equal(text, DeltaSchemaJson.ToText(schema));
        Assert.Equal(DeltaSchemaJson.Parse(text), schema);
        Assert.Equal((4, "col-1"), (schema.Fields[0].ColumnMappingId, schema.Fields[0].PhysicalName));
        Assert.Equal(new TypeChange(new DeltaDecimal(6, 2), new DeltaDecimal(10, 4), "element.value"), Assert.Single(schema.Fields[3].TypeChanges));
    }

    [Fact]
    public void A_reader_feature_that_is_not_known_is_refused_by_name()
    {
        var error = Assert.Throws<LakehouseException>(() => TableFeatures.CheckReadable(new ProtocolAction(3, 7, ["deletionVectors", "holograms"], ["deletionVectors", "holograms"]), "t"));
        Assert.Equal(LakehouseErrorKind.Unsupported, error.Kind);
        Assert.Contains("holograms", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("deletionVectors", error.Message, StringComparison.Ordinal);
        TableFeatures.CheckReadable(new ProtocolAction(1, 7, null, ["holograms"]), "t");
        Assert.Throws<LakehouseException>(() => TableFeatures.CheckReadable(new ProtocolAction(99, 7), "t"));
    }
}
