using System.Net;
using System.Text.Json;
using LakeAspire.Catalog.Api.Tests.Access;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Catalog.Naming;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using Lakehouse.Formats;
using Lakehouse.Storage;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Naming;

/// <summary>Whatever a valid name holds, it is one thing everywhere: in the routes of Iceberg REST, below /api, and where its files lie.</summary>
public sealed class NameTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    static readonly string[] Pieces = ["a", "Z", ".", "/", "\"", "'", " ", "+", "%", "%20", "?", "#", "&", ";", "=", "*", "~", "ü", "🦀", "{", "~2F", ","];

    [Fact]
    public async Task A_name_is_the_same_in_routes_below_api_and_on_a_branch_and_lies_in_a_folder_of_the_warehouse()
    {
        var server = await catalog.EmptyAsync();
        var user = server.User;
        var locations = new HashSet<string>(StringComparer.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Soak.Seed}");
        var random = new Random(Soak.Seed);
        for (var i = 0; i < 40; i++)
        {
            var (levels, name) = (new[] { NameOf(random) + i, NameOf(random) }, NameOf(random));
            var dotted = NamespaceName.Parse(levels).Dotted;
            Assert.Equal(levels, NamespaceName.ParseDotted(dotted).Levels);
            Assert.Equal(TableName.Parse(NamespaceName.Parse(levels), name), TableName.ParseDotted(TableName.Parse(NamespaceName.Parse(levels), name).ToString(), "table"));

            foreach (var depth in new[] { 1, 2 })
            {
                await user.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces", HttpStatusCode.OK, JsonSerializer.Serialize(new { @namespace = levels[..depth] }));
            }

            var route = $"namespaces/{Uri.EscapeDataString(string.Join('\u001f', levels))}";
            var table = $"{route}/tables/{Uri.EscapeDataString(name)}";
            await user.SendAsync(HttpMethod.Post, $"iceberg/v1/{route}/tables", HttpStatusCode.OK, $$"""{"name":{{JsonSerializer.Serialize(name)}},"schema":{{Schema}}}""");
            Assert.Equal(levels, (await user.GetJsonAsync("iceberg/v1/main/" + route))["namespace"]!.AsArray().Select(l => l!.GetValue<string>()));
            Assert.Equal(name, (await user.GetJsonAsync($"iceberg/v1/{route}/tables?pageToken=&pageSize=1"))["identifiers"]![0]!["name"]!.GetValue<string>());

            var location = (await user.GetJsonAsync("iceberg/v1/main/" + table))["metadata"]!["location"]!.GetValue<string>();
            Assert.StartsWith(server.Warehouse + "/", location, StringComparison.Ordinal);
            Assert.Equal(2, location[(server.Warehouse.Length + 1)..].Split('/').Length);
            Assert.Equal(location, ObjectStores.Canonical(location));
            Assert.True(locations.Add(location));

            var shown = await user.GetJsonAsync($"api/tables/{Uri.EscapeDataString(dotted)}/{Uri.EscapeDataString(name)}");
            Assert.Equal((dotted, name, location), (shown["namespace"]!.GetValue<string>(), shown["name"]!.GetValue<string>(), shown["location"]!.GetValue<string>()));
            Assert.NotEmpty((await user.GetJsonAsync($"api/branches/main/log?table={Uri.EscapeDataString(TableName.Parse(NamespaceName.Parse(levels), name).ToString())}"))["commits"]!.AsArray());
        }
    }

    static string NameOf(Random random)
    {
        while (true)
        {
            var name = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.GetItems(Pieces, 1)[0]));
            if (NameRules.Problem(name) is null)
            {
                return name;
            }
        }
    }

    [Fact]
    public async Task A_level_with_a_dot_is_another_namespace_than_two_levels()
    {
        var server = await catalog.EmptyAsync();
        var user = server.User;
        foreach (var levels in (string[][])[["a"], ["a", "b"], ["a.b"]])
        {
            await user.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces", HttpStatusCode.OK, JsonSerializer.Serialize(new { @namespace = levels }));
        }

        await user.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/a%1Fb/tables", HttpStatusCode.OK, $$"""{"name":"two","schema":{{Schema}}}""");
        await user.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/a.b/tables", HttpStatusCode.OK, $$"""{"name":"one","schema":{{Schema}}}""");
        await user.GetJsonAsync("api/tables/a.b/two");
        await user.GetJsonAsync("api/tables/a%1Fb/two");
        await user.GetJsonAsync("api/tables/%22a.b%22/one");
        await user.SendAsync(HttpMethod.Get, "api/tables/a.b/one", HttpStatusCode.NotFound);

        // A right on the one is none on the other.
        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "describe", "\"a.b\"");
        await client.GetJsonAsync("api/tables/%22a.b%22/one");
        await client.SendAsync(HttpMethod.Get, "api/tables/a.b/two", HttpStatusCode.NotFound);
        Assert.Equal("\"a.b\"", (await server.User.GetJsonAsync($"api/grants?principal={name}"))["grants"]![0]!["namespace"]!.GetValue<string>());
        await user.SendAsync(HttpMethod.Get, "api/tables/%22a.b/one", HttpStatusCode.BadRequest);
    }
}
