using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Lakehouse.Storage.Remote;

namespace Lakehouse.Storage.S3;

/// <summary>The calls of S3.</summary>
internal sealed class S3Backend(AmazonS3Client client, string bucket, S3Options options) : IRemoteBackend
{
    /// <summary>Name of the marker among an object's metadata, as <c>x-amz-meta-lakeaspire-put</c>.</summary>
    const string MarkerName = "lakeaspire-put";

    const long GiB = 1L << 30;

    public string Name => "S3";

    public long MaxPutBytes => 5 * GiB;

    /// <summary>Servers take the condition of a completion and don't hold it (Ceph).</summary>
    public bool HasConditionalUploads => false;

    public Task<RemoteChunk> ReadAsync(string key, long offset, int length, string? tag, CancellationToken cancellationToken) => CallAsync("reading", length, async token =>
    {
        // Ceph compares the tag as it stands, so that it goes without quotes.
        var request = new GetObjectRequest { BucketName = bucket, Key = key, ByteRange = new ByteRange(offset, offset + length - 1), EtagToMatch = tag };
        try
        {
            using var response = await client.GetObjectAsync(request, token);
            var total = TotalOf(response.ContentRange) ?? response.ContentLength;
            await using var body = response.ResponseStream;
            return await RemoteChunk.ReadAsync(body, (int)Math.Min(response.ContentLength, length), total, response.ETag?.Trim('"'), token);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return await RemoteChunk.ReadAsync(Stream.Null, 0, total: 0, tag: null, token);
        }
    }, cancellationToken);

    public Task<bool> PutAsync(string key, Stream content, bool ifAbsent, string marker, CancellationToken cancellationToken) => CallAsync("writing", content.Length, async token =>
    {
        var request = new PutObjectRequest { BucketName = bucket, Key = key, InputStream = content, AutoCloseStream = false, IfNoneMatch = ifAbsent ? "*" : null };
        request.Metadata[MarkerName] = marker;
        if (S3Encryption.Of(options) is { } encryption)
        {
            request.ServerSideEncryptionMethod = encryption;
            request.ServerSideEncryptionKeyManagementServiceKeyId = S3Encryption.KeyOf(options);
        }

        try
        {
            await client.PutObjectAsync(request, token);
            return true;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            return false;
        }
    }, cancellationToken);

    public Task<IRemoteUpload> BeginUploadAsync(string key, string marker, CancellationToken cancellationToken) => CallAsync<IRemoteUpload>("beginning an upload", 0, async token =>
    {
        var request = new InitiateMultipartUploadRequest { BucketName = bucket, Key = key };
        request.Metadata[MarkerName] = marker;
        if (S3Encryption.Of(options) is { } encryption)
        {
            request.ServerSideEncryptionMethod = encryption;
            request.ServerSideEncryptionKeyManagementServiceKeyId = S3Encryption.KeyOf(options);
        }

        var begun = await client.InitiateMultipartUploadAsync(request, token);
        return new S3Upload(client, bucket, key, begun.UploadId);
    }, cancellationToken);

    public Task<(IReadOnlyList<RemoteEntry> Entries, string? Next)> ListAsync(string prefix, string? token, CancellationToken cancellationToken) =>
        CallAsync<(IReadOnlyList<RemoteEntry>, string?)>("listing", 0, async t =>
        {
            var page = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket, Prefix = prefix, ContinuationToken = token }, t);
            var entries = (page.S3Objects ?? []).ConvertAll(item => new RemoteEntry(item.Key, item.Size ?? 0, InUtc(item.LastModified)));
            return (entries, page.IsTruncated == true ? page.NextContinuationToken : null);
        }, cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => CallAsync("deleting", 0, async token =>
    {
        try
        {
            return await client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = bucket, Key = key }, token);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchKey")
        {
            return null;
        }
    }, cancellationToken);

    public Task<RemoteEntry?> StatAsync(string key, CancellationToken cancellationToken) => CallAsync<RemoteEntry?>("looking at an object", 0, async token =>
    {
        try
        {
            var head = await client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket, Key = key }, token);
            return new RemoteEntry(key, head.ContentLength, InUtc(head.LastModified), head.Metadata[MarkerName]);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
    }, cancellationToken);

    public void Dispose() => client.Dispose();

    Task<T> CallAsync<T>(string what, long bytes, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) => S3Errors.CallAsync($"{what} in bucket '{bucket}'", bytes, call, cancellationToken);

    static DateTimeOffset InUtc(DateTime? time) => new(DateTime.SpecifyKind((time ?? DateTime.UnixEpoch).ToUniversalTime(), DateTimeKind.Utc));

    /// <summary>The whole length in <c>bytes 0-99/1234</c>.</summary>
    static long? TotalOf(string? contentRange) =>
        contentRange is not null && long.TryParse(contentRange.AsSpan(contentRange.LastIndexOf('/') + 1), System.Globalization.CultureInfo.InvariantCulture, out var total) ? total : null;
}
