using System.Net;
using System.Text.Json;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

public abstract partial class CatalogConformance
{
    /// <summary>A schema with ids that a catalog does not keep: columns of a new table are numbered from 1.</summary>
    const string SchemaAsSent = """
        {"type":"struct","schema-id":0,"fields":[{"id":3,"name":"id","required":true,"type":"int","doc":"unique ID 🤪"},{"id":4,"name":"data","required":true,"type":"string"}]}
        """;

    const string OtherSchema = """{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"some_id","required":true,"type":"int"}]}""";

    const string SpecAsSent = """{"spec-id":0,"fields":[{"source-id":3,"field-id":1000,"name":"id_bucket","transform":"bucket[16]"}]}""";

    const string OrderAsSent = """
        {"order-id":1,"fields":[{"source-id":3,"transform":"bucket[16]","direction":"asc","null-order":"nulls-first"},{"source-id":3,"transform":"identity","direction":"asc","null-order":"nulls-first"}]}
        """;

    static readonly string[] Columns = ["1:id:int", "2:data:string"];
    static readonly string[] Partitioning = ["1:id_bucket:bucket[16]"];
    static readonly string[] Sorting = ["1:bucket[16]:asc", "1:identity:asc"];

    [Fact]
    public async Task A_basic_table_is_unpartitioned_and_unsorted()
    {
        await CreateNamespaceAsync("ns");
        await SendAsync(HttpMethod.Head, "namespaces/ns/tables/tbl", HttpStatusCode.NotFound);
        var created = await NewTableAsync("ns", "tbl");
        await SendAsync(HttpMethod.Head, "namespaces/ns/tables/tbl", HttpStatusCode.NoContent);
        Assert.Equal(Columns, created.Columns);
        Assert.Equal("unique ID 🤪", created.Schema.GetProperty("fields")[0].GetProperty("doc").GetString());
        Assert.NotEmpty(created.Location);
        Assert.Empty(created.Partitioning);
        Assert.Empty(created.Sorting);
        Assert.Empty(created.Properties);
        Assert.Equal(2, created.FormatVersion);
    }

    [Fact]
    public async Task A_table_that_exists_is_not_created_again()
    {
        await CreateNamespaceAsync("ns");
        var created = await NewTableAsync("ns", "tbl");
        await RefusedAsync(HttpMethod.Post, "namespaces/ns/tables", HttpStatusCode.Conflict, NewTable("tbl", OtherSchema), "AlreadyExistsException", "Table already exists: ns.tbl");
        await RefusedAsync(HttpMethod.Post, "namespaces/ns/tables", HttpStatusCode.Conflict, NewTable("tbl", OtherSchema, "\"stage-create\":true"), "AlreadyExistsException", "Table already exists: ns.tbl");
        Assert.Equal(created.MetadataLocation, (await LoadAsync("ns", "tbl")).MetadataLocation);
    }

