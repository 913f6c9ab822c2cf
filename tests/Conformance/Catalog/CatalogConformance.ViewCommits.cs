using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

public abstract partial class CatalogConformance
{
    const string DropDialect = "replace.drop-dialect.allowed";

    [Fact]
    public async Task A_view_is_replaced_by_a_new_version()
    {
        await CreateNamespaceAsync("ns");
        var body = ViewRequests.Create("ns", "view");
        body["properties"] = new JsonObject { ["prop1"] = "val1" };
        var created = await PostAsync("namespaces/ns/views", body.ToJsonString());
        var replaced = await PostAsync("namespaces/ns/views/view", ViewRequests.Commit(
            created,
            [ViewRequests.SetProperties(("replacedProp1", "val1"), (DropDialect, "true")), .. ViewRequests.Replace(ViewRequests.OtherSchema, ViewRequests.Version("ns", 2, -1, ("trino", "select count(*) from ns.tbl")))]));
        Assert.Contains("/metadata/00001-", replaced.GetProperty("metadata-location").GetString(), StringComparison.Ordinal);

        var view = replaced.GetProperty("metadata");
        Assert.Equal(created.GetProperty("metadata").GetProperty("view-uuid").GetString(), view.GetProperty("view-uuid").GetString());
        Assert.Equal([1, 2], Log(view));
        Assert.Equal([0, 1], Schemas(view));
        Assert.Equal(2, view.GetProperty("current-version-id").GetInt32());
        Assert.Equal(1, Current(view).GetProperty("schema-id").GetInt32());
        Assert.Equal([("trino", "select count(*) from ns.tbl")], Queries(Current(view)));
        Assert.Equal(Current(created.GetProperty("metadata")).GetRawText(), view.GetProperty("versions")[0].GetRawText());
        Assert.Equal(("val1", "val1"), (view.GetProperty("properties").GetProperty("prop1").GetString(), view.GetProperty("properties").GetProperty("replacedProp1").GetString()));
        Assert.Equal(replaced.GetRawText(), (await GetAsync("namespaces/ns/views/view")).GetRawText());
    }

    [Fact]
    public async Task A_view_is_replaced_only_by_what_makes_sense()
    {
        await CreateNamespaceAsync("ns");
        var created = await CreateViewAsync("ns", "view");
        await RefusedViewAsync("needs a query", "representations", ViewRequests.Replace(ViewRequests.OtherSchema, ViewRequests.Version("ns", 2, -1)));
        await RefusedViewAsync("two queries in one dialect", "spark", ViewRequests.Replace(ViewRequests.OtherSchema, ViewRequests.Version("ns", 2, -1, ("spark", "a"), ("spark", "b"))));
        await RefusedViewAsync("a dialect less", "would lose the dialect spark", ViewRequests.Replace(ViewRequests.OtherSchema, ViewRequests.Version("ns", 2, -1, ("trino", "a"))));
        await RefusedViewAsync("a schema that was not added", "no schema was added", ViewRequests.Replace(ViewRequests.OtherSchema, ViewRequests.Version("ns", 2, -1, ("spark", "a")))[1..]);
        await RefusedViewAsync("a version that does not exist", "no version 99", new JsonObject { ["action"] = "set-current-view-version", ["view-version-id"] = 99 });
        await RefusedViewAsync("another uuid", "uuid", new JsonObject { ["action"] = "assign-uuid", ["uuid"] = Guid.NewGuid().ToString() });
        await RefusedViewAsync("a newer format", "format version 2", new JsonObject { ["action"] = "upgrade-format-version", ["format-version"] = 2 });
        await RefusedViewAsync("an update of tables", "add-snapshot", new JsonObject { ["action"] = "add-snapshot", ["snapshot"] = new JsonObject() });
        await RefusedViewAsync("a location outside", "warehouse", ViewRequests.SetLocation("file:///elsewhere"));
        await RefusedViewAsync("metadata outside", "warehouse", ViewRequests.SetProperties(("write.metadata.path", "file:///elsewhere")));
        await RefusedViewAsync("no history", "version.history.num-entries", ViewRequests.SetProperties(("version.history.num-entries", "0")));
        await SendAsync(HttpMethod.Post, "namespaces/ns/views/view", HttpStatusCode.BadRequest, """{"requirements":[]}""", "BadRequestException");
        await SendAsync(HttpMethod.Post, "namespaces/ns/views/view", HttpStatusCode.BadRequest, """{"requirements":[{"type":"assert-table-uuid","uuid":"x"}],"updates":[]}""", "BadRequestException");
        await SendAsync(HttpMethod.Post, "namespaces/ns/views/view", HttpStatusCode.BadRequest, """{"identifier":{"namespace":["ns"],"name":"other"},"updates":[]}""", "BadRequestException");
        Assert.Equal(created.GetRawText(), (await GetAsync("namespaces/ns/views/view")).GetRawText());
    }

