using System.Net;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

public abstract partial class CatalogConformance
{
    const string PartitionedBySpec = "\"partition-spec\":" + SpecAsSent;

    [Fact]
    public async Task A_partition_field_is_added()
    {
        var table = await NewTableAsync();
        await PostAsync(Table, table.Commit(Updates.AddSpec((1, 1000, "shard", "bucket[16]")), Updates.SetSpec()));
        Assert.Equal(["1:shard:bucket[16]"], (await LoadAsync()).Partitioning);
    }

    [Fact]
    public async Task A_change_of_the_spec_goes_with_a_change_of_the_schema_made_meanwhile()
    {
        var table = await NewTableAsync();
        await PostAsync(Table, table.Commit(Updates.AddColumn(table, "another_col"), Updates.SetSchema()));
        await PostAsync(Table, table.Commit(Updates.AddSpec((1, 1000, "shard", "bucket[16]")), Updates.SetSpec()));
        var loaded = await LoadAsync();
        Assert.Equal(["1:shard:bucket[16]"], loaded.Partitioning);
        Assert.Equal([.. Columns, "3:another_col:string"], loaded.Columns);
    }

    [Fact]
    public async Task A_change_of_a_spec_that_has_changed_fails()
    {
        var table = await NewTableAsync(PartitionedBySpec);
        await PostAsync(Table, table.Commit(Updates.AddSpec(), Updates.SetSpec()));
        await ConflictAsync(
            table.Commit(Updates.AddSpec((1, 1000, "id_bucket", "bucket[16]"), (2, 1001, "shard", "bucket[16]")), Updates.SetSpec()), "Requirement failed: default partition spec changed: expected id 0 != 1");
        Assert.Empty((await LoadAsync()).Partitioning);
    }

    [Fact]
    public async Task A_partition_field_id_is_not_given_twice()
    {
        var table = await NewTableAsync();
        await PostAsync(Table, table.Commit(Updates.AddSpec((1, 1000, "shard", "truncate[100]")), Updates.SetSpec()));
        await ConflictAsync(
            table.Commit(Updates.AddSpec((1, 1000, "shard", "bucket[16]")), Updates.SetSpec()), "Requirement failed: last assigned partition id changed: expected id 999 != 1000");
        Assert.Equal(["1:shard:truncate[100]"], (await LoadAsync()).Partitioning);
    }

    [Fact]
    public async Task A_spec_that_was_there_before_is_found_again()
    {
        var table = await NewTableAsync(PartitionedBySpec);
        table = await CommitAsync(table, Updates.AddSpec((1, 1000, "id_bucket", "bucket[16]"), (1, 1001, "id", "identity")), Updates.SetSpec());
        Assert.Equal(1, table.DefaultSpecId);
        table = await CommitAsync(table, Updates.AddSpec((1, 1000, "id_bucket", "bucket[16]")), Updates.SetSpec());
        Assert.Equal(Partitioning, table.Partitioning);
        Assert.Equal(0, table.DefaultSpecId);
        Assert.Equal([0, 1], table.SpecIds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Specs_that_nothing_uses_are_removed(bool withBranch)
    {
        var table = await NewTableAsync(PartitionedBySpec);
        table = await CommitAsync(table, table.Append(1));
        if (withBranch)
        {
            table = await CommitAsync(table, Updates.SetRef("test", 1));
        }

        table = await CommitAsync(table, Updates.AddSpec((1, 1000, "id_bucket", "bucket[16]"), (2, 1001, "data_bucket", "bucket[16]")), Updates.SetSpec());
        table = await CommitAsync(table, Updates.AddSpec((1, 1000, "id_bucket", "bucket[16]"), (2, 1002, "data", "identity")), Updates.SetSpec());
        Assert.Equal([0, 1, 2], table.SpecIds);
        await SendAsync(HttpMethod.Post, Table, HttpStatusCode.BadRequest, table.Commit(Updates.RemoveSpecs(2)), "BadRequestException");
        var moved = table;
        table = await CommitAsync(table, Updates.RemoveSpecs(1));
        Assert.Equal([0, 2], table.SpecIds);
        await CommitAsync(table, table.Append(2));
        await ConflictAsync(moved.Commit(Updates.RemoveSpecs(0)), "Requirement failed: branch main has changed");
    }

    [Fact]
    public async Task The_sort_order_is_replaced()
    {
        var table = await NewTableAsync();
        await PostAsync(Table, table.Commit(Updates.AddSortOrder((1, "bucket[16]", "asc"), (1, "identity", "asc")), Updates.SetSortOrder()));
        Assert.Equal(Sorting, (await LoadAsync()).Sorting);
    }

    [Fact]
    public async Task A_change_of_the_sort_order_goes_with_a_change_of_the_schema_made_meanwhile()
    {
        var table = await NewTableAsync();
        await PostAsync(Table, table.Commit(Updates.AddColumn(table, "another_col"), Updates.SetSchema()));
        await PostAsync(Table, table.Commit(Updates.AddSortOrder((1, "bucket[16]", "asc"), (1, "identity", "asc")), Updates.SetSortOrder()));
        Assert.Equal(Sorting, (await LoadAsync()).Sorting);
    }

    [Fact]
    public async Task A_change_of_a_sort_order_that_has_changed_fails()
    {
        var table = await NewTableAsync();
        await PostAsync(Table, table.Commit(Updates.AddSortOrder((1, "identity", "asc")), Updates.SetSortOrder()));
        await ConflictAsync(table.Commit(Updates.AddSortOrder((2, "identity", "asc")), Updates.SetSortOrder()), "Requirement failed: default sort order changed: expected id 0 != 1");
        Assert.Equal(["1:identity:asc"], (await LoadAsync()).Sorting);
    }

    [Fact]
    public async Task A_sort_order_that_was_there_before_is_found_again()
    {
        var table = await NewTableAsync("\"write-order\":" + OrderAsSent);
        table = await CommitAsync(table, Updates.AddSortOrder((1, "identity", "asc")), Updates.SetSortOrder());
        Assert.Equal(["1:identity:asc"], table.Sorting);
        table = await CommitAsync(table, Updates.AddSortOrder((1, "bucket[16]", "asc"), (1, "identity", "asc")), Updates.SetSortOrder());
        Assert.Equal(Sorting, table.Sorting);
        Assert.Equal(1, table.DefaultSortOrderId);
    }

    [Fact]
    public async Task Changes_of_several_kinds_are_one_commit()
    {
        var table = await NewTableAsync();
        var changed = await CommitAsync(table, Updates.AddColumn(table, "new_col", "long"), Updates.SetSchema(), Updates.AddSpec((1, 1000, "shard", "bucket[16]")), Updates.SetSpec());
        Assert.Equal([.. Columns, "3:new_col:long"], changed.Columns);
        Assert.Equal(["1:shard:bucket[16]"], changed.Partitioning);
        Assert.Equal([table.MetadataLocation!], (await LoadAsync()).MetadataLog);
    }
}
