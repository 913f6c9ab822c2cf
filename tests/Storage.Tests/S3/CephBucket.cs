using Amazon.S3;
using LakeAspire.Testing;
using Lakehouse.Formats.IO;
using Lakehouse.Storage.S3;

namespace Lakehouse.Storage.Tests.S3;

/// <summary>A bucket of one test's own on the Ceph gateway.</summary>
public sealed class CephBucket
{
    CephBucket(Ceph ceph, string name) => (Ceph, Name) = (ceph, name);

    public Ceph Ceph { get; }

    public string Name { get; }

    public S3Options Options => new() { Endpoint = Ceph.Endpoint, AccessKey = Ceph.AccessKey, SecretKey = Ceph.SecretKey };

    public static async Task<CephBucket> CreateAsync()
    {
        var ceph = await Ceph.StartAsync();
        return new CephBucket(ceph, await ceph.CreateBucketAsync());
    }

    /// <summary>A store below a prefix of the bucket.</summary>
    public IObjectStore Open(string prefix = "/a lake/of é", Func<HttpMessageHandler, HttpMessageHandler>? wrap = null) => S3ObjectStores.Open($"s3://{Name}{prefix}", Options, wrap: wrap);

    /// <summary>The SDK's client, to see what the store left.</summary>
    public AmazonS3Client Client() => new(Ceph.AccessKey, Ceph.SecretKey, new AmazonS3Config { ServiceURL = Ceph.Endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
}