    [Fact]
    public async Task Properties_of_a_view_change_without_a_new_version()
    {
        await CreateNamespaceAsync("ns");
        var created = (await CreateViewAsync("ns", "view")).GetProperty("metadata");
        await PostAsync("namespaces/ns/views/view", ViewRequests.Commit(null, ViewRequests.SetProperties(("key1", "val1"), ("key2", "val2")), ViewRequests.RemoveProperties("non-existing")));
        var view = (await GetAsync("namespaces/ns/views/view")).GetProperty("metadata");
        Assert.Equal("""{"key1":"val1","key2":"val2"}""", view.GetProperty("properties").GetRawText());
        Assert.Equal(created.GetProperty("versions").GetRawText(), view.GetProperty("versions").GetRawText());
        Assert.Equal(created.GetProperty("version-log").GetRawText(), view.GetProperty("version-log").GetRawText());
        await SendAsync(HttpMethod.Post, "namespaces/ns/views/view", HttpStatusCode.BadRequest, """{"updates":[{"action":"set-properties","updates":{"key1":null}}]}""", "BadRequestException");
        await PostAsync("namespaces/ns/views/view", ViewRequests.Commit(null, ViewRequests.RemoveProperties("key1")));
        Assert.Equal("""{"key2":"val2"}""", (await GetAsync("namespaces/ns/views/view")).GetProperty("metadata").GetProperty("properties").GetRawText());
    }

    [Fact]
    public async Task A_version_changes_the_query_of_a_dialect_or_the_default_names()
    {
        await CreateNamespaceAsync("ns");
        var created = await CreateViewAsync("ns", "view");
        var version = ViewRequests.Version("ns", 2, -1, ("spark", "select * from ns.updated_tbl"));
        version["default-catalog"] = "default";
        var view = (await PostAsync("namespaces/ns/views/view", ViewRequests.Commit(created, ViewRequests.Replace(ViewRequests.Schema, version)))).GetProperty("metadata");
        Assert.Equal([1, 2], Log(view));
        Assert.Equal([0], Schemas(view));
        Assert.Equal([("spark", "select * from ns.updated_tbl")], Queries(Current(view)));
        Assert.Equal("default", Current(view).GetProperty("default-catalog").GetString());
    }

    [Fact]
    public async Task A_version_that_the_view_had_before_is_used_again()
    {
        await CreateNamespaceAsync("ns");
        var created = await CreateViewAsync("ns", "view");
        var same = await PostAsync("namespaces/ns/views/view", ViewRequests.Commit(created, ViewRequests.Replace(ViewRequests.Schema, ViewRequests.Version("ns", 2, -1, ("spark", ViewRequests.Query)))));
        Assert.Equal(created.GetRawText(), same.GetRawText());
        await PostAsync("namespaces/ns/views/view", ViewRequests.Commit(created, ViewRequests.Replace(ViewRequests.Schema, ViewRequests.Version("ns", 2, -1, ("spark", "select 2")))));
        var back = (await PostAsync("namespaces/ns/views/view", ViewRequests.Commit(created, ViewRequests.Replace(ViewRequests.Schema, ViewRequests.Version("ns", 3, -1, ("spark", ViewRequests.Query)))))).GetProperty("metadata");
        Assert.Equal(1, back.GetProperty("current-version-id").GetInt32());
        Assert.Equal([1, 2, 1], Log(back));
        Assert.Equal(2, back.GetProperty("versions").GetArrayLength());
    }

