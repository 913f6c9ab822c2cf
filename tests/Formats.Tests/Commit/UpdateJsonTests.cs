using System.Text.Json;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Commit;

public sealed class UpdateJsonTests
{
    [Theory]
    [InlineData("""{"action":"assign-uuid","uuid":"11111111-2222-3333-4444-555555555555"}""")]
    [InlineData("""{"action":"upgrade-format-version","format-version":2}""")]
    [InlineData("""{"action":"add-schema","schema":{"type":"struct","schema-id":1,"fields":[{"id":1,"name":"a","required":true,"type":"decimal(9, 2)"}]},"last-column-id":1}""")]
    [InlineData("""{"action":"set-current-schema","schema-id":-1}""")]
    [InlineData("""{"action":"add-spec","spec":{"spec-id":1,"fields":[{"name":"a","transform":"bucket[4]","source-id":1,"field-id":1000}]}}""")]
    [InlineData("""{"action":"set-default-spec","spec-id":-1}""")]
    [InlineData("""{"action":"add-sort-order","sort-order":{"order-id":1,"fields":[{"transform":"identity","source-id":1,"direction":"desc","null-order":"nulls-last"}]}}""")]
    [InlineData("""{"action":"set-default-sort-order","sort-order-id":1}""")]
    [InlineData("""{"action":"add-snapshot","snapshot":{"sequence-number":1,"snapshot-id":7,"parent-snapshot-id":6,"timestamp-ms":5,"summary":{"operation":"append"},"manifest-list":"x","schema-id":0}}""")]
    [InlineData("""{"action":"set-snapshot-ref","ref-name":"b","snapshot-id":7,"type":"branch","min-snapshots-to-keep":1,"max-snapshot-age-ms":2,"max-ref-age-ms":3}""")]
    [InlineData("""{"action":"remove-snapshots","snapshot-ids":[1,2]}""")]
    [InlineData("""{"action":"remove-snapshot-ref","ref-name":"b"}""")]
    [InlineData("""{"action":"set-location","location":"memory://x"}""")]
    [InlineData("""{"action":"set-properties","updates":{"a":"1"}}""")]
    [InlineData("""{"action":"remove-properties","removals":["a"]}""")]
    [InlineData("""{"action":"set-statistics","snapshot-id":7,"statistics":{"snapshot-id":7,"statistics-path":"x","file-size-in-bytes":1,"file-footer-size-in-bytes":1,"blob-metadata":[{"type":"ndv","snapshot-id":7,"sequence-number":1,"fields":[1],"properties":{"ndv":"3"}}]}}""")]
    [InlineData("""{"action":"remove-statistics","snapshot-id":7}""")]
    [InlineData("""{"action":"set-partition-statistics","partition-statistics":{"snapshot-id":7,"statistics-path":"x","file-size-in-bytes":1}}""")]
    [InlineData("""{"action":"remove-partition-statistics","snapshot-id":7}""")]
    [InlineData("""{"action":"remove-partition-specs","spec-ids":[1]}""")]
    [InlineData("""{"action":"remove-schemas","schema-ids":[1]}""")]
    [InlineData("""{"action":"add-encryption-key","encryption-key":{"key-id":"k","encrypted-key-metadata":"YQ==","encrypted-by-id":"m","properties":{"a":"1"}}}""")]
    [InlineData("""{"action":"remove-encryption-key","key-id":"k"}""")]
    public void Updates_read_and_write_alike(string text) => Assert.Equal(text, Written(json => TableUpdateJson.Write(json, TableUpdateJson.Read(Parse(text)))));

    [Theory]
    [InlineData("""{"type":"assert-create"}""")]
    [InlineData("""{"type":"assert-table-uuid","uuid":"11111111-2222-3333-4444-555555555555"}""")]
    [InlineData("""{"type":"assert-ref-snapshot-id","ref":"main","snapshot-id":7}""")]
    [InlineData("""{"type":"assert-ref-snapshot-id","ref":"main","snapshot-id":null}""")]
    [InlineData("""{"type":"assert-last-assigned-field-id","last-assigned-field-id":1}""")]
    [InlineData("""{"type":"assert-current-schema-id","current-schema-id":1}""")]
    [InlineData("""{"type":"assert-last-assigned-partition-id","last-assigned-partition-id":1}""")]
    [InlineData("""{"type":"assert-default-spec-id","default-spec-id":1}""")]
    [InlineData("""{"type":"assert-default-sort-order-id","default-sort-order-id":1}""")]
    public void Requirements_read_and_write_alike(string text) => Assert.Equal(text, Written(json => TableRequirementJson.Write(json, TableRequirementJson.Read(Parse(text)))));

    [Theory]
    [InlineData("""[{"action":"add-encryption-key"}]""", LakehouseErrorKind.InvalidData, "updates[0]: field \"encryption-key\"")]
    [InlineData("""[{"action":"fly"}]""", LakehouseErrorKind.Unsupported, "fly")]
    [InlineData("""[{}]""", LakehouseErrorKind.InvalidData, "updates[0]: field \"action\" is missing")]
    [InlineData("""[{"action":"set-current-schema","schema-id":"1"}]""", LakehouseErrorKind.InvalidData, "field \"schema-id\" must be a 32-bit integer, found a string")]
    [InlineData("""[{"action":"set-properties","updates":{"a":1}}]""", LakehouseErrorKind.InvalidData, "\"a\" must be a string")]
    [InlineData("""[7]""", LakehouseErrorKind.InvalidData, "updates[0]: expected an object")]
    [InlineData("""{}""", LakehouseErrorKind.InvalidData, "must be an array")]
    public void Unknown_and_malformed_updates_are_refused_by_name(string text, LakehouseErrorKind kind, string reason)
    {
        var error = Assert.Throws<LakehouseException>(() => TableUpdateJson.ReadAll(Parse(text)));
        Assert.Equal(kind, error.Kind);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_requirements_are_refused_by_name() =>
        Assert.Contains("assert-luck", Assert.Throws<LakehouseException>(() => TableRequirementJson.ReadAll(Parse("""[{"type":"assert-luck"}]"""))).Message, StringComparison.Ordinal);

    private static JsonElement Parse(string text) => JsonDocument.Parse(text).RootElement;

    private static string Written(Action<Utf8JsonWriter> write) => Json.JsonText.WriteText(write);
}
