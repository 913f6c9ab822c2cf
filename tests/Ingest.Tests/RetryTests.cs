namespace LakeAspire.Ingest.Api.Tests;

public sealed class RetryTests
{
    [Fact]
    public async Task Racing_requests_with_one_key_count_once_and_get_one_answer()
    {
        await using var server = await IngestServer.StartAsync();
        var content = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{{\"i\":{i}}}\n")) + "x\n";

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => server.PostAsync(content, key: "order-7"))));

        Assert.Single(answers.Select(a => (a.Id, a.Accepted, a.Body.GetProperty("quarantined").GetInt64(), a.Body.GetProperty("bytes").GetInt64())).Distinct());
        Assert.Equal((202, 2000, 1, false), Assert.Single(answers, a => a.Status == 202).Outcome);
        Assert.All(answers.Where(a => a.Status != 202), a => Assert.Equal((200, 2000, 1, true), a.Outcome));
        Assert.Single(await server.LandedAsync());
        Assert.Single(server.FilesOnDisk(), f => f.StartsWith("s/data/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Racing_requests_with_one_key_and_different_contents_have_one_winner()
    {
        await using var server = await IngestServer.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => server.PostAsync($"{{\"i\":{i}}}", key: "k"))));

        Assert.Single(answers, a => a.Status == 202);
        Assert.Equal(15, answers.Count(a => a.Status == 422));
        Assert.Single(server.FilesOnDisk(), f => f.StartsWith("s/data/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_stands_for_its_content_even_after_loading()
    {
        await using var server = await IngestServer.StartAsync();
        var first = await server.PostAsync("{\"a\":1}", key: "k");
        await server.Zone.RemoveAsync(Assert.Single(await server.LandedAsync()).Manifest);

        var again = await server.PostAsync("{\"a\":1}", key: "k");
        var other = await server.PostAsync("{\"a\":2}", key: "k");
        var elsewhere = await server.PostAsync("{\"a\":2}", key: "k", stream: "t");

        Assert.Equal((200, 1, 0, true), again.Outcome);
        Assert.Equal(first.Id, again.Id);
        Assert.Equal(422, other.Status);
        Assert.Contains("'k'", other.Title, StringComparison.Ordinal);
        Assert.Equal(202, elsewhere.Status);
        Assert.Empty(await server.LandedAsync());
    }

    [Fact]
    public async Task A_file_is_sent_once_whatever_way_its_bytes_travel()
    {
        await using var server = await IngestServer.StartAsync();
        var first = await server.PutAsync("f.ndjson", "{\"a\":1}\n");

        var again = await server.PutAsync("f.ndjson", "{\"a\":1}\n");
        var zipped = await server.SendAsync(HttpMethod.Put, "streams/s/files/f.ndjson", new ByteArrayContent(ReceivingTests.Gzip("{\"a\":1}\n")), encoding: "gzip");
        var other = await server.PutAsync("f.ndjson", "{\"a\":2}\n");

        Assert.Equal((202, 200, 200), (first.Status, again.Status, zipped.Status));
        Assert.True(again.Body.GetProperty("duplicate").GetBoolean());
        Assert.Equal((first.Id, first.Id), (again.Id, zipped.Id));
        Assert.Equal(409, other.Status);
        Assert.Contains("new name", other.Title, StringComparison.Ordinal);
        Assert.Single(await server.LandedAsync());
    }

    [Fact]
    public async Task Events_without_a_key_count_each_time()
    {
        await using var server = await IngestServer.StartAsync();

        Assert.NotEqual((await server.PostAsync("{}")).Id, (await server.PostAsync("{}")).Id);
        Assert.Equal(2, (await server.LandedAsync()).Count);
    }
}
