using System.Net;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

public abstract partial class CatalogConformance
{
    [Fact]
    public async Task A_registered_table_is_what_it_was()
    {
        await CreateNamespaceAsync("newdb");
        var table = new ClientTable(await PostAsync("namespaces/newdb/tables", CompleteTable("newtable")));
        for (var id = 1; id <= 4; id++)
        {
            table = await CommitAsync(table, table.Append(id));
        }

        await SendAsync(HttpMethod.Delete, Table + "?purgeRequested=false", HttpStatusCode.NoContent);
        var registered = new ClientTable(await PostAsync("namespaces/newdb/register", Register("newtable", table.MetadataLocation!)));
        await SendAsync(HttpMethod.Head, Table, HttpStatusCode.NoContent);
        Assert.Equal(table.Metadata.GetRawText(), registered.Metadata.GetRawText());
        registered = await CommitAsync(registered, registered.Append(5));
        Assert.Equal([5L, 4L, 3L, 2L, 1L], registered.History());
        await SendAsync(HttpMethod.Delete, Table, HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Head, Table, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_table_is_not_registered_over_another()
    {
        var table = await NewTableAsync();
        foreach (var more in new[] { "", "\"overwrite\":false" })
        {
            await RefusedAsync(
                HttpMethod.Post, "namespaces/newdb/register", HttpStatusCode.Conflict, Register("newtable", table.MetadataLocation!, more), "AlreadyExistsException", "Table already exists: newdb.newtable");
        }

        await RefusedAsync(
            HttpMethod.Post, "namespaces/non-existing/register", HttpStatusCode.NotFound, Register("newtable", table.MetadataLocation!), "NoSuchNamespaceException", "Namespace does not exist: non-existing");
    }

    [Fact]
    public async Task A_table_is_registered_over_another_when_asked_so()
    {
        var source = await NewTableAsync();
        var target = await NewTableAsync("newdb", "target", OtherSchema);
        await SendAsync(HttpMethod.Delete, Table, HttpStatusCode.NoContent);
        var registered = new ClientTable(await PostAsync("namespaces/newdb/register", Register("target", source.MetadataLocation!, "\"overwrite\":true")));
        Assert.Equal(source.MetadataLocation, registered.MetadataLocation);
        Assert.NotEqual(target.MetadataLocation, registered.MetadataLocation);
        Assert.Equal(Columns, (await LoadAsync("newdb", "target")).Columns);
        Assert.Equal(["target"], await TablesAsync("newdb"));
    }

    [Fact]
    public async Task An_older_state_of_a_table_is_registered_over_it()
    {
        var old = await NewTableAsync();
        var changed = await CommitAsync(old, Updates.AddColumn(old, "new_col"), Updates.SetSchema());
        var registered = new ClientTable(await PostAsync("namespaces/newdb/register", Register("newtable", old.MetadataLocation!, "\"overwrite\":true")));
        Assert.Equal(Columns, registered.Columns);
        await ConflictAsync(changed.Commit(Updates.AddColumn(changed, "x"), Updates.SetSchema()), "Requirement failed: last assigned field id changed");
        Assert.Equal(old.MetadataLocation, (await LoadAsync()).MetadataLocation);
    }
}
