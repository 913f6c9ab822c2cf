using System.Net;
using System.Text.Json;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

public abstract partial class CatalogConformance
{
    [Fact]
    public async Task An_append_becomes_the_current_snapshot()
    {
        var table = await NewTableAsync(PartitionedBySpec);
        Assert.Empty(table.SnapshotIds);
        await PostAsync(Table, table.Commit(table.Append(11)));
        var loaded = await LoadAsync();
        Assert.Equal([11L], loaded.History());
        Assert.Equal([11L], loaded.SnapshotLog);
        Assert.Equal(1, loaded.LastSequenceNumber);
        Assert.Equal(11, loaded.Metadata.GetProperty("current-snapshot-id").GetInt64());
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task Of_two_appends_at_once_the_second_is_made_again(int version, bool isEmpty)
    {
        var table = await NewTableAsync(WithProperties(("format-version", $"{version}")));
        if (!isEmpty)
        {
            table = await CommitAsync(table, table.Append(1));
        }

        await PostAsync(Table, table.Commit(table.Append(2)));
        await ConflictAsync(table.Commit(table.Append(3)), isEmpty ? "Requirement failed: branch main was created concurrently" : "Requirement failed: branch main has changed");
        var fresh = await LoadAsync();
        await PostAsync(Table, fresh.Commit(fresh.Append(3)));
        Assert.Equal(isEmpty ? [3L, 2L] : [3L, 2L, 1L], (await LoadAsync()).History());
    }

    [Fact]
    public async Task A_sequence_number_that_another_branch_took_is_a_conflict()
    {
        var table = await NewTableAsync();
        table = await CommitAsync(table, table.Append(1));
        await CommitAsync(table, table.Append(2, "other"));
        await RefusedAsync(HttpMethod.Post, Table, HttpStatusCode.Conflict, table.Commit(table.Append(3)), "CommitFailedException", "sequence number");
        var fresh = await LoadAsync();
        await CommitAsync(fresh, fresh.Append(3));
        Assert.Equal([3L, 1L], (await LoadAsync()).History());
        Assert.Equal([2L], (await LoadAsync()).History("other"));
    }

    [Fact]
    public async Task Only_snapshots_that_are_referred_to_come_when_asked_so()
    {
        var table = await NewTableAsync();
        for (var id = 1; id <= 4; id++)
        {
            table = await CommitAsync(table, table.Append(id));
        }

        table = await CommitAsync(table, Updates.SetRef("v1", 2, "tag"));
        var all = await GetAsync(Table + "?snapshots=all");
        var refs = await GetAsync(Table + "?snapshots=refs");
        Assert.Equal([1L, 2L, 3L, 4L], new ClientTable(all).SnapshotIds);
        Assert.Equal([2L, 4L], new ClientTable(refs).SnapshotIds.Order());
        Assert.Equal(new ClientTable(all).SnapshotLog, new ClientTable(refs).SnapshotLog);
        Assert.Equal(table.MetadataLocation, new ClientTable(refs).MetadataLocation);

        // A commit on what came so has to go through as if all had come.
        var partial = new ClientTable(refs);
        await CommitAsync(partial, partial.Append(5));
        Assert.Equal([5L, 4L, 3L, 2L, 1L], (await LoadAsync()).History());
        await SendAsync(HttpMethod.Get, Table + "?snapshots=some", HttpStatusCode.BadRequest, errorType: "BadRequestException");
    }

    [Theory]
    [InlineData("")]
    [InlineData("?snapshots=all")]
    [InlineData("?snapshots=refs")]
    public async Task A_client_that_has_the_newest_gets_304(string query)
    {
        var table = await NewTableAsync();
        table = await CommitAsync(table, table.Append(1));
        using var first = await RawAsync(HttpMethod.Get, Table + query);
        var tag = first.Headers.ETag!.ToString();
        foreach (var header in new[] { tag, $"\"other\", {tag}", "*", $"W/{tag}" })
        {
            using var again = await RawAsync(HttpMethod.Get, Table + query, ifNoneMatch: header);
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Equal(tag, again.Headers.ETag!.ToString());
            Assert.Empty(await again.Content.ReadAsByteArrayAsync());
        }

        using var unknown = await RawAsync(HttpMethod.Get, Table + query, ifNoneMatch: "\"other\"");
        Assert.Equal(HttpStatusCode.OK, unknown.StatusCode);
        await CommitAsync(table, table.Append(2));
        using var changed = await RawAsync(HttpMethod.Get, Table + query, ifNoneMatch: tag);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task Creating_committing_and_registering_tell_the_tag_that_loading_tells()
    {
        await CreateNamespaceAsync("newdb");
        using var created = await RawAsync(HttpMethod.Post, "namespaces/newdb/tables", NewTable("newtable", SchemaAsSent));
        Assert.Equal(await TagAsync(), created.Headers.ETag!.ToString());
        using var committed = await RawAsync(HttpMethod.Post, Table, Commit("", SetProperty("k", "v")));
        Assert.Equal(await TagAsync(), committed.Headers.ETag!.ToString());
        Assert.NotEqual(created.Headers.ETag!.ToString(), committed.Headers.ETag!.ToString());
        await SendAsync(HttpMethod.Delete, Table, HttpStatusCode.NoContent);
        using var body = JsonDocument.Parse(await committed.Content.ReadAsStringAsync());
        using var registered = await RawAsync(HttpMethod.Post, "namespaces/newdb/register", Register("newtable", body.RootElement.GetProperty("metadata-location").GetString()!));
        Assert.Equal(committed.Headers.ETag!.ToString(), registered.Headers.ETag!.ToString());

        async Task<string> TagAsync()
        {
            using var loaded = await RawAsync(HttpMethod.Get, Table);
            return loaded.Headers.ETag!.ToString();
        }
    }

    [Fact]
    public async Task A_commit_of_nothing_changes_nothing()
    {
        var table = await NewTableAsync();
        var same = new ClientTable(await PostAsync(Table, table.Commit()));
        Assert.Equal(table.MetadataLocation, same.MetadataLocation);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task The_log_of_metadata_files_keeps_as_many_as_the_table_says(int kept)
    {
        var table = await NewTableAsync();
        for (var i = 0; i < 3; i++)
        {
            table = await CommitAsync(table, Updates.AddColumn(table, $"a{i}", "long"), Updates.SetSchema());
        }

        Assert.Equal(3, table.MetadataLog.Count);
        table = await CommitAsync(table, Updates.SetProperties(("write.metadata.delete-after-commit.enabled", "true"), ("write.metadata.previous-versions-max", $"{kept}")));
        for (var i = 0; i < 5; i++)
        {
            var before = table.MetadataLocation!;
            table = await CommitAsync(table, Updates.AddColumn(table, $"b{i}", "long"), Updates.SetSchema());
            Assert.Equal(kept, table.MetadataLog.Count);
            Assert.Equal(before, table.MetadataLog[^1]);
        }
    }
}
