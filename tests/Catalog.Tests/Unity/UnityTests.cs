using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Access;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Catalog.Api.Tests.Planning;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Npgsql;

namespace LakeAspire.Catalog.Api.Tests.Unity;

/// <summary>Unity Catalog's reads, as its clients send them.</summary>
public sealed class UnityTests(PostgresServer postgres)
{
    const string Root = "api/2.1/unity-catalog";

    [Fact]
    public async Task Its_clients_find_the_tables_that_are_published_as_Delta()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await FillAsync(server);
        Assert.Equal("lake", (await server.User.GetJsonAsync(Root + "/catalogs"))["catalogs"]![0]!["name"]!.GetValue<string>());
        Assert.Equal("lake", (await server.User.GetJsonAsync(Root + "/catalogs/lake"))["name"]!.GetValue<string>());
        Assert.NotNull((await server.User.GetJsonAsync(Root + "/metastore_summary"))["metastore_id"]);
        Assert.Equal(["gold", "silver"], await NamesAsync(server.User, "schemas?catalog_name=lake", "schemas"));
        Assert.Equal("lake.gold", (await server.User.GetJsonAsync(Root + "/schemas/lake.gold"))["full_name"]!.GetValue<string>());

        Assert.Equal(["a", "b", "c"], await NamesAsync(server.User, "tables?catalog_name=lake&schema_name=gold", "tables"));
        Assert.Equal(["a", "b", "c"], await NamesAsync(server.User, "tables?catalog_name=lake&schema_name=gold&max_results=1", "tables"));
        var table = await server.User.GetJsonAsync(Root + "/tables/lake.gold.a");
        Assert.Equal(("a", "lake", "gold", "EXTERNAL", "DELTA"), (Text(table, "name"), Text(table, "catalog_name"), Text(table, "schema_name"), Text(table, "table_type"), Text(table, "data_source_format")));
        Assert.Equal((await server.User.LoadAsync("iceberg/v1/namespaces/gold/tables/a")).Location, Text(table, "storage_location"));
        Assert.Equal(["id: bigint LONG", "day: date DATE", "Name: string STRING"], table["columns"]!.AsArray().Select(c => $"{Text(c!, "name")}: {Text(c!, "type_text")} {Text(c!, "type_name")}"));
        Assert.Equal([0, 1, 2], table["columns"]!.AsArray().Select(c => c!["position"]!.GetValue<int>()));
        var json = JsonNode.Parse(Text(table["columns"]![0]!, "type_json"))!;
        Assert.Equal(("id", "long"), (Text(json, "name"), Text(json, "type")));