    [Fact]
    public async Task Old_versions_of_a_view_go()
    {
        await CreateNamespaceAsync("ns");
        await CreateViewAsync("ns", "view");
        await PostAsync("namespaces/ns/views/view", ViewRequests.Commit(null, ViewRequests.SetProperties(("version.history.num-entries", "2"))));
        JsonElement view = default;
        for (var i = 2; i <= 4; i++)
        {
            view = (await PostAsync("namespaces/ns/views/view", ViewRequests.Commit(null, ViewRequests.Replace(ViewRequests.Schema, ViewRequests.Version("ns", i, -1, ("spark", $"select {i}")))))).GetProperty("metadata");
        }

        Assert.Equal([3, 4], view.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("version-id").GetInt32()));
        Assert.Equal([3, 4], Log(view));
    }

    [Fact]
    public async Task What_was_dropped_meanwhile_can_t_be_changed()
    {
        await CreateNamespaceAsync("ns");
        var created = await CreateViewAsync("ns", "view");
        await DropViewAsync("ns", "view");
        foreach (var updates in new[]
        {
            [ViewRequests.SetProperties(("key1", "val1"))],
            ViewRequests.Replace(ViewRequests.Schema, ViewRequests.Version("ns", 2, -1, ("spark", "select 2"))),
            [ViewRequests.SetLocation(warehouse + "/elsewhere/view")],
        })
        {
            var error = await SendAsync(HttpMethod.Post, "namespaces/ns/views/view", HttpStatusCode.NotFound, ViewRequests.Commit(created, updates), "NoSuchViewException");
            Assert.Contains("View does not exist: ns.view", MessageOf(error), StringComparison.Ordinal);
        }

        // Another view of the name is not the one that was loaded.
        await CreateViewAsync("ns", "view");
        await SendAsync(HttpMethod.Post, "namespaces/ns/views/view", HttpStatusCode.Conflict, ViewRequests.Commit(created, ViewRequests.SetProperties(("key1", "val1"))), "CommitFailedException");
    }

    [Fact]
    public async Task A_view_moves_to_another_location_without_a_new_version()
    {
        await CreateNamespaceAsync("ns");
        var body = ViewRequests.Create("ns", "view");
        body["location"] = warehouse + "/first/view";
        var created = await PostAsync("namespaces/ns/views", body.ToJsonString());
        var moved = await PostAsync("namespaces/ns/views/view", ViewRequests.Commit(created, ViewRequests.SetLocation(warehouse + "/updated/ns/view")));
        Assert.Equal(warehouse + "/updated/ns/view", moved.GetProperty("metadata").GetProperty("location").GetString());
        Assert.StartsWith(warehouse + "/updated/ns/view/metadata/00001-", moved.GetProperty("metadata-location").GetString(), StringComparison.Ordinal);
        Assert.Equal(created.GetProperty("metadata").GetProperty("versions").GetRawText(), moved.GetProperty("metadata").GetProperty("versions").GetRawText());
        Assert.Equal([1], Log(moved.GetProperty("metadata")));
    }

    [Fact]
    public async Task Versions_that_come_at_the_same_time_all_come()
    {
        await CreateNamespaceAsync("ns");
        var created = await CreateViewAsync("ns", "view");
        await PostAsync("namespaces/ns/views/view", ViewRequests.Commit(created, ViewRequests.SetProperties((DropDialect, "true"))));

        // Both were made from the first version: the catalog applies the second to what the first left.
        await PostAsync("namespaces/ns/views/view", ViewRequests.Commit(created, ViewRequests.Replace(ViewRequests.OtherSchema, ViewRequests.Version("ns", 2, -1, ("spark", "select count(some_id) from ns.tbl")))));
        var view = (await PostAsync("namespaces/ns/views/view", ViewRequests.Commit(created, ViewRequests.Replace(ViewRequests.Schema, ViewRequests.Version("ns", 2, -1, ("trino", "select count(id) from ns.tbl")))))).GetProperty("metadata");
        Assert.Equal([1, 2, 3], view.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("version-id").GetInt32()));
        Assert.Equal([0, 1, 0], view.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("schema-id").GetInt32()));
        Assert.Equal([("trino", "select count(id) from ns.tbl")], Queries(Current(view)));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PostAsync(
            "namespaces/ns/views/view", ViewRequests.Commit(created, ViewRequests.Replace(ViewRequests.Schema, ViewRequests.Version("ns", 4, -1, ("trino", $"select {i}")))))));
        view = (await GetAsync("namespaces/ns/views/view")).GetProperty("metadata");
        Assert.Equal(Enumerable.Range(2, 10), view.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("version-id").GetInt32()));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"select {i}"), view.GetProperty("versions").EnumerateArray().Skip(2).Select(version => Queries(version)[0].Item2).Order());
    }

    async Task RefusedViewAsync(string what, string named, params JsonObject[] updates)
    {
        var error = await SendAsync(HttpMethod.Post, "namespaces/ns/views/view", HttpStatusCode.BadRequest, ViewRequests.Commit(null, updates), "BadRequestException");
        Assert.True(MessageOf(error).Contains(named, StringComparison.OrdinalIgnoreCase), $"{what}: {MessageOf(error)}");
    }
}
