using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

public abstract partial class CatalogConformance
{
    [Fact]
    public async Task A_table_that_is_being_created_is_not_there()
    {
        var staged = await StageAsync();
        Assert.Null(staged.MetadataLocation);
        await SendAsync(HttpMethod.Head, Table, HttpStatusCode.NotFound);
        Assert.Empty(await TablesAsync("newdb"));
        await PostAsync(Table, staged.Create(staged.Append(1)));
        var table = await LoadAsync();
        Assert.Equal([1L], table.History());
        Assert.Equal(staged.Uuid, table.Uuid);
        Assert.Equal(staged.Location, table.Location);
        Assert.Empty(table.MetadataLog);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_table_is_created_in_a_transaction_in_each_format_version(int version)
    {
        var staged = await StageAsync(WithProperties(("format-version", $"{version}")));
        Assert.Equal(version, staged.FormatVersion);
        await PostAsync(Table, staged.Create());
        Assert.Equal(version, (await LoadAsync()).FormatVersion);
    }

    [Fact]
    public async Task A_table_is_created_in_a_transaction_as_it_was_asked_for()
    {
        await CreateNamespaceAsync("newdb");
        var staged = new ClientTable(await PostAsync("namespaces/newdb/tables", CompleteTable("newtable", "\"stage-create\":true")));
        AssertComplete(staged);
        await PostAsync(Table, staged.Create(staged.Append(1)));
        var table = await LoadAsync();
        AssertComplete(table);
        Assert.Equal([1L], table.History());
        Assert.Equal(1, table.Metadata.GetProperty("snapshots")[0].GetProperty("sequence-number").GetInt64());
        Assert.DoesNotContain("format-version", table.Properties.Keys);
        Assert.Empty(table.MetadataLog);
    }

    [Fact]
    public async Task A_table_goes_through_several_schemas_within_the_transaction_that_creates_it()
    {
        await CreateNamespaceAsync("newdb");
        var staged = new ClientTable(await PostAsync("namespaces/newdb/tables", CompleteTable("newtable", "\"stage-create\":true")));
        await PostAsync(Table, staged.Create(
        [
            .. staged.Append(1), Updates.AddColumn(staged, "new_col", "long"), Updates.SetSchema(),
            Updates.AddSpec((1, 1000, "id_bucket", "bucket[16]"), (3, 1001, "new_col", "identity")), Updates.SetSpec(),
            Updates.AddSortOrder((3, "identity", "asc")), Updates.SetSortOrder(), .. Following(staged, 2),
        ]));
        var table = await LoadAsync();
        Assert.Equal([.. Columns, "3:new_col:long"], table.Columns);
        Assert.Equal(["1:id_bucket:bucket[16]", "3:new_col:identity"], table.Partitioning);
        Assert.Equal(["3:identity:asc"], table.Sorting);
        Assert.Equal((1, 1, 2), (table.CurrentSchemaId, table.DefaultSpecId, table.DefaultSortOrderId));
        Assert.Equal([2L, 1L], table.History());
        Assert.Empty(table.MetadataLog);
    }

    [Fact]
    public async Task Of_a_table_created_twice_at_once_the_first_stays()
    {
        var staged = await StageAsync();
        var other = await NewTableAsync("newdb", "newtable", OtherSchema);
        await ConflictAsync(staged.Create(staged.Append(1)), "Requirement failed: table already exists");
        var table = await LoadAsync();
        Assert.Equal(other.MetadataLocation, table.MetadataLocation);
        Assert.Equal(["1:some_id:int"], table.Columns);
        Assert.Empty(table.SnapshotIds);
    }

    [Fact]
    public async Task Of_many_creations_at_once_one_succeeds()
    {
        await CreateNamespaceAsync("newdb");
        var statuses = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var response = await RawAsync(HttpMethod.Post, "namespaces/newdb/tables", NewTable("newtable", SchemaAsSent));
            return response.StatusCode;
        }));
        Assert.Equal(1, statuses.Count(s => s == HttpStatusCode.OK));
        Assert.Equal(7, statuses.Count(s => s == HttpStatusCode.Conflict));
        Assert.Equal(["newtable"], await TablesAsync("newdb"));
    }

    [Fact]
    public async Task Properties_of_a_created_or_replaced_table_are_what_the_client_sends()
    {
        var staged = await StageAsync(WithProperties(("default-key1", "catalog-default-key1"), ("default-key2", "catalog-overridden-key2")));
        await PostAsync(Table, staged.Create(Updates.SetProperties(("prop1", "val1"))));
        var table = await LoadAsync();
        Assert.Equal(["default-key1", "default-key2", "prop1"], table.Properties.Keys.Order());
        await PostAsync(Table, table.Replace([.. Replacement(table), Updates.SetProperties(("default-key2", "other"), ("override-key3", "x"))]));
        table = await LoadAsync();
        Assert.Equal(("catalog-default-key1", "other", "val1", "x"), (table.Properties["default-key1"], table.Properties["default-key2"], table.Properties["prop1"], table.Properties["override-key3"]));
    }

    [Fact]
    public async Task One_table_may_be_changed_by_a_transaction_over_tables()
    {
        var table = await NewTableAsync();
        var change = table.Change(["newdb"], "newtable", Updates.AddColumn(table, "new_col", "long"), Updates.SetSchema(), Updates.AddSpec((1, 1000, "shard", "bucket[16]")), Updates.SetSpec());
        await SendAsync(HttpMethod.Post, "transactions/commit", HttpStatusCode.NoContent, Transaction(change));
        var loaded = await LoadAsync();
        Assert.Equal([.. Columns, "3:new_col:long"], loaded.Columns);
        Assert.Equal(["1:shard:bucket[16]"], loaded.Partitioning);
        Assert.Single(loaded.MetadataLog);
    }

    [Fact]
    public async Task Schemas_of_several_tables_change_in_one_transaction()
    {
        var one = await NewTableAsync();
        var two = await NewTableAsync("newdb", "second");
        await SendAsync(HttpMethod.Post, "transactions/commit", HttpStatusCode.NoContent, Transaction(
            one.Change(["newdb"], "newtable", Updates.AddColumn(one, "new_col", "long"), Updates.SetSchema()),
            two.Change(["newdb"], "second", Updates.AddColumn(two, "new_col2", "long"), Updates.SetSchema())));
        Assert.Equal([.. Columns, "3:new_col:long"], (await LoadAsync()).Columns);
        Assert.Equal([.. Columns, "3:new_col2:long"], (await LoadAsync("newdb", "second")).Columns);
    }

    [Fact]
    public async Task When_the_last_table_of_a_transaction_conflicts_the_first_stays_as_it_was()
    {
        var one = await NewTableAsync();
        var two = await NewTableAsync("newdb", "second");
        await PostAsync("namespaces/newdb/tables/second", two.Commit(Updates.DropColumns(two, "data"), Updates.SetSchema()));
        await RefusedAsync(
            HttpMethod.Post,
            "transactions/commit",
            HttpStatusCode.Conflict,
            Transaction(one.Change(["newdb"], "newtable", Updates.AddColumn(one, "new_col1", "long"), Updates.SetSchema()), two.Change(["newdb"], "second", Updates.AddColumn(two, "x"), Updates.SetSchema())),
            "CommitFailedException",
            "Requirement failed: current schema changed: expected id 0 != 1");
        Assert.Equal(one.MetadataLocation, (await LoadAsync()).MetadataLocation);
        Assert.Equal(["1:id:int"], (await LoadAsync("newdb", "second")).Columns);
    }

    [Fact]
    public async Task A_transaction_creates_tables_beside_changing_others()
    {
        var one = await NewTableAsync();
        var staged = new ClientTable(await PostAsync("namespaces/newdb/tables", NewTable("second", SchemaAsSent, "\"stage-create\":true")));
        var creation = JsonNode.Parse(staged.Create(staged.Append(7)))!.AsObject();
        creation["identifier"] = new JsonObject { ["namespace"] = new JsonArray("newdb"), ["name"] = "second" };
        await SendAsync(HttpMethod.Post, "transactions/commit", HttpStatusCode.NoContent, Transaction(creation, one.Change(["newdb"], "newtable", one.Append(1))));
        Assert.Equal([7L], (await LoadAsync("newdb", "second")).History());
        Assert.Equal([1L], (await LoadAsync()).History());
    }

    async Task<ClientTable> StageAsync(string more = "")
    {
        await CreateNamespaceAsync("newdb");
        return await NewTableAsync("newdb", "newtable", SchemaAsSent, "\"stage-create\":true" + (more.Length > 0 ? "," + more : ""));
    }

    static string Transaction(params JsonObject[] changes) => new JsonObject { ["table-changes"] = new JsonArray([.. changes]) }.ToJsonString();

    /// <summary>A second append of the same commit: on top of snapshot 1, with the schema that the commit set meanwhile.</summary>
    static JsonObject[] Following(ClientTable staged, long id)
    {
        var append = staged.Append(id, isFirst: true, sequence: 1);
        append[0]["snapshot"]!["parent-snapshot-id"] = 1;
        append[0]["snapshot"]!["schema-id"] = 1;
        return append;
    }
}
