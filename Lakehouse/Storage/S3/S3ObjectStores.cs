using Lakehouse.Formats.IO;
using Lakehouse.Storage.Remote;

namespace Lakehouse.Storage.S3;

/// <summary>Stores in a bucket of an S3 server.</summary>
public static class S3ObjectStores
{
    /// <summary>
    /// Opens the store of all objects below a location. Commit files are conditional single puts (<c>If-None-Match: *</c>): the server must know them, as Amazon's, Ceph's and MinIO's do. Parts of a large
    /// object whose writer was killed stay in the bucket, invisible, until its rule for incomplete uploads removes them.
    /// </summary>
    /// <param name="root"><c>s3://bucket</c> or <c>s3://bucket/prefix</c>.</param>
    /// <param name="options">How the server is reached.</param>
    /// <param name="time">Clock of retries; the system's if null.</param>
    /// <param name="wrap">Puts a handler around the one that sends requests.</param>
    public static IObjectStore Open(string root, S3Options options, TimeProvider? time = null, Func<HttpMessageHandler, HttpMessageHandler>? wrap = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        ArgumentNullException.ThrowIfNull(options);
        var bucket = S3Location.BucketOf(root);
        var canonical = S3Location.Canonical(root)!;
        return new RemoteObjectStore(
            new RemoteRoot(canonical, S3Location.Canonical, $"s3://{bucket}".Length), new S3Backend(S3ClientFactory.Create(options, wrap), bucket, options), time ?? TimeProvider.System);
    }
}
