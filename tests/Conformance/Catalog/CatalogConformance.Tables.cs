using System.Net;
using System.Text.Json;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

public abstract partial class CatalogConformance
{
    [Fact]
    public async Task A_table_is_created_loaded_and_dropped()
    {
        await CreateNamespaceAsync("gold");
        var created = await PostAsync(
            "namespaces/gold/tables",
            $$$"""
            {"name":"t","schema":{{{Schema}}},"properties":{"k":"v"},
             "partition-spec":{"spec-id":0,"fields":[{"source-id":1,"field-id":1000,"name":"b","transform":"bucket[4]"}]},
             "write-order":{"order-id":1,"fields":[{"source-id":2,"transform":"identity","direction":"asc","null-order":"nulls-first"}]}}
            """);
        var metadata = created.GetProperty("metadata");
        Assert.StartsWith(warehouse + "/", metadata.GetProperty("location").GetString());
        Assert.StartsWith(metadata.GetProperty("location").GetString() + "/metadata/00000-", created.GetProperty("metadata-location").GetString());
        Assert.Equal("bucket[4]", metadata.GetProperty("partition-specs")[0].GetProperty("fields")[0].GetProperty("transform").GetString());

        var loaded = await GetAsync("namespaces/gold/tables/t");
        Assert.Equal(metadata.GetRawText(), loaded.GetProperty("metadata").GetRawText());
        Assert.Equal("v", loaded.GetProperty("metadata").GetProperty("properties").GetProperty("k").GetString());
        await SendAsync(HttpMethod.Head, "namespaces/gold/tables/t", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Delete, "namespaces/gold", HttpStatusCode.Conflict, errorType: "NamespaceNotEmptyException");

        await SendAsync(HttpMethod.Delete, "namespaces/gold/tables/t", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Head, "namespaces/gold/tables/t", HttpStatusCode.NotFound);
        await SendAsync(HttpMethod.Get, "namespaces/gold/tables/t", HttpStatusCode.NotFound, errorType: "NoSuchTableException");
        await SendAsync(HttpMethod.Delete, "namespaces/gold/tables/t", HttpStatusCode.NotFound, errorType: "NoSuchTableException");
        await SendAsync(HttpMethod.Delete, "namespaces/gold", HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_table_exists_once_and_in_a_namespace()
    {
        await SendAsync(HttpMethod.Post, "namespaces/gold/tables", HttpStatusCode.NotFound, $$"""{"name":"t","schema":{{Schema}}}""", "NoSuchNamespaceException");
        await SendAsync(HttpMethod.Get, "namespaces/gold/tables", HttpStatusCode.NotFound, errorType: "NoSuchNamespaceException");
        await CreateNamespaceAsync("gold");
        await CreateTableAsync("gold", "t");
        await SendAsync(HttpMethod.Post, "namespaces/gold/tables", HttpStatusCode.Conflict, $$"""{"name":"t","schema":{{Schema}}}""", "AlreadyExistsException");
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        await CreateNamespaceAsync("gold");
        await CreateTableAsync("gold", "t");
        using var first = await RawAsync(HttpMethod.Get, "namespaces/gold/tables/t");
        var tag = first.Headers.ETag!.ToString();
        using var second = await RawAsync(HttpMethod.Get, "namespaces/gold/tables/t", ifNoneMatch: tag);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        using var refsOnly = await RawAsync(HttpMethod.Get, "namespaces/gold/tables/t?snapshots=refs", ifNoneMatch: tag);
        Assert.Equal(HttpStatusCode.OK, refsOnly.StatusCode);

        await PostAsync("namespaces/gold/tables/t", Commit("", SetProperty("k", "v")));
        using var third = await RawAsync(HttpMethod.Get, "namespaces/gold/tables/t", ifNoneMatch: tag);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
        Assert.NotEqual(tag, third.Headers.ETag!.ToString());
    }

    [Fact]
    public async Task A_commit_changes_a_table_if_its_requirements_hold()
    {
        await CreateNamespaceAsync("gold");
        var created = await CreateTableAsync("gold", "t");
        var uuid = created.GetProperty("metadata").GetProperty("table-uuid").GetString();
        var committed = await PostAsync("namespaces/gold/tables/t", Commit($$"""{"type":"assert-table-uuid","uuid":"{{uuid}}"}""", SetProperty("k", "v")));
        Assert.Contains("/metadata/00001-", committed.GetProperty("metadata-location").GetString());
        Assert.Equal("v", committed.GetProperty("metadata").GetProperty("properties").GetProperty("k").GetString());
        Assert.Equal(created.GetProperty("metadata-location").GetString(), committed.GetProperty("metadata").GetProperty("metadata-log")[0].GetProperty("metadata-file").GetString());

        await SendAsync(
            HttpMethod.Post,
            "namespaces/gold/tables/t",
            HttpStatusCode.Conflict,
            Commit($$"""{"type":"assert-table-uuid","uuid":"{{Guid.NewGuid()}}"}""", SetProperty("k", "w")),
            "CommitFailedException");
        var loaded = await GetAsync("namespaces/gold/tables/t");
        Assert.Equal(committed.GetProperty("metadata-location").GetString(), loaded.GetProperty("metadata-location").GetString());
        await SendAsync(HttpMethod.Post, "namespaces/gold/tables/x", HttpStatusCode.NotFound, Commit("", SetProperty("k", "w")), "NoSuchTableException");
    }

    [Theory]
    [InlineData("", """{"action":"paint-it-black"}""", "paint-it-black")]
    [InlineData("""{"type":"assert-nothing"}""", "", "assert-nothing")]
    [InlineData("", """{"action":"set-current-schema","schema-id":99}""", "99")]
    [InlineData("", """{"action":"set-properties"}""", "updates")]
    [InlineData("", """{"action":"set-location","location":"file:///elsewhere"}""", "warehouse")]
    [InlineData("", """{"action":"set-properties","updates":{"write.data.path":"file:///elsewhere"}}""", "warehouse")]
    public async Task Commits_that_make_no_sense_are_refused_by_name(string requirements, string updates, string named)
    {
        await CreateNamespaceAsync("gold");
        var created = await CreateTableAsync("gold", "t");
        var error = await SendAsync(HttpMethod.Post, "namespaces/gold/tables/t", HttpStatusCode.BadRequest, Commit(requirements, updates), "BadRequestException");
        Assert.Contains(named, error.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(created.GetProperty("metadata-location").GetString(), (await GetAsync("namespaces/gold/tables/t")).GetProperty("metadata-location").GetString());
    }

    [Fact]
    public async Task A_staged_table_exists_after_its_commit_only()
    {
        await CreateNamespaceAsync("gold");
        var staged = await PostAsync("namespaces/gold/tables", $$"""{"name":"t","schema":{{Schema}},"stage-create":true}""");
        Assert.False(staged.TryGetProperty("metadata-location", out _));
        await SendAsync(HttpMethod.Head, "namespaces/gold/tables/t", HttpStatusCode.NotFound);

        var metadata = staged.GetProperty("metadata");
        var commit = Commit(
            """{"type":"assert-create"}""",
            $$$"""
            {"action":"assign-uuid","uuid":"{{{metadata.GetProperty("table-uuid").GetString()}}}"},
            {"action":"upgrade-format-version","format-version":2},
            {"action":"add-schema","schema":{{{metadata.GetProperty("schemas")[0].GetRawText()}}},"last-column-id":2},
            {"action":"set-current-schema","schema-id":-1},
            {"action":"add-spec","spec":{"spec-id":0,"fields":[]}},
            {"action":"set-default-spec","spec-id":-1},
            {"action":"add-sort-order","sort-order":{"order-id":0,"fields":[]}},
            {"action":"set-default-sort-order","sort-order-id":-1},
            {"action":"set-location","location":"{{{metadata.GetProperty("location").GetString()}}}"}
            """);
        var created = await PostAsync("namespaces/gold/tables/t", commit);
        Assert.Equal(metadata.GetProperty("table-uuid").GetString(), created.GetProperty("metadata").GetProperty("table-uuid").GetString());
        await SendAsync(HttpMethod.Head, "namespaces/gold/tables/t", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Post, "namespaces/gold/tables/t", HttpStatusCode.Conflict, commit, "CommitFailedException");
    }

    [Fact]
    public async Task A_table_is_renamed_also_into_another_namespace()
    {
        await CreateNamespaceAsync("gold");
        await CreateNamespaceAsync("silver");
        var created = await CreateTableAsync("gold", "t");
        await CreateTableAsync("gold", "u");
        await SendAsync(HttpMethod.Post, "tables/rename", HttpStatusCode.NoContent, Rename("gold", "t", "silver", "v"));
        await SendAsync(HttpMethod.Head, "namespaces/gold/tables/t", HttpStatusCode.NotFound);
        Assert.Equal(created.GetProperty("metadata-location").GetString(), (await GetAsync("namespaces/silver/tables/v")).GetProperty("metadata-location").GetString());

        await SendAsync(HttpMethod.Post, "tables/rename", HttpStatusCode.Conflict, Rename("silver", "v", "gold", "u"), "AlreadyExistsException");
        await SendAsync(HttpMethod.Post, "tables/rename", HttpStatusCode.NotFound, Rename("gold", "t", "gold", "w"), "NoSuchTableException");
        await SendAsync(HttpMethod.Post, "tables/rename", HttpStatusCode.NotFound, Rename("silver", "v", "nowhere", "w"), "NoSuchNamespaceException");

        // The name is free again, and what is made under it is another table, in another place.
        var second = await CreateTableAsync("gold", "t");
        Assert.NotEqual(created.GetProperty("metadata").GetProperty("location").GetString(), second.GetProperty("metadata").GetProperty("location").GetString());
    }

    [Fact]
    public async Task A_table_that_was_dropped_can_be_registered_again()
    {
        await CreateNamespaceAsync("gold");
        var location = (await CreateTableAsync("gold", "t")).GetProperty("metadata-location").GetString();
        var register = $$"""{"name":"t","metadata-location":"{{location}}"}""";
        await SendAsync(HttpMethod.Post, "namespaces/gold/register", HttpStatusCode.Conflict, register, "AlreadyExistsException");
        await SendAsync(HttpMethod.Delete, "namespaces/gold/tables/t", HttpStatusCode.NoContent);
        var registered = await PostAsync("namespaces/gold/register", register);
        Assert.Equal(location, registered.GetProperty("metadata-location").GetString());
        Assert.Equal(location, (await GetAsync("namespaces/gold/tables/t")).GetProperty("metadata-location").GetString());
        await SendAsync(
            HttpMethod.Post, "namespaces/gold/register", HttpStatusCode.BadRequest, $$"""{"name":"x","metadata-location":"{{warehouse}}/gold/none.metadata.json"}""", "BadRequestException");
        await SendAsync(HttpMethod.Post, "namespaces/gold/register", HttpStatusCode.BadRequest, """{"name":"x","metadata-location":"file:///etc/passwd"}""", "BadRequestException");
    }

    [Fact]
    public async Task Several_tables_change_together_or_not_at_all()
    {
        await CreateNamespaceAsync("gold");
        await CreateTableAsync("gold", "t");
        await CreateTableAsync("gold", "u");
        await SendAsync(HttpMethod.Post, "transactions/commit", HttpStatusCode.NoContent, Transaction(("t", ""), ("u", "")));
        Assert.True(await HasPropertyAsync("t"));
        Assert.True(await HasPropertyAsync("u"));

        await CreateTableAsync("gold", "v");
        const string failing = """{"type":"assert-ref-snapshot-id","ref":"main","snapshot-id":17}""";
        await SendAsync(HttpMethod.Post, "transactions/commit", HttpStatusCode.Conflict, Transaction(("v", ""), ("u", failing)), "CommitFailedException");
        await SendAsync(HttpMethod.Post, "transactions/commit", HttpStatusCode.NotFound, Transaction(("v", ""), ("nowhere", "")), "NoSuchTableException");
        Assert.False(await HasPropertyAsync("v"));
    }

    [Fact]
    public async Task A_report_of_metrics_is_taken()
    {
        await CreateNamespaceAsync("gold");
        await CreateTableAsync("gold", "t");
        const string report = """
            {"report-type":"commit-report","table-name":"t","snapshot-id":1,"sequence-number":1,"operation":"append","metrics":{"added-data-files":{"unit":"count","value":1}}}
            """;
        await SendAsync(HttpMethod.Post, "namespaces/gold/tables/t/metrics", HttpStatusCode.NoContent, report);
        await SendAsync(HttpMethod.Post, "namespaces/gold/tables/x/metrics", HttpStatusCode.NotFound, report, "NoSuchTableException");
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("")]
    [InlineData("a%2Fb")]
    public async Task Names_that_could_lead_elsewhere_are_refused(string name)
    {
        await CreateNamespaceAsync("gold");
        var body = $$"""{"name":{{JsonSerializer.Serialize(name)}},"schema":{{Schema}}}""";
        await SendAsync(HttpMethod.Post, "namespaces/gold/tables", HttpStatusCode.BadRequest, body, "BadRequestException");
    }

    [Theory]
    [InlineData("{0}/../outside")]
    [InlineData("{0}/a/%2e%2e/%2e%2e/outside")]
    [InlineData("{0}")]
    [InlineData("{0}x/t")]
    [InlineData("file:///etc")]
    [InlineData("s3://bucket/t")]
    public async Task Locations_outside_the_warehouse_are_refused(string location)
    {
        await CreateNamespaceAsync("gold");
        var body = $$"""{"name":"t","schema":{{Schema}},"location":"{{string.Format(System.Globalization.CultureInfo.InvariantCulture, location, warehouse)}}"}""";
        await SendAsync(HttpMethod.Post, "namespaces/gold/tables", HttpStatusCode.BadRequest, body, "BadRequestException");
    }

    [Fact]
    public async Task No_two_tables_share_a_location()
    {
        await CreateNamespaceAsync("gold");
        string Body(string name, string location) => $$"""{"name":"{{name}}","schema":{{Schema}},"location":"{{warehouse}}/{{location}}"}""";
        await PostAsync("namespaces/gold/tables", Body("t", "own/place"));
        foreach (var taken in new[] { "own/place", "own/place/", "own/place/below", "own" })
        {
            await SendAsync(HttpMethod.Post, "namespaces/gold/tables", HttpStatusCode.BadRequest, Body("u", taken), "BadRequestException");
        }

        await PostAsync("namespaces/gold/tables", Body("u", "own/place2"));
    }

    async Task<bool> HasPropertyAsync(string table) => (await GetAsync($"namespaces/gold/tables/{table}")).GetProperty("metadata").GetProperty("properties").TryGetProperty("together", out _);

    static string Transaction(params (string Table, string Requirement)[] changes) =>
        $$"""{"table-changes":[{{string.Join(",", changes.Select(change => $$"""
            {"identifier":{"namespace":["gold"],"name":"{{change.Table}}"},"requirements":[{{change.Requirement}}],"updates":[{{SetProperty("together", "yes")}}]}
            """))}}]}""";

    static string Rename(string fromNamespace, string from, string toNamespace, string to) =>
        $$$"""{"source":{"namespace":["{{{fromNamespace}}}"],"name":"{{{from}}}"},"destination":{"namespace":["{{{toNamespace}}}"],"name":"{{{to}}}"}}""";
}
