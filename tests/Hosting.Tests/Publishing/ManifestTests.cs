using System.Text.Json.Nodes;
using LakeAspire.Hosting.Tests.AppHost;
using LakeAspire.Testing;

namespace LakeAspire.Hosting.Tests.Publishing;

/// <summary>The manifest of the real AppHost, written by the real program.</summary>
public sealed class ManifestTests
{
    [Fact]
    public async Task The_manifest_follows_the_rules_and_tells_nothing_of_this_machine()
    {
        using var folder = new TempFolder();
        var path = folder.Below("out", "apphost-manifest.json");
        var run = await AppHostProcess.RunToEndAsync("--publisher", "manifest", "--output-path", path);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var text = await File.ReadAllTextAsync(path);
        var manifest = JsonNode.Parse(text)!.AsObject();
        Assert.Empty(ManifestRules.Check(manifest, Path.GetDirectoryName(path)!));

        var resources = manifest["resources"]!.AsObject();
        foreach (var service in (string[])["catalog-api", "ingest-api", "transform-worker", "query-api", "portal"])
        {
            Assert.Equal("project.v0", (string?)resources[service]!["type"]);
        }

        Assert.Equal("container.v0", (string?)resources["postgres"]!["type"]);
        Assert.Equal("{postgres.connectionString};Database=catalog", (string?)resources["catalog"]!["connectionString"]);
        Assert.Equal("{catalog.connectionString}", (string?)resources["catalog-api"]!["env"]!["ConnectionStrings__catalog"]);
        Assert.Equal("{catalog-api.bindings.http.url}", (string?)resources["query-api"]!["env"]!["services__catalog-api__http__0"]);
        Assert.Equal("{query-api.bindings.http.url}", (string?)resources["catalog-api"]!["env"]!["services__query-api__http__0"]);
        Assert.Equal("{service-key.value}", (string?)resources["portal"]!["env"]!["Lake__Auth__ServiceKey"]);
        Assert.True((bool?)resources["service-key"]!["inputs"]!["value"]!["secret"]);
        Assert.True((bool?)resources["portal"]!["bindings"]!["http"]!["external"]);
        Assert.Null(resources["catalog-api"]!["bindings"]!["http"]!["external"]);

        // Projects are found from the manifest's folder; nothing else is a path.
        foreach (var resource in resources)
        {
            resource.Value!.AsObject().Remove("path");
        }

        text = manifest.ToJsonString();

        // The data folder is not made, and neither it nor a key of an installation is in the text.
        Assert.DoesNotContain(".lake", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Repository.Root, text, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("sample", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--publisher manifest", "error: The publisher 'manifest' needs a file to write: --output-path FILE.")]
    [InlineData("--publisher bicep --output-path x", "error: There is no publisher 'bicep'; the one there is is 'manifest'.")]
    public async Task Wrong_arguments_are_one_line(string line, string message)
    {
        var run = await AppHostProcess.RunToEndAsync(line.Split(' '));
        Assert.Equal((1, message), (run.ExitCode, run.Errors.TrimEnd()));
    }

    [Fact]
    public void The_rules_find_what_is_wrong()
    {
        var broken = JsonNode.Parse("""
            {"resources": {
              "a": {"type": "project.v0"},
              "b": {"type": "project.v0", "path": "nowhere.csproj", "env": {"X": "{c.bindings.http.url}", "Y": "{a.bindings.nope.url}", "Z": "{a.value}"}},
              "d": {"type": "container.v0", "bindings": {"tcp": {"scheme": "tcp", "protocol": "tcp", "transport": "tcp"}}},
              "e": {"type": "weird.v9"}
            }}
            """)!.AsObject();
        Assert.Equal(
            ["a: no path", "b: path nowhere.csproj does not exist", "b: {c.bindings.http.url}: no resource c", "b: {a.bindings.nope.url}: no such binding", "b: {a.value}: a has no value", "d: no image", "d: tcp without targetPort", "e: unknown type weird.v9"],
            ManifestRules.Check(broken, "/"));
    }
}
