using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

/// <summary>
/// The view cases of Iceberg's compatibility kit, asked over HTTP. Those that ask something of a client alone are not here: default and override properties of a client's catalog,
/// null arguments of its builders, the choice of a query by dialect (in the tests of the format). A catalog without an empty namespace lists no views in one.
/// </summary>
public abstract partial class CatalogConformance
{
    [Fact]
    public async Task A_view_of_a_namespace_that_does_not_exist_is_not_found()
    {
        await NoViewAsync("nowhere", "v");
        await SendAsync(HttpMethod.Get, "namespaces/nowhere/views/v", HttpStatusCode.NotFound, errorType: "NoSuchViewException");
    }

    [Fact]
    public async Task A_table_is_no_view()
    {
        await CreateNamespaceAsync("ns");
        await CreateTableAsync("ns", "table");
        await NoViewAsync("ns", "table");
        var error = await SendAsync(HttpMethod.Get, "namespaces/ns/views/table", HttpStatusCode.NotFound, errorType: "NoSuchViewException");
        Assert.StartsWith("View does not exist", MessageOf(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_view_is_no_table()
    {
        await CreateNamespaceAsync("ns");
        await CreateViewAsync("ns", "view");
        await ViewExistsAsync("ns", "view");
        await SendAsync(HttpMethod.Head, "namespaces/ns/tables/view", HttpStatusCode.NotFound);
        var error = await SendAsync(HttpMethod.Get, "namespaces/ns/tables/view", HttpStatusCode.NotFound, errorType: "NoSuchTableException");
        Assert.StartsWith("Table does not exist", MessageOf(error), StringComparison.Ordinal);
        await SendAsync(HttpMethod.Delete, "namespaces/ns/tables/view", HttpStatusCode.NotFound, errorType: "NoSuchTableException");
        await ViewExistsAsync("ns", "view");
    }

    [Fact]
    public async Task A_view_is_created_loaded_and_dropped()
    {
        await CreateNamespaceAsync("ns");
        await NoViewAsync("ns", "view");
        var created = await CreateViewAsync("ns", "view");
        await ViewExistsAsync("ns", "view");
        var view = created.GetProperty("metadata");
        Assert.StartsWith(warehouse + "/", view.GetProperty("location").GetString(), StringComparison.Ordinal);
        Assert.StartsWith(view.GetProperty("location").GetString() + "/metadata/00000-", created.GetProperty("metadata-location").GetString(), StringComparison.Ordinal);
        Assert.Equal([1], Log(view));
        Assert.Equal([0], Schemas(view));
        Assert.True(JsonNode.DeepEquals(ViewRequests.Schema["fields"], JsonNode.Parse(view.GetProperty("schemas")[0].GetProperty("fields").GetRawText())));
        var version = Assert.Single(view.GetProperty("versions").EnumerateArray());
        Assert.Equal((1, 0), (version.GetProperty("version-id").GetInt32(), version.GetProperty("schema-id").GetInt32()));
        Assert.Equal("""["ns"]""", version.GetProperty("default-namespace").GetRawText());
        Assert.Equal("kit", version.GetProperty("summary").GetProperty("engine-name").GetString());
        Assert.Equal([("spark", ViewRequests.Query)], Queries(version));
        Assert.False(version.TryGetProperty("default-catalog", out _));

        Assert.Equal(created.GetRawText(), (await GetAsync("namespaces/ns/views/view")).GetRawText());
        await SendAsync(HttpMethod.Delete, "namespaces/ns", HttpStatusCode.Conflict, errorType: "NamespaceNotEmptyException");
        await DropViewAsync("ns", "view");
        await NoViewAsync("ns", "view");
        await SendAsync(HttpMethod.Delete, "namespaces/ns/views/view", HttpStatusCode.NotFound, errorType: "NoSuchViewException");
        await SendAsync(HttpMethod.Delete, "namespaces/ns", HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_view_is_created_with_all_that_it_can_have()
    {
        await CreateNamespaceAsync("ns");
        var body = ViewRequests.Create("ns", "view", ("spark", ViewRequests.Query), ("trino", ViewRequests.Query + " using X"));
        body["view-version"]!["default-catalog"] = "prod";
        body["properties"] = new JsonObject { ["prop1"] = "val1", ["prop2"] = "val2" };
        body["location"] = warehouse + "/custom/view";
        var view = (await PostAsync("namespaces/ns/views", body.ToJsonString())).GetProperty("metadata");
        Assert.Equal(warehouse + "/custom/view", view.GetProperty("location").GetString());
        Assert.Equal("""{"prop1":"val1","prop2":"val2"}""", view.GetProperty("properties").GetRawText());
        Assert.Equal("prod", Current(view).GetProperty("default-catalog").GetString());
        Assert.Equal([("spark", ViewRequests.Query), ("trino", ViewRequests.Query + " using X")], Queries(Current(view)));
        Assert.True(Guid.TryParse(view.GetProperty("view-uuid").GetString(), out _));
    }

    [Fact]
    public async Task A_view_may_have_its_metadata_elsewhere_in_the_warehouse()
    {
        await CreateNamespaceAsync("ns");
        var body = ViewRequests.Create("ns", "view");
        body["properties"]!["write.metadata.path"] = warehouse + "/custom-location";
        var view = await PostAsync("namespaces/ns/views", body.ToJsonString());
        Assert.StartsWith(warehouse + "/custom-location/", view.GetProperty("metadata-location").GetString(), StringComparison.Ordinal);
        Assert.Equal(warehouse + "/custom-location", view.GetProperty("metadata").GetProperty("properties").GetProperty("write.metadata.path").GetString());
    }

    [Theory]
    [InlineData("view-version.representations", "[]", "representations")]
    [InlineData("view-version.representations", null, "representations")]
    [InlineData("view-version", null, "view-version")]
    [InlineData("schema", null, "schema")]
    [InlineData("view-version.default-namespace", null, "default-namespace")]
    [InlineData("view-version.representations", """[{"type":"sql","sql":"a","dialect":"trino"},{"type":"sql","sql":"b","dialect":"Trino"}]""", "trino")]
    [InlineData("view-version.representations", """[{"type":"dataframe","sql":"a","dialect":"trino"}]""", "dataframe")]
    [InlineData("view-version.summary", null, "summary")]
    [InlineData("view-version.timestamp-ms", "-5", "timestamp-ms")]
    [InlineData("schema.fields", """[{"id":1,"name":"a","required":true,"type":"tinyint"}]""", "tinyint")]
    [InlineData("schema.fields", """[{"id":1,"name":"a","required":true,"type":"int"},{"id":1,"name":"b","required":true,"type":"int"}]""", "1")]
    [InlineData("name", null, "name")]
    [InlineData("name", "\"\"", "name")]
    [InlineData("name", "\"a//b\"", "a//b")]
    [InlineData("location", "\"file:///elsewhere\"", "warehouse")]
    [InlineData("properties", """{"write.metadata.path":"file:///elsewhere"}""", "warehouse")]
    [InlineData("properties", """{"version.history.num-entries":"0"}""", "version.history.num-entries")]
    [InlineData("properties", """{"a":1}""", "properties")]
    public async Task Views_that_make_no_sense_are_refused_by_name(string path, string? value, string named)
    {
        await CreateNamespaceAsync("ns");
        var body = ViewRequests.Create("ns", "view");
        var names = path.Split('.');
        var at = names.Length == 1 ? body : body[names[0]]!.AsObject();
        at.Remove(names[^1]);
        if (value is not null)
        {
            at[names[^1]] = JsonNode.Parse(value);
        }

        var error = await SendAsync(HttpMethod.Post, "namespaces/ns/views", HttpStatusCode.BadRequest, body.ToJsonString(), "BadRequestException");
        Assert.Contains(named, MessageOf(error), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Names((await GetAsync("namespaces/ns/views")).GetProperty("identifiers")));
    }

    [Fact]
    public async Task A_view_exists_once_and_in_a_namespace()
    {
        await SendAsync(HttpMethod.Post, "namespaces/ns/views", HttpStatusCode.NotFound, ViewRequests.Create("ns", "view").ToJsonString(), "NoSuchNamespaceException");
        await SendAsync(HttpMethod.Get, "namespaces/ns/views", HttpStatusCode.NotFound, errorType: "NoSuchNamespaceException");
        await CreateNamespaceAsync("ns");
        await CreateViewAsync("ns", "view");
        var error = await SendAsync(HttpMethod.Post, "namespaces/ns/views", HttpStatusCode.Conflict, ViewRequests.Create("ns", "view", ("trino", "select 1")).ToJsonString(), "AlreadyExistsException");
        Assert.StartsWith("View already exists: ns.view", MessageOf(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_view_can_t_take_the_name_of_a_table()
    {
        await CreateNamespaceAsync("ns");
        await CreateTableAsync("ns", "table");
        var error = await SendAsync(HttpMethod.Post, "namespaces/ns/views", HttpStatusCode.Conflict, ViewRequests.Create("ns", "table").ToJsonString(), "AlreadyExistsException");
        Assert.StartsWith("Table with same name already exists: ns.table", MessageOf(error), StringComparison.Ordinal);

        // Whoever replaces it is told that there is no such view.
        await SendAsync(HttpMethod.Post, "namespaces/ns/views/table", HttpStatusCode.NotFound, ViewRequests.Commit(null, ViewRequests.SetProperties(("a", "1"))), "NoSuchViewException");
    }

    [Fact]
    public async Task A_table_can_t_take_the_name_of_a_view()
    {
        await CreateNamespaceAsync("ns");
        await CreateViewAsync("ns", "view");
        foreach (var stage in new[] { "false", "true" })
        {
            var error = await SendAsync(HttpMethod.Post, "namespaces/ns/tables", HttpStatusCode.Conflict, $$"""{"name":"view","schema":{{Schema}},"stage-create":{{stage}}}""", "AlreadyExistsException");
            Assert.StartsWith("View with same name already exists: ns.view", MessageOf(error), StringComparison.Ordinal);
        }

        await SendAsync(HttpMethod.Post, "namespaces/ns/tables/view", HttpStatusCode.NotFound, Commit("", SetProperty("k", "v")), "NoSuchTableException");
    }

    [Fact]
    public async Task A_table_that_was_staged_can_t_take_the_name_of_a_view_that_came_meanwhile()
    {
        await CreateNamespaceAsync("ns");
        var staged = (await PostAsync("namespaces/ns/tables", $$"""{"name":"view","schema":{{Schema}},"stage-create":true}""")).GetProperty("metadata");
        await CreateViewAsync("ns", "view");
        var commit = Commit(
            """{"type":"assert-create"}""",
            $$$"""
            {"action":"assign-uuid","uuid":"{{{staged.GetProperty("table-uuid").GetString()}}}"},{"action":"upgrade-format-version","format-version":2},
            {"action":"add-schema","schema":{{{staged.GetProperty("schemas")[0].GetRawText()}}},"last-column-id":2},{"action":"set-current-schema","schema-id":-1},
            {"action":"set-location","location":"{{{staged.GetProperty("location").GetString()}}}"}
            """);
        var error = await SendAsync(HttpMethod.Post, "namespaces/ns/tables/view", HttpStatusCode.Conflict, commit, "AlreadyExistsException");
        Assert.StartsWith("View with same name already exists: ns.view", MessageOf(error), StringComparison.Ordinal);
        await ViewExistsAsync("ns", "view");
    }

    [Theory]
    [InlineData("ns")]
    [InlineData("other_ns")]
    public async Task A_view_is_renamed_and_stays_what_it_is(string target)
    {
        await CreateNamespaceAsync("ns");
        await CreateNamespaceAsync("other_ns");
        var original = await CreateViewAsync("ns", "view");
        await RenameViewAsync("ns", "view", target, "renamedView");
        await NoViewAsync("ns", "view");
        Assert.Equal(original.GetRawText(), (await GetAsync($"namespaces/{target}/views/renamedView")).GetRawText());
        await SendAsync(HttpMethod.Delete, "namespaces/ns/views/view", HttpStatusCode.NotFound, errorType: "NoSuchViewException");
        await DropViewAsync(target, "renamedView");
        await NoViewAsync(target, "renamedView");
    }

    [Fact]
    public async Task A_view_is_renamed_only_where_it_can_be()
    {
        await CreateNamespaceAsync("ns");
        await RenameViewAsync("ns", "view", "ns", "other", HttpStatusCode.NotFound, "NoSuchViewException", "View does not exist");
        await CreateViewAsync("ns", "view");
        await CreateViewAsync("ns", "viewTwo");
        await CreateTableAsync("ns", "table");
        await RenameViewAsync("ns", "view", "non_existing", "view", HttpStatusCode.NotFound, "NoSuchNamespaceException", "Namespace does not exist: non_existing");
        await RenameViewAsync("ns", "view", "ns", "viewTwo", HttpStatusCode.Conflict, "AlreadyExistsException", "Cannot rename ns.view to ns.viewTwo. View already exists");
        await RenameViewAsync("ns", "view", "ns", "table", HttpStatusCode.Conflict, "AlreadyExistsException", "Cannot rename ns.view to ns.table. Table already exists");
        await RenameViewAsync("ns", "table", "ns", "other", HttpStatusCode.NotFound, "NoSuchViewException", "View does not exist");
        await SendAsync(HttpMethod.Post, "views/rename", HttpStatusCode.BadRequest, """{"source":{"namespace":["ns"],"name":"view"}}""", "BadRequestException");
        Assert.Equal(["view", "viewTwo"], Names((await GetAsync("namespaces/ns/views")).GetProperty("identifiers")));
    }

    [Fact]
    public async Task A_table_is_not_renamed_to_a_view()
    {
        await CreateNamespaceAsync("ns");
        await CreateTableAsync("ns", "table");
        await CreateViewAsync("ns", "view");
        var error = await SendAsync(HttpMethod.Post, "tables/rename", HttpStatusCode.Conflict, Rename("ns", "table", "ns", "view"), "AlreadyExistsException");
        Assert.Contains("Cannot rename ns.table to ns.view. View already exists", MessageOf(error), StringComparison.Ordinal);
        await SendAsync(HttpMethod.Post, "tables/rename", HttpStatusCode.NotFound, Rename("ns", "view", "ns", "other"), "NoSuchTableException");
    }

    [Fact]
    public async Task Views_and_tables_are_listed_apart()
    {
        await CreateNamespaceAsync("ns1");
        await CreateNamespaceAsync("ns2");
        await CreateTableAsync("ns1", "table");
        await AssertListsAsync("ns1", ["table"], []);
        await CreateViewAsync("ns1", "view1");
        await CreateViewAsync("ns2", "view2");
        await CreateViewAsync("ns2", "view3");
        await AssertListsAsync("ns1", ["table"], ["view1"]);
        await AssertListsAsync("ns2", [], ["view2", "view3"]);
        await DropViewAsync("ns2", "view2");
        await AssertListsAsync("ns2", [], ["view3"]);
        await SendAsync(HttpMethod.Delete, "namespaces/ns1/tables/table", HttpStatusCode.NoContent);
        await AssertListsAsync("ns1", [], ["view1"]);
        await DropViewAsync("ns1", "view1");
        await DropViewAsync("ns2", "view3");
        await AssertListsAsync("ns1", [], []);
        await AssertListsAsync("ns2", [], []);
    }

    [Fact]
    public async Task Views_are_listed_in_pages()
    {
        await CreateNamespaceAsync("ns");
        await CreateTableAsync("ns", "v0-table");
        for (var i = 0; i < 5; i++)
        {
            await CreateViewAsync("ns", $"v{i}");
        }

        Assert.Equal(["v0", "v1", "v2", "v3", "v4"], await PagesAsync("namespaces/ns/views", "identifiers", item => item.GetProperty("name").GetString()!));
        await SendAsync(HttpMethod.Get, "namespaces/ns/views?pageToken=%21%21&pageSize=2", HttpStatusCode.BadRequest, errorType: "BadRequestException");
    }

    [Fact]
    public async Task A_view_is_registered_by_its_metadata_file()
    {
        await CreateNamespaceAsync("ns");
        var original = await CreateViewAsync("ns", "view");
        var body = $$"""{"name":"view","metadata-location":"{{original.GetProperty("metadata-location").GetString()}}"}""";
        var error = await SendAsync(HttpMethod.Post, "namespaces/ns/register-view", HttpStatusCode.Conflict, body, "AlreadyExistsException");
        Assert.StartsWith("View already exists: ns.view", MessageOf(error), StringComparison.Ordinal);

        await DropViewAsync("ns", "view");
        Assert.Equal(original.GetRawText(), (await PostAsync("namespaces/ns/register-view", body)).GetRawText());
        Assert.Equal(original.GetRawText(), (await GetAsync("namespaces/ns/views/view")).GetRawText());

        await DropViewAsync("ns", "view");
        await CreateTableAsync("ns", "view");
        error = await SendAsync(HttpMethod.Post, "namespaces/ns/register-view", HttpStatusCode.Conflict, body, "AlreadyExistsException");
        Assert.StartsWith("Table with same name already exists: ns.view", MessageOf(error), StringComparison.Ordinal);
        await SendAsync(HttpMethod.Post, "namespaces/nowhere/register-view", HttpStatusCode.NotFound, body, "NoSuchNamespaceException");
        await SendAsync(HttpMethod.Post, "namespaces/ns/register-view", HttpStatusCode.BadRequest, """{"name":"v"}""", "BadRequestException");
        await SendAsync(HttpMethod.Post, "namespaces/ns/register-view", HttpStatusCode.BadRequest, $$"""{"name":"v","metadata-location":"{{warehouse}}/nothing.json"}""", "BadRequestException");
        await SendAsync(HttpMethod.Post, "namespaces/ns/register-view", HttpStatusCode.BadRequest, """{"name":"v","metadata-location":"file:///etc/passwd"}""", "BadRequestException");

        // A table's metadata file is none of a view.
        var table = (await GetAsync("namespaces/ns/tables/view")).GetProperty("metadata-location").GetString();
        await SendAsync(HttpMethod.Post, "namespaces/ns/register-view", HttpStatusCode.BadRequest, $$"""{"name":"v","metadata-location":"{{table}}"}""", "BadRequestException");
    }

    Task<JsonElement> CreateViewAsync(string ns, string name) => PostAsync($"namespaces/{ns}/views", ViewRequests.Create(ns, name).ToJsonString());

    Task<JsonElement> DropViewAsync(string ns, string name) => SendAsync(HttpMethod.Delete, $"namespaces/{ns}/views/{name}", HttpStatusCode.NoContent);

    Task<JsonElement> ViewExistsAsync(string ns, string name) => SendAsync(HttpMethod.Head, $"namespaces/{ns}/views/{name}", HttpStatusCode.NoContent);

    Task<JsonElement> NoViewAsync(string ns, string name) => SendAsync(HttpMethod.Head, $"namespaces/{ns}/views/{name}", HttpStatusCode.NotFound);

    async Task RenameViewAsync(string ns, string name, string toNs, string toName, HttpStatusCode expected = HttpStatusCode.NoContent, string? errorType = null, string? message = null)
    {
        var answer = await SendAsync(HttpMethod.Post, "views/rename", expected, Rename(ns, name, toNs, toName), errorType);
        if (message is not null)
        {
            Assert.Contains(message, MessageOf(answer), StringComparison.Ordinal);
        }
    }

    async Task AssertListsAsync(string ns, string[] tables, string[] views)
    {
        Assert.Equal(tables, Names((await GetAsync($"namespaces/{ns}/tables")).GetProperty("identifiers")));
        Assert.Equal(views, Names((await GetAsync($"namespaces/{ns}/views")).GetProperty("identifiers")));
    }

    static string MessageOf(JsonElement answer) => answer.GetProperty("error").GetProperty("message").GetString()!;

    static JsonElement Current(JsonElement view) => view.GetProperty("versions").EnumerateArray().Single(version => version.GetProperty("version-id").GetInt32() == view.GetProperty("current-version-id").GetInt32());

    static int[] Log(JsonElement view) => view.GetProperty("version-log").EnumerateArray().Select(entry => entry.GetProperty("version-id").GetInt32()).ToArray();

    static int[] Schemas(JsonElement view) => view.GetProperty("schemas").EnumerateArray().Select(schema => schema.GetProperty("schema-id").GetInt32()).ToArray();

    static (string, string)[] Queries(JsonElement version) =>
        version.GetProperty("representations").EnumerateArray().Select(query => (query.GetProperty("dialect").GetString()!, query.GetProperty("sql").GetString()!)).ToArray();
}
