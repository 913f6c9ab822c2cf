using Lakehouse.Formats.Iceberg;
using System.Text;
using LakeAspire.Testing.Postgres;
using Lakehouse.Engine.Delta;
using Lakehouse.Tables.Maintenance;
using Lakehouse.Tables.Upkeep;

namespace Lakehouse.Tables.Tests.Maintenance;

/// <summary>What a Delta log still needs.</summary>
public sealed class PublishedFilesTests(PostgresServer postgres)
{
    /// <summary>The table let a file go long ago; the commit that says so came only now, and the version before it is still promised.</summary>
    [Fact]
    public async Task A_file_is_kept_from_the_commit_that_removes_it()
    {
        await using var test = await TestLake.StartAsync(postgres);
        await test.CreateAsync(TestLake.Events, "a");
        var metadata = (await test.Lake.LoadTableAsync(TestLake.Events)).Metadata;
        using var parquet = new DuckDbParquetReader(test.Lake.Files);
        Assert.Null(await PublishedFiles.ReadAsync(test.Lake.Store, metadata, parquet, TimeProvider.System.GetUtcNow(), TestContext.Current.CancellationToken));
        await PutAsync(
            0,
            """{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}""",
            """{"metaData":{"id":"x","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"id\",\"type\":\"long\",\"nullable\":true,\"metadata\":{}}]}","partitionColumns":[],"configuration":{}}}""",
            """{"add":{"path":"data/p=a%2Bb/live.parquet","partitionValues":{},"size":3,"modificationTime":1,"dataChange":true}}""",
            """{"add":{"path":"data/gone.parquet","partitionValues":{},"size":3,"modificationTime":1,"dataChange":true}}""");
        await PutAsync(1, """{"remove":{"path":"data/gone.parquet","deletionTimestamp":1000,"dataChange":true}}""");

        Assert.Equal(Keys("data/gone.parquet", "data/p=a+b/live.parquet"), await KeptAsync(TimeProvider.System.GetUtcNow()));
        Assert.Equal(Keys("data/p=a+b/live.parquet"), await KeptAsync(TimeProvider.System.GetUtcNow().AddDays(8)));

        async Task PutAsync(int version, params string[] lines)
        {
            using var content = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
            await test.Lake.Store.PutAsync($"{metadata.Location}/_delta_log/{version:D20}.json", content);
        }

        async Task<IEnumerable<string>> KeptAsync(DateTimeOffset now) =>
            (await PublishedFiles.ReadAsync(test.Lake.Store, metadata, parquet, now, TestContext.Current.CancellationToken))!.Select(LocationKey.Of).Order(StringComparer.Ordinal);

        IEnumerable<string> Keys(params string[] paths) => paths.Select(path => LocationKey.Of($"{metadata.Location}/{path}"));
    }
}
