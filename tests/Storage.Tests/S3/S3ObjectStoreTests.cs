using LakeAspire.Conformance.ObjectStores;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace Lakehouse.Storage.Tests.S3;

public sealed class S3ObjectStoreTests : ObjectStoreConformance
{
    CephBucket? bucket;

    protected override bool DecodesNames => false;

    protected override async Task<IObjectStore> OpenAsync() => (bucket = await CephBucket.CreateAsync()).Open();

    protected override Task<IObjectStore> ReopenAsync() => Task.FromResult(bucket!.Open());

    protected override WriterProcess StartEndlessPut(string location, bool replace) =>
        WriterProcess.Start(typeof(S3ObjectStoreTests).Assembly.Location, Store.Root, location, replace, bucket!.Ceph.Environment);

    [Fact]
    public async Task Hadoops_names_of_the_scheme_mean_the_same()
    {
        await Store.PutAsync(At("x"), Bytes("hello"));
        foreach (var scheme in (string[])["s3a", "s3n"])
        {
            var location = scheme + At("x")[2..];
            Assert.Equal(5, (await Store.StatAsync(location))!.Size);
            await FailsAsync(LakehouseErrorKind.Denied, () => Store.StatAsync(location.Replace("lake-", "lake", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_whole_bucket_is_a_store()
    {
        var store = bucket!.Open(prefix: "");
        await store.PutAsync($"{store.Root}/x/y", Bytes("hello"));
        var listed = await store.ListAsync(store.Root).ToListAsync();
        Assert.Equal([$"{store.Root}/x/y"], listed.Select(i => i.Location));
    }

    [Fact]
    public async Task More_objects_than_a_page_holds_are_listed()
    {
        await Parallel.ForAsync(0, 1100, async (i, token) => await Store.PutAsync(At($"many/{i:D4}"), Bytes("x"), token));
        Assert.Equal(Enumerable.Range(0, 1100).Select(i => At($"many/{i:D4}")), (await ListAsync(At("many/"))).Select(i => i.Location));
    }

    [Fact]
    public async Task A_failed_large_put_leaves_no_parts()
    {
        using var content = new PatternStream(long.MaxValue, at: 30 << 20, then: () => throw new IOException("the caller went away"));
        await Assert.ThrowsAsync<IOException>(() => Store.PutAsync(At("large"), content));

        using var client = bucket!.Client();
        Assert.Empty((await client.ListMultipartUploadsAsync(bucket.Name)).MultipartUploads ?? []);
        Assert.Empty(await ListAsync(Store.Root));
    }

    [Fact]
    public async Task A_large_conditional_put_is_one_put()
    {
        const long size = 20 << 20;
        Assert.Equal(PutOutcome.Written, await Store.PutIfAbsentAsync(At("large"), new PatternStream(size)));
        Assert.Equal(PutOutcome.Exists, await Store.PutIfAbsentAsync(At("large"), new PatternStream(size)));
        await using var read = await Store.OpenReadAsync(At("large"));
        Assert.Equal(await PatternStream.HashAsync(size, TestContext.Current.CancellationToken), Convert.ToHexString(await System.Security.Cryptography.SHA256.HashDataAsync(read)));
        using var client = bucket!.Client();
        Assert.DoesNotContain("-", (await client.GetObjectMetadataAsync(bucket.Name, "a lake/of é/large")).ETag, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_object_that_is_replaced_while_it_is_read_is_a_conflict()
    {
        await Store.PutAsync(At("large"), new PatternStream(40 << 20));
        await using var read = await Store.OpenReadAsync(At("large"));
        await Store.PutAsync(At("large"), new PatternStream(41 << 20));
        Assert.Equal(LakehouseErrorKind.Conflict, (await Assert.ThrowsAsync<LakehouseException>(() => read.CopyToAsync(Stream.Null))).Kind);
    }

    [Fact]
    public async Task Wrong_keys_are_denied_and_a_missing_bucket_is_not_found()
    {
        var wrong = bucket!.Options;
        wrong.SecretKey = "wrong";
        var denied = Storage.S3.S3ObjectStores.Open(Store.Root, wrong);
        await FailsAsync(LakehouseErrorKind.Denied, () => denied.PutAsync(At("x"), Bytes("x")));
        await FailsAsync(LakehouseErrorKind.Denied, () => denied.OpenReadAsync(At("x")));
        var missing = Storage.S3.S3ObjectStores.Open("s3://no-such-bucket-here", bucket.Options);
        await FailsAsync(LakehouseErrorKind.NotFound, () => missing.PutAsync("s3://no-such-bucket-here/x", Bytes("x")));
    }
}
