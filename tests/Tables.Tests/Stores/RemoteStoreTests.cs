using LakeAspire.Testing;
using LakeAspire.Testing.Postgres;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage.Caching;
using Lakehouse.Tables.Maintenance;
using Lakehouse.Tables.Tests.RowChanges;

namespace Lakehouse.Tables.Tests.Stores;

/// <summary>Tables in real object stores, through a cache that holds a part of them.</summary>
public sealed class RemoteStoreTests(PostgresServer postgres) : IDisposable
{
    static readonly PartitionSpec ByK = new(0, [new PartitionField(3, 1000, "k", Transform.Identity)]);

    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("s3", 2, "merge-on-read")]
    [InlineData("s3", 3, "merge-on-read")]
    [InlineData("s3", 2, "copy-on-write")]
    [InlineData("azure", 3, "merge-on-read")]
    public async Task Rows_are_appended_deleted_updated_and_compacted(string kind, int version, string mode)
    {
        await using var lab = new RowLab(await StartAsync(kind));
        await lab.CreateAsync(version, mode, ByK, null, Select(0, 300), Select(300, 600));
        Assert.StartsWith(lab.Lake.Server.Warehouse, Assert.IsType<LakeTable>(await lab.Lake.Lake.LoadTableAsync(lab.Table)).Location, StringComparison.Ordinal);

        Assert.Equal(100, (await lab.DeleteAsync("id BETWEEN 250 AND 349")).Deleted);
        await lab.UpdateAsync("name", "'changed'", "id < 10");
        var expected = Enumerable.Range(0, 600).Where(i => i is < 250 or > 349).Select(i => $"{{'id': {i}, 'name': {(i < 10 ? "changed" : $"n{i}")}, 'k': {i % 3}}}").Order(StringComparer.Ordinal).ToList();
        Assert.Equal(expected, (await lab.RowsAsync()).Order(StringComparer.Ordinal));

        var report = await DataFileRewrite.RunAsync(lab.Lake.Lake, lab.Connection, lab.Table, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(mode == "merge-on-read", report.RewrittenFiles > 0);
        Assert.Equal(expected, (await lab.RowsAsync()).Order(StringComparer.Ordinal));
        Assert.All(await lab.FilesAsync(), file => Assert.StartsWith(lab.Lake.Server.Warehouse, file.File.FilePath, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_transaction_that_does_not_commit_leaves_nothing_in_the_store()
    {
        await using var lab = new RowLab(await StartAsync("s3"));
        await lab.CreateAsync(2, "merge-on-read", ByK, null, Select(0, 30));
        var before = await lab.Lake.ObjectsAsync();
        await using (var transaction = lab.Lake.Lake.BeginTransaction("test", "goes nowhere"))
        {
            var table = await transaction.OpenAsync(lab.Table, TestContext.Current.CancellationToken);
            Assert.NotEmpty(await transaction.AppendQueryAsync(lab.Connection, table, Select(30, 60), cancellationToken: TestContext.Current.CancellationToken));
            Assert.NotEqual(before, await lab.Lake.ObjectsAsync());
        }

        Assert.Equal(before, await lab.Lake.ObjectsAsync());
    }

    static string Select(int from, int to) => $"SELECT i::INTEGER AS id, 'n' || i AS name, (i % 3)::INTEGER AS k FROM range({from}, {to}) r(i)";

    async Task<TestLake> StartAsync(string kind)
    {
        var cache = new FileCache(folder.Below("cache"), 1 << 20);
        if (kind == "s3")
        {
            var ceph = await Ceph.StartAsync();
            string[] settings = [$"--Lake:Storage:S3:Endpoint={ceph.Endpoint}", $"--Lake:Storage:S3:AccessKey={ceph.AccessKey}", $"--Lake:Storage:S3:SecretKey={ceph.SecretKey}"];
            return await TestLake.StartAsync(postgres, $"s3://{await ceph.CreateBucketAsync()}/warehouse", settings, cache);
        }

        var azurite = await Azurite.StartAsync();
        string[] azure = [$"--Lake:Storage:Azure:Endpoint={azurite.Endpoint}", $"--Lake:Storage:Azure:Account={Azurite.Account}", $"--Lake:Storage:Azure:AccountKey={Azurite.AccountKey}"];
        return await TestLake.StartAsync(postgres, $"az://{await azurite.CreateContainerAsync()}/warehouse", azure, cache);
    }
}
