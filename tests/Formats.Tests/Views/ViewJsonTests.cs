using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Testing;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Tests.Views;

public sealed class ViewJsonTests
{
    private const string Version = """{"version-id":1,"schema-id":-1,"timestamp-ms":5,"summary":{"engine-name":"x"},"representations":[{"type":"sql","sql":"select 1","dialect":"spark"}],"default-catalog":"c","default-namespace":["a","b"],"storage-table":{"namespace":["a"],"name":"t"}}""";

    [Theory]
    [InlineData($$"""{"action":"add-view-version","view-version":{{Version}}}""")]
    [InlineData("""{"action":"set-current-view-version","view-version-id":-1}""")]
    [InlineData("""{"action":"assign-uuid","uuid":"11111111-2222-3333-4444-555555555555"}""")]
    [InlineData("""{"action":"upgrade-format-version","format-version":1}""")]
    [InlineData("""{"action":"add-schema","schema":{"type":"struct","schema-id":1,"fields":[{"id":1,"name":"a","required":true,"type":"long"}]}}""")]
    [InlineData("""{"action":"set-location","location":"memory://x"}""")]
    [InlineData("""{"action":"set-properties","updates":{"a":"1"}}""")]
    [InlineData("""{"action":"remove-properties","removals":["a"]}""")]
    public void Updates_read_and_write_alike(string text) => Assert.Equal(text, JsonText.WriteText(json => ViewUpdateJson.Write(json, ViewUpdateJson.Read(Parse(text)))));

    [Fact]
    public void Requirements_read_and_write_alike()
    {
        const string Text = """{"type":"assert-view-uuid","uuid":"11111111-2222-3333-4444-555555555555"}""";
        Assert.Equal(Text, JsonText.WriteText(json => ViewUpdateJson.Write(json, ViewUpdateJson.ReadRequirement(Parse(Text)))));
        Assert.Contains("requirements[0]: requirement \"assert-table-uuid\"", Assert.Throws<LakehouseException>(() => ViewUpdateJson.ReadRequirements(Parse("""[{"type":"assert-table-uuid"}]"""))).Message);
    }

    [Theory]
    [InlineData("""{"action":"add-snapshot","snapshot":{}}""", "updates[0]: update \"add-snapshot\" is not one of views")]
    [InlineData("""{"action":"set-current-view-version"}""", "updates[0]: field \"view-version-id\" is missing")]
    [InlineData("""{"action":"add-view-version"}""", "updates[0]: field \"view-version\" is missing")]
    [InlineData("""{"action":"add-view-version","view-version":{"version-id":1}}""", "updates[0].view-version: field \"schema-id\" is missing")]
    [InlineData("7", "updates[0]: expected an object, found the number 7")]
    public void Malformed_updates_are_refused_by_name(string text, string reason) =>
        Assert.StartsWith(reason, Assert.Throws<LakehouseException>(() => ViewUpdateJson.ReadAll(Parse($"[{text}]"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("versions[1].representations[0].sql", "7", "versions[1].representations[0]: field \"sql\" must be a string")]
    [InlineData("versions[0].representations[0].sql", "\"\"", "versions[0].representations[0]: field \"sql\" is empty")]
    [InlineData("versions[0].representations[0].dialect", null, "versions[0].representations[0]: field \"dialect\" is missing")]
    [InlineData("versions[0].representations[0].type", "\"dataframe\"", "versions[0].representations[0]: representation type \"dataframe\" is not known")]
    [InlineData("versions[0].representations", "[]", "versions[0]: field \"representations\" is empty")]
    [InlineData("versions[0].timestamp-ms", "-1", "versions[0]: field \"timestamp-ms\" must be milliseconds")]
    [InlineData("version-log[0].timestamp-ms", "999999999999999999", "version-log[0]: field \"timestamp-ms\" must be milliseconds")]
    [InlineData("versions[0].summary", null, "versions[0]: field \"summary\" is missing")]
    [InlineData("versions[0].summary", """{"a":1}""", "versions[0].summary: field \"a\" must be a string")]
    [InlineData("versions[0].default-namespace", "[1]", "versions[0].default-namespace[0] must be a string")]
    [InlineData("versions[0].version-id", "2", "field \"versions\" has version 2 twice")]
    [InlineData("version-log[1].version-id", "\"2\"", "version-log[1]: field \"version-id\" must be a 32-bit integer")]
    [InlineData("version-log", null, "field \"version-log\" is missing")]
    [InlineData("view-uuid", "\"x\"", "field \"view-uuid\" must be a UUID")]
    [InlineData("location", "\"\"", "field \"location\" is empty")]
    [InlineData("format-version", "2", "format-version 2 is not supported")]
    [InlineData("schemas[0].fields[0].type", "\"tinyint\"", "tinyint")]
    [InlineData("properties", """{"a":null}""", "properties: field \"a\" must be a string")]
    public void Malformed_metadata_is_refused_by_name(string path, string? value, string reason)
    {
        var json = JsonNode.Parse(Golden())!;
        Set(json, path, value);
        Assert.Contains(reason, Assert.Throws<LakehouseException>(() => ViewMetadataJson.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_may_be_packed()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Golden());
        }

        Assert.Equal(ViewMetadataJson.Write(ViewMetadataJson.Parse(Golden())), ViewMetadataJson.Write(ViewMetadataJson.Parse(packed.ToArray())));
        Assert.Contains("view metadata: not a whole gzip file", Assert.Throws<LakehouseException>(() => ViewMetadataJson.Parse(new byte[] { 0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })).Message);
    }

    [Fact]
    public void Metadata_files_lie_below_the_view_or_where_its_property_says()
    {
        var id = new Guid("11111111-2222-3333-4444-555555555555");
        Assert.Equal($"{Views.Location}/metadata/00003-{id}.metadata.json", ViewLocations.MetadataFile(Views.Simple(), 3, id));
        Assert.Equal($"memory://other/00000-{id}.metadata.json", ViewLocations.MetadataFile(Views.Simple(("write.metadata.path", "memory://other/")), 0, id));
    }

    private static byte[] Golden() => File.ReadAllBytes(Path.Combine(Needs.Golden("iceberg-metadata"), "ValidViewMetadata.json"));

    private static JsonElement Parse(string text) => JsonDocument.Parse(text).RootElement;

    private static void Set(JsonNode root, string path, string? value)
    {
        var steps = path.Replace("[", ".[", StringComparison.Ordinal).Split('.');
        var at = root;
        foreach (var step in steps[..^1])
        {
            at = (step[0] == '[' ? at[int.Parse(step[1..^1])] : at[step])!;
        }

        if (value is null)
        {
            at.AsObject().Remove(steps[^1]);
        }
        else
        {
            at[steps[^1]] = JsonNode.Parse(value);
        }
    }
}
