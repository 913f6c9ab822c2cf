using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;

namespace LakeAspire.Catalog.Api.Tests.Iceberg;

/// <summary>The metadata of every table that other engines wrote registers, loads again as it is, and takes a commit.</summary>
public sealed partial class GoldenRegistrationTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    [Theory]
    [InlineData("spark-iceberg", 60)]
    [InlineData("spark-iceberg-v3", 15)]
    [InlineData("flink-iceberg", 10)]
    [InlineData("pyiceberg", 15)]
    [InlineData("iceberg", 20)]
    public async Task Tables_of_others_register(string golden, int atLeast)
    {
        var root = Needs.Golden(golden);
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold");
        var folders = Directory.GetDirectories(root, "metadata", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        var count = 0;
        foreach (var folder in folders.Where(f => Newest(f) is not null))
        {
            var name = "t" + count++;
            var metadata = await ReadAsync(Newest(folder)!);
            var place = $"{server.Warehouse}/{golden}/{name}";
            var text = Moved(metadata, root, folder, place);
            var location = $"{place}/metadata/00000-x{(count % 2 == 0 ? ".gz" : "")}.metadata.json";
            await PutAsync(server, location, text);

            var lists = JsonNode.Parse(text)!["snapshots"]?.AsArray().Select(s => s!["manifest-list"]?.GetValue<string>()).OfType<string>() ?? [];
            if (!lists.All(list => list.StartsWith(place + "/", StringComparison.Ordinal)))
            {
                // Its files are told by paths that lead elsewhere: nobody may reach those by registering.
                var refused = await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/register", HttpStatusCode.BadRequest, $$"""{"name":"{{name}}","metadata-location":"{{location}}"}""");
                Assert.Contains("is not inside the warehouse", refused!["error"]!["message"]!.GetValue<string>());
                Assert.Equal("iceberg", golden);
                continue;
            }

            var registered = (await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/register", HttpStatusCode.OK, $$"""{"name":"{{name}}","metadata-location":"{{location}}"}"""))!;
            Assert.Equal(location, registered["metadata-location"]!.GetValue<string>());
            var loaded = await server.Service.GetJsonAsync($"iceberg/v1/namespaces/gold/tables/{name}");
            AssertSame(JsonNode.Parse(text)!, loaded["metadata"]!, Path.GetRelativePath(root, folder));
            var committed = (await server.Service.SendAsync(
                HttpMethod.Post, $"iceberg/v1/namespaces/gold/tables/{name}", HttpStatusCode.OK, """{"requirements":[],"updates":[{"action":"set-properties","updates":{"touched":"yes"}}]}"""))!;
            Assert.Equal("yes", committed["metadata"]!["properties"]!["touched"]!.GetValue<string>());
            AssertSame(JsonNode.Parse(text)!, committed["metadata"]!, Path.GetRelativePath(root, folder));
        }

        Assert.True(count >= atLeast, $"{golden} has {count} tables");
    }

    /// <summary>What must not change by registering or by a commit of something else.</summary>
    static void AssertSame(JsonNode expected, JsonNode actual, string name)
    {
        foreach (var member in new[] { "format-version", "table-uuid", "location", "last-column-id", "current-schema-id", "default-spec-id", "last-partition-id", "default-sort-order-id", "last-sequence-number", "next-row-id" })
        {
            if (expected[member] is { } value)
            {
                Assert.True(JsonNode.DeepEquals(value, actual[member]), $"{name}: {member} is {actual[member]}, was {value}");
            }
        }

        foreach (var (list, id) in new[] { ("snapshots", "snapshot-id"), ("schemas", "schema-id"), ("partition-specs", "spec-id"), ("sort-orders", "order-id") })
        {
            if (expected[list] is JsonArray items)
            {
                Assert.Equal(items.Select(i => i![id]!.GetValue<long>()).Order(), actual[list]!.AsArray().Select(i => i![id]!.GetValue<long>()).Order());
            }
        }

        foreach (var reference in expected["refs"]?.AsObject() ?? [])
        {
            Assert.Equal(reference.Value!["snapshot-id"]!.GetValue<long>(), actual["refs"]![reference.Key]!["snapshot-id"]!.GetValue<long>());
        }
    }

    /// <summary>The metadata as if the table had been written into the warehouse.</summary>
    static string Moved(string metadata, string root, string folder, string place)
    {
        var places = new List<string> { JsonNode.Parse(metadata)!["location"]!.GetValue<string>() };
        var facts = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(folder)!)!, "case.json");
        if (facts.StartsWith(root, StringComparison.Ordinal) && File.Exists(facts))
        {
            var described = JsonNode.Parse(File.ReadAllText(facts))!;
            places.Add(described["location"]!.GetValue<string>());
            places.AddRange(described["otherLocations"]?.AsObject().Select(other => other.Key) ?? []);
        }

        foreach (var old in places.Select(p => Scheme().Replace(p, "").TrimEnd('/')).Distinct().OrderByDescending(p => p.Length))
        {
            metadata = Regex.Replace(metadata, $"\"(file:/{{0,3}}(?=/)|memory://(?=/))?{Regex.Escape(old)}(?=[/\"])", $"\"{place}", RegexOptions.None, TimeSpan.FromSeconds(5));
        }

        return metadata;
    }

    static string? Newest(string folder) => Directory.GetFiles(folder, "*.metadata.json*").Where(f => Version(f) >= 0).OrderBy(Version).LastOrDefault();

    static int Version(string file) => Number().Match(Path.GetFileName(file)) is { Success: true } match ? int.Parse(match.Groups[1].Value) : -1;

    static async Task<string> ReadAsync(string file)
    {
        var bytes = await File.ReadAllBytesAsync(file);
        if (bytes is not [0x1f, 0x8b, ..])
        {
            return Encoding.UTF8.GetString(bytes);
        }

        using var reader = new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress));
        return await reader.ReadToEndAsync();
    }

    static async Task PutAsync(CatalogServer server, string location, string text)
    {
        var content = new MemoryStream();
        if (location.Contains(".gz.", StringComparison.Ordinal))
        {
            await using var packed = new GZipStream(content, CompressionLevel.Fastest, leaveOpen: true);
            await packed.WriteAsync(Encoding.UTF8.GetBytes(text));
        }
        else
        {
            await content.WriteAsync(Encoding.UTF8.GetBytes(text));
        }

        content.Position = 0;
        await server.Store.PutIfAbsentAsync(location, content, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("^v?([0-9]+)[-.]")]
    private static partial Regex Number();

    [GeneratedRegex("^(file:/{0,2}(?=/)|memory:/)")]
    private static partial Regex Scheme();
}
