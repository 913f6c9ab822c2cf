using LakeAspire.Testing;
using Lakehouse.Storage;
using Lakehouse.Storage.S3;

namespace LakeAspire.Cli.Tests;

/// <summary>Tables in a bucket, read by the real executable; all that it knows of the server comes from the environment.</summary>
public sealed class RemoteFolderTests : IDisposable
{
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("spark-iceberg", "types-parquet")]
    [InlineData("spark-delta", "cdf-dv")]
    public async Task A_table_in_a_bucket_has_the_rows_of_the_same_table_in_a_folder(string golden, string name)
    {
        var table = Path.Combine(Needs.Golden(golden), name, "table");
        var ceph = await Ceph.StartAsync();
        var location = await UploadAsync(table, ceph);

        // Once with an empty cache, once with what that left.
        var local = await RunAsync(ceph, "scan", table, "--json");
        var first = await RunAsync(ceph, "scan", location, "--json");
        var again = await RunAsync(ceph, "scan", location.Replace("s3://", "s3a://", StringComparison.Ordinal), "--json");
        var check = await RunAsync(ceph, "check", location);

        Assert.Equal((0, 0, 0), (local.Code, first.Code, again.Code));
        Assert.NotEmpty(local.Lines);
        Assert.Equal(local.Lines.Order(StringComparer.Ordinal), first.Lines.Order(StringComparer.Ordinal));
        Assert.Equal(local.Lines.Order(StringComparer.Ordinal), again.Lines.Order(StringComparer.Ordinal));
        Assert.Equal((0, ""), (check.Code, check.Output));
        Assert.NotEmpty(Directory.EnumerateFiles(folder.Path, "*.parquet", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_an_error_in_one_line()
    {
        var ended = await RunAsync(await Ceph.StartAsync(), "scan", "s3://no-such-bucket-anywhere/table");

        Assert.NotEqual(0, ended.Code);
        Assert.DoesNotContain("   at ", ended.Complaint, StringComparison.Ordinal);
    }

    static async Task<string> UploadAsync(string table, Ceph ceph)
    {
        var location = $"s3://{await ceph.CreateBucketAsync()}/some/table";
        var store = ObjectStores.Open(location, new StorageOptions { S3 = new S3Options { Endpoint = ceph.Endpoint, AccessKey = ceph.AccessKey, SecretKey = ceph.SecretKey } });
        foreach (var file in Directory.EnumerateFiles(table, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".crc", StringComparison.Ordinal)))
        {
            await using var content = File.OpenRead(file);
            await store.PutAsync($"{location}/{Path.GetRelativePath(table, file)}", content);
        }

        return location;
    }

    Task<Ended> RunAsync(Ceph ceph, params string[] arguments) =>
        Lake.RunAsync(folder.Path, null, [.. ceph.Environment.Select(variable => (variable.Key, variable.Value)), ("XDG_DATA_HOME", folder.Path)], arguments);
}
