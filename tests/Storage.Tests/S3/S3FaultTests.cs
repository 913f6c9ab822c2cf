using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Storage.S3;
using Lakehouse.Storage.Tests.Remote;

namespace Lakehouse.Storage.Tests.S3;

public sealed class S3FaultTests : RemoteFaultConformance
{
    protected override async Task<IObjectStore> OpenAsync(Func<HttpMessageHandler, HttpMessageHandler> wrap) => (await CephBucket.CreateAsync()).Open("/faults", wrap);

    [Theory]
    [InlineData("AES256", "", "AES256", null)]
    [InlineData("aws:kms", "", "aws:kms", null)]
    [InlineData("aws:kms", "key-1", "aws:kms", "key-1")]
    [InlineData("", "", null, null)]
    public async Task Encryption_is_asked_for_with_each_write(string encryption, string key, string? method, string? keyId)
    {
        FaultyHandler? requests = null;
        var options = new S3Options { Endpoint = "http://127.0.0.1:1", AccessKey = "a", SecretKey = "very secret", Encryption = encryption, KmsKeyId = key };
        var store = S3ObjectStores.Open("s3://bucket/a", options, wrap: _ => requests = new FaultyHandler(new Answering(), _ => Fault.None));
        await store.PutIfAbsentAsync("s3://bucket/a/x", new MemoryStream([1]));
        await store.PutAsync("s3://bucket/a/y", new LakeAspire.Conformance.ObjectStores.PatternStream(9 << 20));

        var writes = requests!.Requests.Where(r => (r.Method == HttpMethod.Put && !r.Uri.Query.Contains("partNumber", StringComparison.Ordinal)) || r.Uri.Query.Contains("uploads", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, writes.Count);
        Assert.All(writes, write =>
        {
            Assert.Equal(method, write.Headers.GetValueOrDefault("x-amz-server-side-encryption"));
            Assert.Equal(keyId, write.Headers.GetValueOrDefault("x-amz-server-side-encryption-aws-kms-key-id"));
        });
        Assert.DoesNotContain(requests.Requests, r => r.Headers.Values.Any(v => v.Contains("very secret", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("ftp://host", "", "", "", "Endpoint")]
    [InlineData("", "a", "", "", "SecretKey")]
    [InlineData("", "", "", "des", "Encryption")]
    public void Wrong_options_are_named(string endpoint, string access, string secret, string encryption, string named)
    {
        var options = new S3Options { Endpoint = endpoint, AccessKey = access, SecretKey = secret, Encryption = encryption };
        Assert.Contains(named, Assert.Throws<LakehouseException>(() => S3ObjectStores.Open("s3://bucket", options)).Message, StringComparison.Ordinal);
        Assert.Contains(named, Assert.Single(new StorageOptions { S3 = options }.Problems()), StringComparison.Ordinal);
    }

    /// <summary>A server that takes everything.</summary>
    sealed class Answering : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            const string begun = """<InitiateMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>bucket</Bucket><Key>a/y</Key><UploadId>1</UploadId></InitiateMultipartUploadResult>""";
            const string done = """<CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>bucket</Bucket><Key>a/y</Key><ETag>"1"</ETag></CompleteMultipartUploadResult>""";
            var body = request.Method == HttpMethod.Post ? request.RequestUri!.Query.Contains("uploads", StringComparison.Ordinal) ? begun : done : "";
            var answer = new HttpResponseMessage { RequestMessage = request, Content = new StringContent(body) };
            answer.Headers.TryAddWithoutValidation("ETag", "\"1\"");
            return Task.FromResult(answer);
        }
    }
}