        var credentials = await server.User.PostJsonAsync(Root + "/temporary-table-credentials", new { table_id = Text(table, "table_id"), operation = "READ" });
        Assert.Equal(Text(table, "storage_location"), Text(credentials, "url"));
        Assert.Null(credentials["aws_temp_credentials"]);
        Assert.Equal(Text(table, "storage_location"), Text(await server.User.PostJsonAsync(Root + "/temporary-path-credentials", new { url = Text(table, "storage_location"), operation = "PATH_READ" }), "url"));
    }

    [Fact]
    public async Task What_is_not_there_or_not_allowed_is_said_in_its_own_form()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await FillAsync(server);
        await ErrorAsync(server.User, HttpMethod.Get, "catalogs/other", HttpStatusCode.NotFound, "CATALOG_NOT_FOUND");
        await ErrorAsync(server.User, HttpMethod.Get, "schemas?catalog_name=other", HttpStatusCode.NotFound, "CATALOG_NOT_FOUND");
        await ErrorAsync(server.User, HttpMethod.Get, "schemas", HttpStatusCode.BadRequest, "INVALID_ARGUMENT");
        await ErrorAsync(server.User, HttpMethod.Get, "schemas/lake.none", HttpStatusCode.NotFound, "SCHEMA_NOT_FOUND");
        await ErrorAsync(server.User, HttpMethod.Get, "tables/lake.gold.none", HttpStatusCode.NotFound, "TABLE_NOT_FOUND");
        await ErrorAsync(server.User, HttpMethod.Get, "tables/lake.gold.unpublished", HttpStatusCode.NotFound, "TABLE_NOT_FOUND");
        await ErrorAsync(server.User, HttpMethod.Get, "tables/gold", HttpStatusCode.BadRequest, "INVALID_ARGUMENT");
        await ErrorAsync(server.User, HttpMethod.Get, "tables?catalog_name=lake&schema_name=gold&max_results=-1", HttpStatusCode.BadRequest, "INVALID_ARGUMENT");
        await ErrorAsync(server.User, HttpMethod.Get, "tables?catalog_name=lake&schema_name=gold&page_token=%21", HttpStatusCode.BadRequest, "INVALID_ARGUMENT");
        await ErrorAsync(server.User, HttpMethod.Post, "catalogs", HttpStatusCode.NotImplemented, "UNIMPLEMENTED");
        await ErrorAsync(server.User, HttpMethod.Post, "tables", HttpStatusCode.NotImplemented, "UNIMPLEMENTED");
        await ErrorAsync(server.User, HttpMethod.Delete, "tables/lake.gold.a", HttpStatusCode.NotImplemented, "UNIMPLEMENTED");
        await ErrorAsync(server.User, HttpMethod.Get, "volumes", HttpStatusCode.NotImplemented, "UNIMPLEMENTED");
        var id = Text(await server.User.GetJsonAsync(Root + "/tables/lake.gold.a"), "table_id");
        await ErrorAsync(server.User, HttpMethod.Post, "temporary-table-credentials", HttpStatusCode.NotImplemented, "UNIMPLEMENTED", $$"""{"table_id":"{{id}}","operation":"READ_WRITE"}""");
        await ErrorAsync(server.User, HttpMethod.Post, "temporary-table-credentials", HttpStatusCode.NotFound, "TABLE_NOT_FOUND", $$"""{"table_id":"{{Guid.NewGuid()}}","operation":"READ"}""");
        await ErrorAsync(server.User, HttpMethod.Post, "temporary-table-credentials", HttpStatusCode.BadRequest, "INVALID_ARGUMENT", "[");
    }

    [Fact]
    public async Task Each_caller_sees_its_own()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await FillAsync(server);
        var (name, _, client) = await server.CreateServiceAsync();
        Assert.Empty(await NamesAsync(client, "schemas?catalog_name=lake", "schemas"));
        await ErrorAsync(client, HttpMethod.Get, "tables?catalog_name=lake&schema_name=gold", HttpStatusCode.NotFound, "SCHEMA_NOT_FOUND");
        await ErrorAsync(client, HttpMethod.Get, "tables/lake.gold.b", HttpStatusCode.NotFound, "TABLE_NOT_FOUND");
        await server.GrantAsync(name, "describe", "gold");
        await server.GrantAsync(name, "select", "gold", "b");
        Assert.Equal(["gold"], await NamesAsync(client, "schemas?catalog_name=lake", "schemas"));
        Assert.Equal(["a", "b", "c"], await NamesAsync(client, "tables?catalog_name=lake&schema_name=gold&max_results=2", "tables"));
        foreach (var (table, status) in new[] { ("b", HttpStatusCode.OK), ("a", HttpStatusCode.Forbidden) })
        {
            var id = Text(await client.GetJsonAsync($"{Root}/tables/lake.gold.{table}"), "table_id");
            await client.SendAsync(HttpMethod.Post, Root + "/temporary-table-credentials", status, $$"""{"table_id":"{{id}}","operation":"READ"}""");
        }
    }

    static async Task FillAsync(CatalogServer server)
    {
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces", HttpStatusCode.OK, """{"namespace":["gold"]}""");
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces", HttpStatusCode.OK, """{"namespace":["silver"]}""");
        foreach (var table in new[] { "a", "b", "c", "unpublished" })
        {
            await server.User.CreateAsync("gold", table);
        }

        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "INSERT INTO publications (table_id, state, version, left_out, commit_id, updated_at, attempt) SELECT table_id, 'published', 0, ARRAY[]::text[], from_commit, now(), 1 FROM pointers WHERE kind = 0 AND name <> 'unpublished'",
            connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The names of all pages.</summary>
    static async Task<List<string>> NamesAsync(HttpClient client, string path, string member)
    {
        var names = new List<string>();
        for (var token = ""; ;)
        {
            var page = await client.GetJsonAsync($"{Root}/{path}{(token.Length > 0 ? "&page_token=" + token : "")}");
            names.AddRange(page[member]!.AsArray().Select(item => Text(item!, "name")));
            if (page["next_page_token"] is not { } next)
            {
                return names;
            }

            token = next.GetValue<string>();
        }
    }

    static async Task ErrorAsync(HttpClient client, HttpMethod method, string path, HttpStatusCode status, string code, string? body = null)
    {
        var error = (await client.SendAsync(method, $"{Root}/{path}", status, body))!;
        Assert.Equal(code, Text(error, "error_code"));
        Assert.NotEqual("", Text(error, "message"));
        Assert.Equal(code, Text(error["details"]![0]!, "reason"));
    }

    static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
