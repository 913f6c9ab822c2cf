using System.Text;
using Amazon.Runtime;

namespace Lakehouse.Storage.S3.Signing;

/// <summary>Signs requests of others with the credentials of a store, for a server that its clients reach under one or several addresses. What may be signed is for the caller to decide.</summary>
public sealed class S3RequestSigner
{
    readonly Lazy<AWSCredentials> credentials;
    readonly TimeProvider time;

    /// <param name="root">Location of the store.</param>
    /// <param name="options">How the server is reached.</param>
    /// <param name="publicEndpoint">Address under which clients reach the server, where it is another than the service's own; else empty.</param>
    /// <param name="time">Clock of signatures.</param>
    public S3RequestSigner(string root, S3Options options, string publicEndpoint, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(publicEndpoint);
        Bucket = S3Location.BucketOf(root);
        Region = S3ClientFactory.RegionOf(options);
        var own = S3ClientFactory.EndpointOf(options);
        Endpoints = [.. new[] { publicEndpoint, own }.Where(endpoint => endpoint.Length > 0).Distinct(StringComparer.Ordinal).Select(endpoint => new Uri(endpoint))];
        IsPathStyle = options.PathStyle ?? Endpoints.Count > 0;
        credentials = new Lazy<AWSCredentials>(() => S3ClientFactory.CredentialsOf(options));
        this.time = time;
    }

    /// <summary>Bucket of the store.</summary>
    public string Bucket { get; }

    /// <summary>Region that is signed for.</summary>
    public string Region { get; }

    /// <summary>Addresses of the server, the one for clients first; none for Amazon's.</summary>
    public IReadOnlyList<Uri> Endpoints { get; }

    /// <summary>Whether clients put the bucket into the path.</summary>
    public bool IsPathStyle { get; }

    /// <summary>The headers that a request has to be sent with: those given, and the signature. Servers take it for 15 minutes.</summary>
    /// <param name="method">Method.</param>
    /// <param name="uri">Address.</param>
    /// <param name="headers">Headers, all of which are signed; the host, the date and tokens among them are replaced.</param>
    /// <param name="body">The body, where it is known and has to be this one.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyDictionary<string, string>> SignAsync(
        string method, S3RequestUri uri, IReadOnlyDictionary<string, string> headers, string? body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(headers);
        cancellationToken.ThrowIfCancellationRequested();
        var keys = await credentials.Value.GetCredentialsAsync();
        var at = time.GetUtcNow();
        var signed = new Dictionary<string, string>(headers, StringComparer.OrdinalIgnoreCase) { ["host"] = uri.Authority, ["x-amz-date"] = SignatureV4.Time(at) };
        signed.Remove("authorization");
        signed.Remove("x-amz-security-token");
        var digest = body is not null ? SignatureV4.Digest(Encoding.UTF8.GetBytes(body)) : signed.GetValueOrDefault("x-amz-content-sha256", SignatureV4.Unsigned);
        signed["x-amz-content-sha256"] = digest;
        if (keys.Token is { Length: > 0 } token)
        {
            signed["x-amz-security-token"] = token;
        }

        signed["authorization"] = SignatureV4.Authorization(method, uri, signed, digest, at, Region, keys.AccessKey, keys.SecretKey);
        return signed;
    }
}
