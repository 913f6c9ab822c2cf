using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace LakeAspire.Cli.Tests;

public class IngestTests
{
    static async Task<string> WriteAsync(Lake lake, string name, params string[] lines)
    {
        var path = lake.Folder.Below(name);
        await File.WriteAllLinesAsync(path, lines, TestContext.Current.CancellationToken);
        return path;
    }

    [Fact]
    public async Task Files_arrive_as_they_are_and_are_counted()
    {
        await using var lake = await Lake.StartAsync();
        await WriteAsync(lake, "a.ndjson", "{\"a\":1}", "{\"a\":2", "{\"a\":3}");
        await WriteAsync(lake, "b c.ndjson", "{}");
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes("{}\n{}\n"), TestContext.Current.CancellationToken);
        }

        await File.WriteAllBytesAsync(lake.Folder.Below("d.ndjson.gz"), packed.ToArray(), TestContext.Current.CancellationToken);
        var ended = await lake.RunAsync("ingest", "a.ndjson", "b c.ndjson", "d.ndjson.gz", "--stream", "doors");
        Assert.Equal((0, "3 files: 5 events accepted, 1 to quarantine\n", ""), (ended.Code, ended.Output, ended.Error));
        Assert.Equal(["doors/a.ndjson", "doors/b c.ndjson", "doors/d.ndjson.gz"], lake.Server.State.Ingested.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(packed.ToArray(), lake.Server.State.Ingested["doors/d.ndjson.gz"]);
    }

    [Fact]
    public async Task What_may_pass_is_tried_again()
    {
        await using var lake = await Lake.StartAsync();
        lake.Server.State.IngestFailures = 3;
        await WriteAsync(lake, "a.ndjson", "{}");
        var ended = await lake.RunAsync("ingest", "a.ndjson", "-s", "doors", "--json");
        Assert.Equal(0, ended.Code);
        var file = JsonDocument.Parse(ended.Output).RootElement;
        Assert.Equal((true, 1, 0), (file.GetProperty("ok").GetBoolean(), file.GetProperty("accepted").GetInt32(), file.GetProperty("quarantined").GetInt32()));
        Assert.Equal(4, lake.Server.Requests.Count(request => request.Request == "PUT /streams/doors/files/a.ndjson"));
    }

    [Fact]
    public async Task A_refused_file_does_not_stop_the_others_from_being_named()
    {
        await using var lake = await Lake.StartAsync();
        await WriteAsync(lake, "a.ndjson", "{}");
        var ended = await lake.RunAsync("ingest", "a.ndjson", "-s", "not!a!name");
        Assert.Equal((1, ""), (ended.Code, ended.Output));
        Assert.Contains("a.ndjson was not sent: 'not!a!name' is not a name of a stream.", ended.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_stays_away_is_exit_code_3()
    {
        await using var lake = await Lake.StartAsync();
        lake.Server.State.IngestFailures = int.MaxValue;
        await WriteAsync(lake, "a.ndjson", "{}");
        Assert.Equal(3, (await lake.RunAsync("ingest", "a.ndjson", "-s", "doors")).Code);
    }

    [Fact]
    public async Task Missing_files_folders_and_equal_names_are_wrong_usage()
    {
        await using var lake = await Lake.StartAsync();
        Directory.CreateDirectory(lake.Folder.Below("x"));
        await WriteAsync(lake, "a.ndjson", "{}");
        await WriteAsync(lake, "x/a.ndjson", "{}");
        foreach (var (files, message) in ((string[], string)[])[(["none.json"], "no file"), (["x"], "is a folder"), (["a.ndjson", "x/a.ndjson"], "named a.ndjson")])
        {
            var ended = await lake.RunAsync(["ingest", .. files, "-s", "doors"]);
            Assert.Equal(2, ended.Code);
            Assert.Contains(message, ended.Complaint, StringComparison.Ordinal);
        }

        Assert.Empty(lake.Server.State.Ingested);
    }
}