    [Fact]
    public async Task A_table_is_created_as_it_was_asked_for()
    {
        await CreateNamespaceAsync("ns");
        var created = new ClientTable(await PostAsync("namespaces/ns/tables", CompleteTable("tbl")));
        AssertComplete(created);
        var loaded = await LoadAsync("ns", "tbl");
        AssertComplete(loaded);
        Assert.Equal(created.Uuid, loaded.Uuid);
        Assert.Equal(created.MetadataLocation, loaded.MetadataLocation);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_table_is_created_in_each_format_version(int version)
    {
        await CreateNamespaceAsync("ns");
        var created = new ClientTable(await PostAsync("namespaces/ns/tables", NewTable("tbl", SchemaAsSent, WithProperties(("format-version", $"{version}"), ("k", "v")))));
        Assert.Equal(version, created.FormatVersion);
        Assert.Equal(["k"], created.Properties.Keys);
        Assert.Equal(version, (await LoadAsync("ns", "tbl")).FormatVersion);
        await SendAsync(HttpMethod.Post, "namespaces/ns/tables", HttpStatusCode.BadRequest, NewTable("other", SchemaAsSent, WithProperties(("format-version", "4"))), "BadRequestException");
    }

    [Fact]
    public async Task Default_values_of_columns_are_kept()
    {
        await CreateNamespaceAsync("ns");
        const string schema = """{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"colWithDefault","required":true,"type":"int","initial-default":12,"write-default":10}]}""";
        await PostAsync("namespaces/ns/tables", NewTable("tbl", schema, WithProperties(("format-version", "3"))));
        var field = (await LoadAsync("ns", "tbl")).Schema.GetProperty("fields")[0];
        Assert.Equal((12, 10), (field.GetProperty("initial-default").GetInt32(), field.GetProperty("write-default").GetInt32()));
    }

    [Fact]
    public async Task A_table_needs_a_namespace()
    {
        foreach (var more in new[] { "", "\"stage-create\":true" })
        {
            await RefusedAsync(
                HttpMethod.Post, "namespaces/non-existing/tables", HttpStatusCode.NotFound, NewTable("table", SchemaAsSent, more), "NoSuchNamespaceException", "Namespace does not exist: non-existing");
        }
    }

    [Fact]
    public async Task A_table_that_is_missing_is_said_to_be()
    {
        await RefusedAsync(HttpMethod.Get, "namespaces/non-existing/tables/tbl", HttpStatusCode.NotFound, body: null, "NoSuchTableException", "Table does not exist: non-existing.tbl");
        await SendAsync(HttpMethod.Head, "namespaces/non-existing/tables/tbl", HttpStatusCode.NotFound);
        await CreateNamespaceAsync("ns");
        await RefusedAsync(HttpMethod.Get, "namespaces/ns/tables/tbl", HttpStatusCode.NotFound, body: null, "NoSuchTableException", "Table does not exist: ns.tbl");
        await RefusedAsync(HttpMethod.Delete, "namespaces/ns/tables/tbl", HttpStatusCode.NotFound, body: null, "NoSuchTableException", "Table does not exist: ns.tbl");
    }

    [Fact]
    public async Task A_metadata_table_is_no_table_of_the_catalog()
    {
        await CreateNamespaceAsync("ns");
        await NewTableAsync("ns", "tbl");

        // A client that is asked for "ns.tbl.files" asks the catalog first, and needs this answer to look at the table itself.
        await SendAsync(HttpMethod.Get, "namespaces/ns%1Ftbl/tables/files", HttpStatusCode.NotFound, errorType: "NoSuchTableException");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dropping_a_table_takes_its_name_away(bool purge)
    {
        await CreateNamespaceAsync("newdb");
        await NewTableAsync("newdb", "newtable");
        await SendAsync(HttpMethod.Delete, $"namespaces/newdb/tables/newtable?purgeRequested={(purge ? "true" : "false")}", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Head, "namespaces/newdb/tables/newtable", HttpStatusCode.NotFound);
        Assert.Empty(await TablesAsync("newdb"));
    }

    [Fact]
    public async Task What_was_dropped_without_purging_is_all_there()
    {
        await CreateNamespaceAsync("newdb");
        var table = await NewTableAsync("newdb", "newtable");
        await SendAsync(HttpMethod.Delete, "namespaces/newdb/tables/newtable?purgeRequested=false", HttpStatusCode.NoContent);
        var registered = new ClientTable(await PostAsync("namespaces/newdb/register", Register("newtable", table.MetadataLocation!)));
        Assert.Equal(table.Uuid, registered.Uuid);
    }

    [Fact]
    public async Task Tables_are_listed_by_namespace()
    {
        await CreateNamespaceAsync("ns_1");
        await CreateNamespaceAsync("ns_2");
        Assert.Empty(await TablesAsync("ns_1"));
        await NewTableAsync("ns_1", "table_1");
        await NewTableAsync("ns_2", "table_1");
        await NewTableAsync("ns_1", "table_2");
        Assert.Equal(["table_1", "table_2"], await TablesAsync("ns_1"));
        Assert.Equal(["table_1"], await TablesAsync("ns_2"));
        await SendAsync(HttpMethod.Delete, "namespaces/ns_1/tables/table_1", HttpStatusCode.NoContent);
        Assert.Equal(["table_2"], await TablesAsync("ns_1"));
        Assert.Equal(["table_1"], await TablesAsync("ns_2"));
        await SendAsync(HttpMethod.Delete, "namespaces/ns_1/tables/table_2", HttpStatusCode.NoContent);
        Assert.Empty(await TablesAsync("ns_1"));
    }

    [Fact]
    public async Task A_rename_moves_the_table_or_nothing()
    {
        await CreateNamespaceAsync("newdb");
        await RefusedAsync(HttpMethod.Post, "tables/rename", HttpStatusCode.NotFound, Rename("newdb", "newtable", "newdb", "table_renamed"), "NoSuchTableException", "Table does not exist");
        var table = await NewTableAsync("newdb", "newtable");
        await RefusedAsync(
            HttpMethod.Post, "tables/rename", HttpStatusCode.NotFound, Rename("newdb", "newtable", "non_existing", "renamedTable"), "NoSuchNamespaceException", "Namespace does not exist: non_existing");
        await SendAsync(HttpMethod.Post, "tables/rename", HttpStatusCode.NoContent, Rename("newdb", "newtable", "newdb", "table_renamed"));
        Assert.Equal(["table_renamed"], await TablesAsync("newdb"));
        Assert.Equal(table.Uuid, (await LoadAsync("newdb", "table_renamed")).Uuid);
        var second = await NewTableAsync("newdb", "newtable");
        await RefusedAsync(HttpMethod.Post, "tables/rename", HttpStatusCode.Conflict, Rename("newdb", "newtable", "newdb", "table_renamed"), "AlreadyExistsException", "Table already exists");
        Assert.Equal((second.Uuid, table.Uuid), ((await LoadAsync("newdb", "newtable")).Uuid, (await LoadAsync("newdb", "table_renamed")).Uuid));
    }

    static string NewTable(string name, string schema, string more = "") => $$"""{"name":{{JsonSerializer.Serialize(name)}},"schema":{{schema}}{{(more.Length > 0 ? "," + more : "")}}}""";

    string CompleteTable(string name, string more = "") => NewTable(name, SchemaAsSent, $$"""
        "location":"{{warehouse}}/places/{{name}}","partition-spec":{{SpecAsSent}},"write-order":{{OrderAsSent}},
        "properties":{"user":"someone","created-at":"2022-02-25T00:38:19"}{{(more.Length > 0 ? "," + more : "")}}
        """);

    void AssertComplete(ClientTable table)
    {
        Assert.Equal(Columns, table.Columns);
        Assert.Equal(Partitioning, table.Partitioning);
        Assert.Equal(Sorting, table.Sorting);
        Assert.Equal(("someone", "2022-02-25T00:38:19"), (table.Properties["user"], table.Properties["created-at"]));
        Assert.StartsWith(warehouse + "/places/", table.Location);
    }

    async Task<ClientTable> NewTableAsync(string ns, string name, string schema = SchemaAsSent, string more = "") => new(await PostAsync($"namespaces/{ns}/tables", NewTable(name, schema, more)));

    async Task<IReadOnlyList<string>> TablesAsync(string ns) => Names((await GetAsync($"namespaces/{ns}/tables")).GetProperty("identifiers"));

    static string WithProperties(params (string Key, string Value)[] properties) => "\"properties\":" + JsonSerializer.Serialize(properties.ToDictionary(p => p.Key, p => p.Value));

    static string Register(string name, string metadataLocation, string more = "") => $$"""{"name":"{{name}}","metadata-location":"{{metadataLocation}}"{{(more.Length > 0 ? "," + more : "")}}}""";
}
