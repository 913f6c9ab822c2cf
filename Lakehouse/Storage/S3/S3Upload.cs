using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Amazon.S3;
using Amazon.S3.Model;
using Lakehouse.Storage.Remote;

namespace Lakehouse.Storage.S3;

/// <summary>A multipart upload.</summary>
internal sealed class S3Upload(AmazonS3Client client, string bucket, string key, string uploadId) : IRemoteUpload
{
    readonly ConcurrentDictionary<int, string> tags = new();

    public Task SendAsync(int number, ReadOnlyMemory<byte> part, CancellationToken cancellationToken) => CallAsync("writing a part", part.Length, async token =>
    {
        var bytes = MemoryMarshal.TryGetArray(part, out var segment) ? segment : part.ToArray();
        using var content = PartReader.StreamOf(bytes);
        var request = new UploadPartRequest { BucketName = bucket, Key = key, UploadId = uploadId, PartNumber = number, InputStream = content, PartSize = part.Length };
        tags[number] = (await client.UploadPartAsync(request, token)).ETag;
        return true;
    }, cancellationToken);

    /// <remarks>One that is not there any more was completed by the call before, whose answer was lost; or somebody gave it up.</remarks>
    public Task<bool> CompleteAsync(bool ifAbsent, CancellationToken cancellationToken) => CallAsync("completing an upload", 0, async token =>
    {
        var request = new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = uploadId, PartETags = [.. tags.OrderBy(t => t.Key).Select(t => new PartETag(t.Key, t.Value))] };
        try
        {
            await client.CompleteMultipartUploadAsync(request, token);
            return true;
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchUpload")
        {
            return false;
        }
    }, cancellationToken);

    public Task AbortAsync(CancellationToken cancellationToken) => CallAsync(
        "giving an upload up", 0, token => client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = uploadId }, token), cancellationToken);

    Task<T> CallAsync<T>(string what, long bytes, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) => S3Errors.CallAsync($"{what} in bucket '{bucket}'", bytes, call, cancellationToken);
}
