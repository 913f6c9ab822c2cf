using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Actions;

namespace Lakehouse.Formats.Tests.Delta;

public sealed class DeltaLogTests
{
    static LogFolder Three() => new LogFolder()
        .Commit(0, LogFolder.Protocol, LogFolder.Metadata, LogFolder.Add("a"))
        .Commit(1, LogFolder.Add("b"), LogFolder.Remove("a"), new TransactionAction("app", 4))
        .Commit(2, LogFolder.Add("c"), new TransactionAction("app", 3));

    [Fact]
    public async Task Each_version_has_its_files()
    {
        var log = Three();
        Assert.Equal("a", await log.PathsAsync(DeltaVersionSelector.At(0)));
        Assert.Equal("b", await log.PathsAsync(DeltaVersionSelector.At(1)));
        Assert.Equal("b c", await log.PathsAsync());
        Assert.Equal(3, (await log.OpenAsync()).Transactions["app"].Version);
        Assert.Contains("no version 3", (await log.FailsAsync(DeltaVersionSelector.At(3))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x%20y", "x y")]
    [InlineData("/a/b", "file:///a/b")]
    [InlineData("file:/a%23b", "/a%23b")]
    public async Task A_path_is_the_same_however_it_is_spelled(string added, string removed) =>
        Assert.Equal("", await new LogFolder().Commit(0, LogFolder.Protocol, LogFolder.Metadata, LogFolder.Add(added)).Commit(1, LogFolder.Remove(removed)).PathsAsync());

    [Fact]
    public async Task A_file_with_another_deletion_vector_is_another_file()
    {
        var (one, two) = (new DeletionVectorDescriptor("u", "ab^-aqEH.-t@S}K{vb[*k^", 4, 40, 6), new DeletionVectorDescriptor("u", "ab^-aqEH.-t@S}K{vb[*k^", 50, 40, 7));
        var log = new LogFolder().Commit(0, LogFolder.Protocol, LogFolder.Metadata, LogFolder.Add("a"))
            .Commit(1, LogFolder.Remove("a"), LogFolder.Add("a", one))
            .Commit(2, LogFolder.Add("a", two), LogFolder.Remove("a", one));
        Assert.Equal(one, Assert.Single((await log.OpenAsync(DeltaVersionSelector.At(1))).Files).DeletionVector);
        Assert.Equal(two, Assert.Single((await log.OpenAsync()).Files).DeletionVector);
        Assert.Equal("file:///t/ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin", DeletionVectorReader.Locate(LogFolder.Table, one));
    }

    [Fact]
    public async Task A_compaction_stands_for_its_commits()
    {
        var log = Three().Put($"{1:D20}.{2:D20}.compacted.json", DeltaActionJson.WriteLines([LogFolder.Remove("a"), LogFolder.Add("b"), LogFolder.Add("c")])).Delete($"{1:D20}.json");
        Assert.Equal("b c", await log.PathsAsync());
        Assert.Contains("the commit 1 is missing", (await log.FailsAsync(DeltaVersionSelector.At(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_commits_are_named()
    {
        Assert.Contains("the commit 1 is missing", (await Three().Delete($"{1:D20}.json").FailsAsync()).Message, StringComparison.Ordinal);
        Assert.Contains("the commits 0 to 1 are missing", (await Three().Delete($"{0:D20}.json").Delete($"{1:D20}.json").FailsAsync()).Message, StringComparison.Ordinal);
        Assert.Equal(LakehouseErrorKind.NotFound, (await new LogFolder().FailsAsync()).Kind);
    }

    [Fact]
    public async Task A_broken_checkpoint_is_passed_over_while_the_log_before_it_is_there()
    {
        var log = Three().Put($"{1:D20}.checkpoint.parquet", [1, 2, 3]).Put("_last_checkpoint", LogFolder.Text("{ no json"));
        Assert.Equal("b c", await log.PathsAsync());
        Assert.Contains("no Parquet file", (await log.Delete($"{0:D20}.json").FailsAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_of_several_parts_needs_all_of_them()
    {
        var log = Three().Put($"{1:D20}.checkpoint.{1:D10}.{2:D10}.parquet", [1, 2, 3]).Delete($"{0:D20}.json");
        Assert.Contains("the commit 0 is missing", (await log.FailsAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_in_JSON_is_read()
    {
        var log = Three().Put($"{1:D20}.checkpoint.{Guid.NewGuid()}.json", DeltaActionJson.WriteLines([new CheckpointMetadata(1), LogFolder.Protocol, LogFolder.Metadata, LogFolder.Add("b")])).Delete($"{0:D20}.json");
        Assert.Equal("b c", await log.PathsAsync());
    }

    [Fact]
    public async Task Versions_are_found_by_time()
    {
        var log = Three();
        Assert.Equal(1, (await log.OpenAsync(DeltaVersionSelector.At(DateTimeOffset.UnixEpoch.AddSeconds(1.5)))).Version);
        Assert.Equal(2, (await log.OpenAsync(DeltaVersionSelector.At(DateTimeOffset.UnixEpoch.AddSeconds(2)))).Version);
        Assert.Equal(LakehouseErrorKind.NotFound, (await log.FailsAsync(DeltaVersionSelector.At(DateTimeOffset.UnixEpoch.AddSeconds(2.001)))).Kind);
        Assert.Equal(LakehouseErrorKind.NotFound, (await log.FailsAsync(DeltaVersionSelector.At(DateTimeOffset.UnixEpoch.AddSeconds(-1)))).Kind);
    }

    [Fact]
    public async Task Long_lines_and_many_lines_are_read_in_pieces()
    {
        var long1 = LogFolder.Add("long") with { Stats = "{\"numRecords\":3,\"x\":\"" + new string('é', 5_000_000) + "\"}" };
        var adds = Enumerable.Range(0, 20_000).Select(i => LogFolder.Add($"f{i}") with { Stats = "{\"numRecords\":1,\"pad\":\"" + new string('x', 300) + "\"}" });
        var snapshot = await new LogFolder().Commit(0, [LogFolder.Protocol, LogFolder.Metadata, long1, .. adds]).OpenAsync();
        Assert.Equal(20_001, snapshot.Files.Count);
        Assert.Equal(3, snapshot.Files.Single(file => file.Path == "long").RecordCount);
        Assert.Equal(20_000, snapshot.Files.Count(file => file.RecordCount == 1));
    }

    [Fact]
    public async Task Without_protocol_or_metadata_there_is_no_table()
    {
        Assert.Contains("protocol", (await new LogFolder().Commit(0, LogFolder.Metadata).FailsAsync()).Message, StringComparison.Ordinal);
        Assert.Contains("metaData", (await new LogFolder().Commit(0, LogFolder.Protocol).FailsAsync()).Message, StringComparison.Ordinal);
    }
}
