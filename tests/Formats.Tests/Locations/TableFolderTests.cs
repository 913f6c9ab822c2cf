using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Storage;

namespace Lakehouse.Formats.Tests.Locations;

public sealed class TableFolderTests
{
    private const string Folder = "memory://lake/t";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("2", "v1.metadata.json v2.metadata.json v3.gz.metadata.json v5.metadata.json", "v3.gz.metadata.json")]
    [InlineData("9", "v1.metadata.json v2.metadata.json", "v2.metadata.json")]
    [InlineData(null, "v9.metadata.json v10.metadata.json.gz", "v10.metadata.json.gz")]
    [InlineData(null, "00002-b.metadata.json 00010-a.gz.metadata.json 00009-c.metadata.json", "00010-a.gz.metadata.json")]
    [InlineData("00002-b", "00002-b.metadata.json 00010-a.metadata.json", "00002-b.metadata.json")]
    [InlineData("v1\n", "v1.metadata.json", "v1.metadata.json")]
    public async Task The_newest_counts(string? hint, string files, string expected)
    {
        var store = With(hint, files);
        Assert.Equal($"{Folder}/metadata/{expected}", await TableFolder.NewestAsync(store, Folder, Stop));
        Assert.Equal($"{Folder}/metadata/{expected}", await TableFolder.NewestAsync(store, $"{Folder}/metadata", Stop));
    }

    [Fact]
    public async Task Two_files_of_one_version_are_not_guessed_between()
    {
        var error = await Assert.ThrowsAsync<LakehouseException>(() => TableFolder.NewestAsync(With(null, "00002-a.metadata.json 00002-b.metadata.json"), Folder, Stop));
        Assert.Contains("00002-a", error.Message, StringComparison.Ordinal);
        Assert.Contains("00002-b", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nested_folders_and_other_files_do_not_count()
    {
        var store = With(null, "v1.metadata.json snap-9.avro old/v7.metadata.json v8.metadata.json.tmp");
        Assert.EndsWith("/v1.metadata.json", await TableFolder.NewestAsync(store, Folder, Stop), StringComparison.Ordinal);
        Assert.Equal(LakehouseErrorKind.NotFound, (await Assert.ThrowsAsync<LakehouseException>(() => TableFolder.OpenAsync(store, "memory://lake/none", null, Stop))).Kind);
    }

    [Theory]
    [InlineData("v1.gz.metadata.json", true)]
    [InlineData("v1.metadata.json.gz", true)]
    [InlineData("v1.metadata.json", false)]
    public async Task A_moved_table_opens_where_it_lies(string name, bool gzip)
    {
        var store = new MemoryStore();
        var table = Tables.ByDay() with { Location = "file:/gone/t" };
        var snapshot = new Snapshot { SnapshotId = 7, TimestampMs = 5, SequenceNumber = 1, ManifestList = "file:/gone/t/metadata/snap-7.avro" };
        table = table with { Snapshots = [snapshot], CurrentSnapshotId = 7, LastSequenceNumber = 1, Refs = new Dictionary<string, SnapshotRef> { ["main"] = new(7, SnapshotRefType.Branch) } };
        store[$"{Folder}/metadata/{name}"] = gzip ? TableMetadataJson.WriteGzip(table) : TableMetadataJson.Write(table);
        store[$"{Folder}/metadata/snap-7.avro"] = [1];
        foreach (var place in new[] { Folder, Folder + "/", $"{Folder}/metadata/{name}" })
        {
            var opened = await TableFolder.OpenAsync(store, place, null, Stop);
            Assert.Equal(Folder, opened.Folder);
            Assert.Equal("memory://lake/t/metadata/snap-7.avro", await opened.Store.ResolveAsync(snapshot.ManifestList, Stop));
        }
    }

    private static MemoryStore With(string? hint, string files)
    {
        var store = new MemoryStore();
        foreach (var file in files.Split(' '))
        {
            store[$"{Folder}/metadata/{file}"] = [1];
        }

        if (hint is not null)
        {
            store[$"{Folder}/metadata/version-hint.text"] = System.Text.Encoding.UTF8.GetBytes(hint);
        }

        return store;
    }
}
