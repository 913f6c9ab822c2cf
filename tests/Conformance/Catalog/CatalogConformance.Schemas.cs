using System.Net;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

public abstract partial class CatalogConformance
{
    const string Table = "namespaces/newdb/tables/newtable";

    [Fact]
    public async Task A_column_is_added()
    {
        var table = await NewTableAsync();
        await PostAsync(Table, table.Commit(Updates.AddColumn(table, "new_col", "long"), Updates.SetSchema()));
        Assert.Equal([.. Columns, "3:new_col:long"], (await LoadAsync()).Columns);
    }

    [Fact]
    public async Task A_commit_to_a_table_that_was_made_anew_fails()
    {
        var table = await NewTableAsync();
        await SendAsync(HttpMethod.Delete, Table, HttpStatusCode.NoContent);
        await NewTableAsync("newdb", "newtable", OtherSchema);
        await ConflictAsync(table.Commit(Updates.AddColumn(table, "new_col", "long"), Updates.SetSchema()), "Requirement failed: UUID does not match");
        Assert.Equal(["1:some_id:int"], (await LoadAsync()).Columns);
    }

    [Fact]
    public async Task A_change_of_the_schema_goes_with_a_change_of_the_spec_made_meanwhile()
    {
        var table = await NewTableAsync();
        await PostAsync(Table, table.Commit(Updates.AddSpec((1, 1000, "shard", "bucket[16]")), Updates.SetSpec()));
        await PostAsync(Table, table.Commit(Updates.AddColumn(table, "new_col", "long"), Updates.SetSchema()));
        var loaded = await LoadAsync();
        Assert.Equal([.. Columns, "3:new_col:long"], loaded.Columns);
        Assert.Equal(["1:shard:bucket[16]"], loaded.Partitioning);
    }

    [Fact]
    public async Task A_change_of_a_schema_that_has_changed_fails()
    {
        var table = await NewTableAsync();
        await PostAsync(Table, table.Commit(Updates.DropColumns(table, "data"), Updates.SetSchema()));
        await ConflictAsync(table.Commit(Updates.AddColumn(table, "new_col", "long"), Updates.SetSchema()), "Requirement failed: current schema changed: expected id 0 != 1");
        Assert.Equal(["1:id:int"], (await LoadAsync()).Columns);
    }

    [Fact]
    public async Task A_column_id_is_not_given_twice()
    {
        var table = await NewTableAsync();
        await PostAsync(Table, table.Commit(Updates.AddColumn(table, "another_col"), Updates.SetSchema()));
        await ConflictAsync(table.Commit(Updates.AddColumn(table, "new_col", "long"), Updates.SetSchema()), "Requirement failed: last assigned field id changed: expected id 2 != 3");
        Assert.Equal([.. Columns, "3:another_col:string"], (await LoadAsync()).Columns);
    }

    [Fact]
    public async Task A_schema_that_was_there_before_is_found_again()
    {
        var table = await NewTableAsync();
        table = new ClientTable(await PostAsync(Table, table.Commit(Updates.AddColumns(table, ("col1", "string"), ("col2", "string"), ("col3", "string")), Updates.SetSchema())));
        Assert.Equal(1, table.CurrentSchemaId);
        table = new ClientTable(await PostAsync(Table, table.Commit(Updates.DropColumns(table, "col1", "col2", "col3"), Updates.SetSchema())));
        Assert.Equal(Columns, table.Columns);
        Assert.Equal(0, table.CurrentSchemaId);
        Assert.Equal([0, 1], table.SchemaIds);
        Assert.Equal(5, table.LastColumnId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Schemas_that_nothing_uses_are_removed(bool withBranch)
    {
        var table = await NewTableAsync();
        table = await CommitAsync(table, table.Append(1));
        if (withBranch)
        {
            table = await CommitAsync(table, Updates.SetRef("test", 1));
        }

        table = await CommitAsync(table, Updates.AddColumn(table, "extra", "int"), Updates.SetSchema());
        table = await CommitAsync(table, Updates.AddColumn(table, "extra2"), Updates.SetSchema());
        Assert.Equal([0, 1, 2], table.SchemaIds);
        await SendAsync(HttpMethod.Post, Table, HttpStatusCode.BadRequest, table.Commit(Updates.RemoveSchemas(2)), "BadRequestException");
        await SendAsync(HttpMethod.Post, Table, HttpStatusCode.BadRequest, table.Commit(Updates.RemoveSchemas(0)), "BadRequestException");
        table = await CommitAsync(table, Updates.RemoveSchemas(1));
        Assert.Equal([0, 2], table.SchemaIds);

        table = await CommitAsync(table, table.Append(2));
        if (withBranch)
        {
            await SendAsync(HttpMethod.Post, Table, HttpStatusCode.BadRequest, table.Commit(Updates.RemoveSnapshots(1), Updates.RemoveSchemas(0)), "BadRequestException");
            Assert.Equal([0, 2], (await LoadAsync()).SchemaIds);
        }
        else
        {
            table = await CommitAsync(table, Updates.RemoveSnapshots(1), Updates.RemoveSchemas(0));
            Assert.Equal([2], table.SchemaIds);
            Assert.Equal([2L], table.SnapshotIds);
        }
    }

    [Fact]
    public async Task Removing_a_schema_fails_when_a_branch_has_moved()
    {
        var table = await NewTableAsync();
        table = await CommitAsync(table, table.Append(1));
        table = await CommitAsync(table, Updates.AddColumn(table, "extra", "int"), Updates.SetSchema());
        await CommitAsync(table, table.Append(2));
        await ConflictAsync(table.Commit(Updates.RemoveSchemas(0)), "Requirement failed: branch main has changed");
    }

    async Task<ClientTable> NewTableAsync(string more = "")
    {
        await CreateNamespaceAsync("newdb");
        return await NewTableAsync("newdb", "newtable", SchemaAsSent, more);
    }

    Task<ClientTable> LoadAsync() => LoadAsync("newdb", "newtable");

    async Task<ClientTable> CommitAsync(ClientTable table, params System.Text.Json.Nodes.JsonObject[] updates) => new(await PostAsync(Table, table.Commit(updates)));

    Task ConflictAsync(string commit, string message) => RefusedAsync(HttpMethod.Post, Table, HttpStatusCode.Conflict, commit, "CommitFailedException", message);
}
