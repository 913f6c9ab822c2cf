using System.Globalization;
using System.Net;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage;

namespace LakeAspire.Catalog.Api.Tests.Access;

/// <summary>Ways around rights and filters that lead over names, places and files, and end.</summary>
public sealed class EscapeTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    [Fact]
    public async Task Whom_a_filter_binds_gives_the_table_no_name_under_which_a_view_of_others_reads_it()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "people");
        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "manage", "gold");
        await server.User.SendAsync(HttpMethod.Put, "api/policies/gold/people", HttpStatusCode.Created, """{"rowFilter":"id > 5"}""");
        const string Rename = """{"source":{"namespace":["gold"],"name":"people"},"destination":{"namespace":["gold"],"name":"read_by_a_view"}}""";
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/tables/rename", HttpStatusCode.Forbidden, Rename);
        await client.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/people", HttpStatusCode.NoContent);
        await client.SendAsync(HttpMethod.Post, "api/tables/gold/people/undrop", HttpStatusCode.Forbidden, """{"as":"gold.read_by_a_view"}""");
        await client.SendAsync(HttpMethod.Post, "api/tables/gold/people/undrop", HttpStatusCode.OK, "{}");
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/tables/rename", HttpStatusCode.NoContent, Rename);
    }

    [Fact]
    public async Task Nothing_is_told_of_dropped_things_to_who_may_not_know_of_them()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("secret", "plans");
        await server.User.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/secret/tables/plans", HttpStatusCode.NoContent);
        var (_, _, client) = await server.CreateServiceAsync();
        await client.SendAsync(HttpMethod.Post, "api/tables/secret/plans/undrop", HttpStatusCode.NotFound, "{}");
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/secret/tables", HttpStatusCode.OK, """{"name":"plans","schema":{"type":"struct","fields":[{"id":1,"name":"id","type":"long","required":false}]}}""");
        await client.SendAsync(HttpMethod.Post, "api/tables/secret/other/undrop", HttpStatusCode.NotFound, "{}");
        await server.User.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/secret/tables/plans", HttpStatusCode.NoContent);
        await client.SendAsync(HttpMethod.Post, "api/tables/secret/plans/undrop", HttpStatusCode.NotFound, "{}");
        await server.User.SendAsync(HttpMethod.Post, "api/tables/secret/plans/undrop", HttpStatusCode.Conflict, "{}");
    }

    [Fact]
    public async Task A_namespace_comes_back_at_the_top_only_for_who_may_make_one_there()
    {
        var server = await catalog.EmptyAsync();
        await server.User.PostJsonAsync("iceberg/v1/namespaces", new { @namespace = new[] { "mine" } });
        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "manage", "mine");
        await client.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/mine", HttpStatusCode.NoContent);
        await client.SendAsync(HttpMethod.Post, "api/namespaces/mine/undrop", HttpStatusCode.Forbidden, """{"as":"finance"}""");
        await client.SendAsync(HttpMethod.Post, "api/namespaces/mine/undrop", HttpStatusCode.OK, "{}");
    }

    [Fact]
    public async Task A_new_table_names_files_of_its_own_folder_alone_however_alike_the_names()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "orders-eu");
        var victim = (await server.User.GetJsonAsync("api/tables/gold/orders-eu"))["location"]!.GetValue<string>();
        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "create", "gold");
        var own = $"{server.Warehouse}/gold/orders-{Guid.NewGuid():N}"[..^20];
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/orders", HttpStatusCode.Forbidden, Create(own, victim));
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/orders", HttpStatusCode.Forbidden, Create(victim + "/metadata", victim));
        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables", HttpStatusCode.Forbidden, $$"""{"name":"orders","schema":{{HttpAssertions.Schema}},"properties":{"write.data.path":"{{victim}}/data"} }""");

        static string Create(string location, string list) =>
            $$$"""
            {"requirements":[{"type":"assert-create"}],"updates":[
              {"action":"assign-uuid","uuid":"{{{Guid.NewGuid()}}}"},{"action":"upgrade-format-version","format-version":2},
              {"action":"add-schema","schema":{{{HttpAssertions.Schema}}}},{"action":"set-current-schema","schema-id":-1},
              {"action":"add-spec","spec":{"spec-id":0,"fields":[]}},{"action":"set-default-spec","spec-id":-1},
              {"action":"add-sort-order","sort-order":{"order-id":0,"fields":[]}},{"action":"set-default-sort-order","sort-order-id":-1},
              {"action":"set-location","location":"{{{location}}}"},{{{Added(1, null, list + "/metadata/snap-1.avro")}}}]}
            """;
    }

    [Fact]
    public async Task Manifests_name_files_of_their_table_and_who_only_appends_lets_none_go()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "mine", "people");
        var victim = (await server.User.GetJsonAsync("api/tables/gold/people"))["location"]!.GetValue<string>();
        var mine = (await server.User.GetJsonAsync("api/tables/gold/mine"))["location"]!.GetValue<string>();
        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "append", "gold", "mine");
        var first = await ListAsync(server, mine, 1, null, mine + "/data/a.parquet");
        await CommitAsync(HttpStatusCode.OK, 1, null, first.List);
        var stolen = await ListAsync(server, mine, 2, 1, victim + "/data/x.parquet", first.Manifest);
        await CommitAsync(HttpStatusCode.Forbidden, 2, 1, stolen.List);
        var emptied = await ListAsync(server, mine, 2, 1, mine + "/data/b.parquet");
        await CommitAsync(HttpStatusCode.Forbidden, 2, 1, emptied.List);
        var appended = await ListAsync(server, mine, 2, 1, mine + "/data/b.parquet", first.Manifest);
        await CommitAsync(HttpStatusCode.OK, 2, 1, appended.List);
        await server.GrantAsync(name, "modify", "gold", "mine");
        var overwritten = await ListAsync(server, mine, 3, 2, victim + "/data/x.parquet");
        await CommitAsync(HttpStatusCode.Forbidden, 3, 2, overwritten.List);

        Task CommitAsync(HttpStatusCode expected, long id, long? parent, string list) => client.SendAsync(
            HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/mine", expected,
            $$"""{"requirements":[{"type":"assert-ref-snapshot-id","ref":"main","snapshot-id":{{parent?.ToString(CultureInfo.InvariantCulture) ?? "null"}}}],"updates":[{{Added(id, parent, list)}},{"action":"set-snapshot-ref","ref-name":"main","type":"branch","snapshot-id":{{id}} }]}""");
    }

    [Fact]
    public async Task Whom_a_filter_binds_gets_the_table_raw_by_no_route()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "people", "other");
        var (bound, _, client) = await server.CreateServiceAsync();
        var (free, _, other) = await server.CreateServiceAsync();
        foreach (var name in (string[])[bound, free])
        {
            await server.GrantAsync(name, "manage");
        }

        var table = await server.User.GetJsonAsync("api/tables/gold/people");
        var (id, location, metadata) = (table["id"]!.GetValue<string>(), table["location"]!.GetValue<string>(), table["metadataLocation"]!.GetValue<string>());
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/people", HttpStatusCode.OK, $$"""{"requirements":[],"updates":[{{Added(1, null, location + "/metadata/snap-1.avro", ",\"partitions.dept=hidden\":\"added-records=7\"")}},{"action":"set-snapshot-ref","ref-name":"main","type":"branch","snapshot-id":1}]}""");
        await server.User.SendAsync(HttpMethod.Put, "api/policies/gold/people", HttpStatusCode.Created, $$"""{"rowFilter":"id > 5","bound":["{{bound}}"]}""");
        await server.User.SendAsync(HttpMethod.Put, "api/policies/gold/people/more", HttpStatusCode.Created, $$"""{"masks":{"id":"0"},"exempt":["{{free}}","{{bound}}"]}""");
        foreach (var (method, path, body) in (((HttpMethod, string, string?)[])
        [
            (HttpMethod.Get, "iceberg/v1/namespaces/gold/tables/people", null),
            (HttpMethod.Get, "iceberg/v1/namespaces/gold/tables/people?snapshots=refs", null),
            (HttpMethod.Get, "iceberg/v1/namespaces/gold/tables/people/credentials", null),
            (HttpMethod.Get, "api/tables/gold/people/files", null),
            (HttpMethod.Get, "api/tables/gold/people/partitions", null),
            (HttpMethod.Get, "api/tables/gold/people/statistics", null),
            (HttpMethod.Get, "api/tables/gold/people/metrics", null),
            (HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/people/plan", """{"select":["id"]}"""),
            (HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/people/tasks", """{"plan-task":"x"}"""),
            (HttpMethod.Get, "iceberg/v1/namespaces/gold/tables/people/plan/x", null),
            (HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/people", """{"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}"""),
            (HttpMethod.Post, "iceberg/v1/transactions/commit", """{"table-changes":[{"identifier":{"namespace":["gold"],"name":"people"},"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}]}"""),
            (HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/people/unregister", null),
            (HttpMethod.Put, "api/policies/gold/people/mine", """{"rowFilter":"true"}"""),
            (HttpMethod.Delete, "api/policies/gold/people", null),
            (HttpMethod.Get, "api/policies/gold/people", null),
            (HttpMethod.Post, "iceberg/v1/namespaces/gold/register", $$"""{"name":"copy","metadata-location":"{{metadata}}"}"""),
            (HttpMethod.Post, "iceberg/v1/namespaces/gold/register", $$"""{"name":"other","metadata-location":"{{metadata}}","overwrite":true}"""),
            (HttpMethod.Post, "iceberg/v1/namespaces/gold/tables", $$"""{"name":"copy","location":"{{location}}","schema":{{HttpAssertions.Schema}}}"""),
            (HttpMethod.Post, "iceberg/v1/namespaces/gold/tables", $$"""{"name":"copy","location":"{{location}}/data","schema":{{HttpAssertions.Schema}}}"""),
            (HttpMethod.Post, "api/2.1/unity-catalog/temporary-table-credentials", $$"""{"table_id":"{{id}}","operation":"READ"}"""),
            (HttpMethod.Post, "api/2.1/unity-catalog/temporary-path-credentials", $$"""{"url":"{{location}}","operation":"PATH_READ"}"""),
            (HttpMethod.Post, "api/resolve", $$"""{"principal":"{{free}}","tables":[{"namespace":"gold","name":"people"}]}"""),
            (HttpMethod.Get, "api/tables/gold/people/pointers", null),
        ]))
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var isRefused = (int)response.StatusCode is 403 or 404 or 409 || ((int)response.StatusCode == 400 && text.Contains("overlaps the one of gold.people", StringComparison.Ordinal));
            Assert.True(isRefused && !text.Contains(".avro", StringComparison.Ordinal), $"{method} {path} {body}: {(int)response.StatusCode} {text}");
        }

        Assert.DoesNotContain("hidden", (await client.GetJsonAsync("api/tables/gold/people/snapshots")).ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("hidden", (await other.GetJsonAsync("api/tables/gold/people/snapshots")).ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("snap-1.avro", (await other.GetJsonAsync("iceberg/v1/namespaces/gold/tables/people")).ToJsonString(), StringComparison.Ordinal);
        await other.SendAsync(HttpMethod.Delete, "api/policies/gold/people", HttpStatusCode.NoContent);
        await client.GetJsonAsync("iceberg/v1/namespaces/gold/tables/people");
    }

    static string Added(long id, long? parent, string list, string more = "") =>
        $$$"""
        {"action":"add-snapshot","snapshot":{"snapshot-id":{{{id}}},{{{(parent is null ? "" : $"\"parent-snapshot-id\":{parent},")}}}"sequence-number":{{{id}}},"timestamp-ms":{{{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}}},
          "manifest-list":"{{{list}}}","schema-id":0,"summary":{"operation":"append"{{{more}}}} }}
        """;

    /// <summary>Writes a manifest list with a new manifest of one file, and others.</summary>
    static async Task<(string List, ManifestFile Manifest)> ListAsync(CatalogServer server, string table, long id, long? parent, string file, params ManifestFile[] others)
    {
        var stop = TestContext.Current.CancellationToken;
        var files = ObjectStores.Open(server.Warehouse);
        var name = (await server.User.GetJsonAsync("api/tables/gold/mine"))["metadataLocation"]!.GetValue<string>();
        await using var stream = await files.OpenReadAsync(name, cancellationToken: stop);
        using var text = new MemoryStream();
        await stream.CopyToAsync(text, stop);
        var metadata = TableMetadataJson.Parse(text.ToArray());
        var writer = new ManifestWriter(metadata, metadata.DefaultSpec, ManifestContent.Data, id);
        writer.Add(new ManifestEntry(ManifestEntryStatus.Added, null, null, null, new DataFile { FilePath = file, RecordCount = 1, FileSizeInBytes = 10 }));
        var path = $"{table}/metadata/{Guid.NewGuid():N}";
        var manifest = writer.Finish($"{path}-m0.avro", id);
        var snapshot = new Snapshot { SnapshotId = id, ParentSnapshotId = parent, SequenceNumber = id, TimestampMs = 0, Summary = new Dictionary<string, string>() };
        await files.PutAsync($"{path}-m0.avro", new MemoryStream(manifest.Bytes), stop);
        await files.PutAsync($"{path}.avro", new MemoryStream(ManifestListWriter.Write(snapshot, [.. others, manifest.File])), stop);
        return ($"{path}.avro", manifest.File);
    }
}
