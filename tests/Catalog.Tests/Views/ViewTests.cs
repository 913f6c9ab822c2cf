using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Access;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Views;

/// <summary>Views beside what their conformance asks: branches, who answers for them, what <c>/api</c> shows, and files.</summary>
public sealed class ViewTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    const string View = "iceberg/v1/namespaces/gold/views/v";

    static string Body(string name, string sql = "select 1") => $$"""
        {"name":"{{name}}","schema":{{Schema}},"properties":{"comment":"c"},"view-version":{{Version(1, 0, sql)}}}
        """;

    static string Version(int id, int schemaId, string sql) => $$"""
        {"version-id":{{id}},"schema-id":{{schemaId}},"timestamp-ms":{{1000 * id}},"summary":{"engine-name":"test"},"default-namespace":["gold"],"default-catalog":"lake",
         "representations":[{"type":"sql","sql":"{{sql}}","dialect":"spark"},{"type":"sql","sql":"{{sql}} as x","dialect":"trino"}]}
        """;

    static string Replace(string sql) =>
        $$"""{"updates":[{"action":"add-schema","schema":{{Schema}}},{"action":"add-view-version","view-version":{{Version(2, -1, sql)}}},{"action":"set-current-view-version","view-version-id":-1}]}""";

    [Fact]
    public async Task A_view_of_a_branch_is_its_own()
    {
        var client = await EmptyAsync();
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/views", HttpStatusCode.OK, Body("v"));
        await client.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        await client.PostJsonAsync("api/branches", new { name = "v1.0", kind = "tag" }, HttpStatusCode.Created);
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/dev/namespaces/gold/views/v", HttpStatusCode.OK, Replace("select 2"));
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/dev/namespaces/gold/views", HttpStatusCode.OK, Body("w"));
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/dev/views/rename", HttpStatusCode.NoContent, """{"source":{"namespace":["gold"],"name":"w"},"destination":{"namespace":["gold"],"name":"x"}}""");
        Assert.Equal(("select 1", "select 2", "select 1"), (await SqlAsync(client, ""), await SqlAsync(client, "dev/"), await SqlAsync(client, "v1.0/")));
        Assert.Equal(["v"], await NamesAsync(client, ""));
        Assert.Equal(["v", "x"], await NamesAsync(client, "dev/"));

        await client.SendAsync(HttpMethod.Delete, "iceberg/v1/dev/namespaces/gold/views/v", HttpStatusCode.NoContent);
        await client.SendAsync(HttpMethod.Get, "iceberg/v1/dev/namespaces/gold/views/v", HttpStatusCode.NotFound);
        Assert.Equal("select 1", await SqlAsync(client, ""));

        var refused = await client.SendAsync(HttpMethod.Post, "iceberg/v1/v1.0/namespaces/gold/views/v", HttpStatusCode.BadRequest, Replace("select 3"));
        Assert.Contains("tag", refused!["error"]!["message"]!.GetValue<string>());
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/v1.0/namespaces/gold/views", HttpStatusCode.BadRequest, Body("y"));
        await client.SendAsync(HttpMethod.Delete, "iceberg/v1/v1.0/namespaces/gold/views/v", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_merge_brings_views_with_their_definers_and_two_definitions_are_a_conflict()
    {
        var server = await catalog.EmptyAsync();
        var client = server.Service;
        await client.CreateTablesAsync("gold");
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/views", HttpStatusCode.OK, Body("v"));
        var before = (await client.GetJsonAsync("api/commits?limit=1"))["commits"]![0]!["id"]!.GetValue<long>();
        await client.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/dev/namespaces/gold/views/v", HttpStatusCode.OK, Replace("select 2"));
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/dev/namespaces/gold/views", HttpStatusCode.OK, Body("w"));
        await client.PostJsonAsync("api/branches/main/merge", new { from = "dev" });
        Assert.Equal(("select 2", "select 1"), (await SqlAsync(client, ""), await SqlAsync(client, $"~40{before}/")));
        Assert.Equal(["v", "w"], await NamesAsync(client, ""));
        Assert.Equal(("user", "user"), (await DefinerAsync(server), await DefinerAsync(server, "w")));

        await client.SendAsync(HttpMethod.Post, View, HttpStatusCode.OK, Replace("select 3"));
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/dev/namespaces/gold/views/v", HttpStatusCode.OK, Replace("select 4"));
        var conflict = await client.PostJsonAsync("api/branches/main/merge", new { from = "dev" }, HttpStatusCode.Conflict);
        Assert.Contains("gold.v", conflict.ToJsonString());
        Assert.Equal("select 3", await SqlAsync(client, ""));
    }

    [Fact]
    public async Task Whoever_makes_another_version_the_current_one_answers_for_it()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold");
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/views", HttpStatusCode.OK, Body("v"));
        Assert.Equal("user", await DefinerAsync(server));
        await server.Service.SendAsync(HttpMethod.Post, View, HttpStatusCode.OK, """{"updates":[{"action":"set-properties","updates":{"a":"1"}}]}""");
        await server.Service.SendAsync(HttpMethod.Post, View, HttpStatusCode.OK, Replace("select 1"));
        Assert.Equal("user", await DefinerAsync(server));
        await server.Service.SendAsync(HttpMethod.Post, View, HttpStatusCode.OK, Replace("select 2"));
        Assert.Equal("service", await DefinerAsync(server));

        // Going back is a decision too.
        await server.User.SendAsync(HttpMethod.Post, View, HttpStatusCode.OK, """{"updates":[{"action":"set-current-view-version","view-version-id":1}]}""");
        Assert.Equal("user", await DefinerAsync(server));
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/views/rename", HttpStatusCode.NoContent, """{"source":{"namespace":["gold"],"name":"v"},"destination":{"namespace":["gold"],"name":"w"}}""");
        Assert.Equal("user", await DefinerAsync(server, "w"));
    }

    [Fact]
    public async Task Principals_make_and_change_views_by_their_grants_where_the_catalog_puts_them()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold");
        var (name, _, client) = await server.CreateServiceAsync();
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/views", HttpStatusCode.NotFound, Body("v"));
        await server.GrantAsync(name, "create", "gold");
        var (moved, scattered) = (JsonNode.Parse(Body("v"))!, JsonNode.Parse(Body("v"))!);
        moved["location"] = server.Warehouse + "/other/v";
        scattered["properties"]!["write.metadata.path"] = server.Warehouse + "/other";
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/views", HttpStatusCode.Forbidden, moved.ToJsonString());
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/views", HttpStatusCode.Forbidden, scattered.ToJsonString());
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/views", HttpStatusCode.OK, Body("v"));
        Assert.Equal(name, await DefinerAsync(server));
        await client.SendAsync(HttpMethod.Post, View, HttpStatusCode.OK, Replace("select 2"));
        await client.SendAsync(HttpMethod.Post, View, HttpStatusCode.Forbidden, $$"""{"updates":[{"action":"set-location","location":"{{server.Warehouse}}/other/v"}]}""");
        await client.SendAsync(HttpMethod.Post, View, HttpStatusCode.Forbidden, $$$"""{"updates":[{"action":"set-properties","updates":{"write.metadata.path":"{{{server.Warehouse}}}/other"}}]}""");

        var (reader, _, other) = await server.CreateServiceAsync();
        await other.SendAsync(HttpMethod.Get, View, HttpStatusCode.NotFound);
        await server.GrantAsync(reader, "select", "gold", "v");
        await other.SendAsync(HttpMethod.Get, View, HttpStatusCode.OK);
        await other.SendAsync(HttpMethod.Post, View, HttpStatusCode.Forbidden, Replace("select 3"));
        await other.SendAsync(HttpMethod.Delete, View, HttpStatusCode.Forbidden);
        await client.SendAsync(HttpMethod.Delete, View, HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Whoever_replaces_a_view_defines_it_but_does_not_come_to_own_it()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold");
        var (owner, _, own) = await server.CreateServiceAsync();
        await server.GrantAsync(owner, "create", "gold");
        await own.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/views", HttpStatusCode.OK, Body("v"));
        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "modify", "gold", "v");
        await client.SendAsync(HttpMethod.Post, View, HttpStatusCode.OK, Replace("select 2"));
        Assert.Equal(name, await DefinerAsync(server));
        await client.SendAsync(HttpMethod.Delete, View, HttpStatusCode.Forbidden);
        await client.SendAsync(HttpMethod.Put, "api/tables/gold/v/protection", HttpStatusCode.Forbidden, """{"protected":true}""");

        // It stays with its version, whoever it belongs to, on branches as well.
        await server.User.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        await own.SendAsync(HttpMethod.Post, "iceberg/v1/views/rename", HttpStatusCode.NoContent, """{"source":{"namespace":["gold"],"name":"v"},"destination":{"namespace":["gold"],"name":"w"}}""");
        Assert.Equal((name, name), (await DefinerAsync(server, "w"), (await server.User.GetJsonAsync("api/tables/gold/v?branch=dev"))["view"]!["definer"]!.GetValue<string>()));
        await own.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/views/w", HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Views_are_listed_and_shown_among_the_tables()
    {
        var client = await EmptyAsync("t");
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/views", HttpStatusCode.OK, Body("v"));
        await client.SendAsync(HttpMethod.Post, View, HttpStatusCode.OK, Replace("select 2"));
        var listed = (await client.GetJsonAsync("api/tables"))["tables"]!.AsArray();
        Assert.Equal([("t", "iceberg"), ("v", "view")], listed.Select(t => (t!["name"]!.GetValue<string>(), t["format"]!.GetValue<string>())));
        Assert.Equal("replace view gold.v", listed[1]!["lastCommit"]!["message"]!.GetValue<string>());
        Assert.Null(listed[1]!["rows"]);

        var shown = await client.GetJsonAsync("api/tables/gold/v");
        Assert.Equal(("view", "c", "id"), (shown["format"]!.GetValue<string>(), shown["properties"]!["comment"]!.GetValue<string>(), shown["schema"]![0]!["name"]!.GetValue<string>()));
        var view = shown["view"]!;
        Assert.Equal(2, view["currentVersionId"]!.GetValue<int>());
        Assert.Equal([2, 1], view["log"]!.AsArray().Select(entry => entry!["versionId"]!.GetValue<int>()));
        Assert.Equal([(2, true), (1, false)], view["versions"]!.AsArray().Select(version => (version!["id"]!.GetValue<int>(), version["isCurrent"]!.GetValue<bool>())));
        var current = view["versions"]![0]!;
        Assert.Equal(("spark", "select 2"), (current["queries"]![0]!["dialect"]!.GetValue<string>(), current["queries"]![0]!["sql"]!.GetValue<string>()));
        Assert.Equal(("lake", "gold", "test"), (current["defaultCatalog"]!.GetValue<string>(), current["defaultNamespace"]!.GetValue<string>(), current["summary"]!["engine-name"]!.GetValue<string>()));
        Assert.Equal("id", current["schema"]![0]!["name"]!.GetValue<string>());
        await client.SendAsync(HttpMethod.Get, "api/tables/gold/v/snapshots", HttpStatusCode.NotFound);
        Assert.Equal("v", (await client.GetJsonAsync("api/commits"))["commits"]![0]!["tables"]![0]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Of_many_who_create_the_same_view_one_does_and_no_file_of_the_others_stays()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            var isTable = i % 2 == 0;
            using var content = new StringContent(isTable ? $$"""{"name":"race","schema":{{Schema}}}""" : Body("race"), System.Text.Encoding.UTF8, "application/json");
            using var answer = await server.Service.PostAsync($"iceberg/v1/namespaces/gold/{(isTable ? "tables" : "views")}", content);
            return answer.StatusCode;
        }));
        Assert.Equal(1, answers.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(7, answers.Count(status => status == HttpStatusCode.Conflict));
        var files = new List<string>();
        await foreach (var file in server.Store.ListAsync(server.Warehouse + "/gold/race-"))
        {
            files.Add(file.Location);
        }

        Assert.Single(files);
    }

    [Fact]
    public async Task Tables_and_views_of_others_register_or_are_refused_as_they_are_named()
    {
        var folder = Needs.Golden("iceberg-metadata");
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold");
        var files = Directory.GetFiles(folder, "*.json");
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var name = Path.GetFileNameWithoutExtension(file);
            var isView = name.Contains("View", StringComparison.Ordinal);
            var place = $"{server.Warehouse}/golden/{name}";
            var text = (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Replace("s3://bucket/test/location", place, StringComparison.Ordinal).Replace("s3://a/b", place, StringComparison.Ordinal);
            var location = $"{place}/metadata/00000-x.metadata.json";
            using (var content = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)))
            {
                await server.Store.PutIfAbsentAsync(location, content, TestContext.Current.CancellationToken);
            }

            var isRefused = new[] { "Missing", "Invalid", "NotFound", "Unsupported", "Multiple" }.Any(word => name.Contains(word, StringComparison.Ordinal));
            var answer = await server.Service.SendAsync(
                HttpMethod.Post,
                $"iceberg/v1/namespaces/gold/{(isView ? "register-view" : "register")}",
                isRefused ? HttpStatusCode.BadRequest : HttpStatusCode.OK,
                new JsonObject { ["name"] = name, ["metadata-location"] = location }.ToJsonString());
            if (isRefused)
            {
                Assert.StartsWith("the metadata file cannot be registered: ", answer!["error"]!["message"]!.GetValue<string>());
            }
            else
            {
                var loaded = await server.Service.GetJsonAsync($"iceberg/v1/namespaces/gold/{(isView ? "views" : "tables")}/{name}");
                Assert.Equal(location, loaded["metadata-location"]!.GetValue<string>());
                Assert.True(JsonNode.DeepEquals(answer!["metadata"], loaded["metadata"]));
            }
        }
    }

    async Task<HttpClient> EmptyAsync(params string[] tables)
    {
        var client = (await catalog.EmptyAsync()).Service;
        await client.CreateTablesAsync("gold", tables);
        return client;
    }

    static async Task<string?> DefinerAsync(CatalogServer server, string name = "v") => (await server.User.GetJsonAsync($"api/tables/gold/{name}"))["view"]!["definer"]?.GetValue<string>();

    static async Task<string> SqlAsync(HttpClient client, string prefix)
    {
        var view = (await client.GetJsonAsync($"iceberg/v1/{prefix}namespaces/gold/views/v"))["metadata"]!;
        return view["versions"]!.AsArray().Single(version => version!["version-id"]!.GetValue<int>() == view["current-version-id"]!.GetValue<int>())!["representations"]![0]!["sql"]!.GetValue<string>();
    }

    static async Task<string[]> NamesAsync(HttpClient client, string prefix) =>
        (await client.GetJsonAsync($"iceberg/v1/{prefix}namespaces/gold/views"))["identifiers"]!.AsArray().Select(item => item!["name"]!.GetValue<string>()).ToArray();
}
