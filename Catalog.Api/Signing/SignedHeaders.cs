namespace LakeAspire.Catalog.Signing;

/// <summary>Which headers of a request to S3 are signed. Others that S3 listens to could copy from elsewhere, open an object to the world or go round its retention.</summary>
internal static class SignedHeaders
{
    static readonly HashSet<string> OfS3 = new(StringComparer.OrdinalIgnoreCase)
    {
        "x-amz-content-sha256", "x-amz-date", "x-amz-decoded-content-length", "x-amz-trailer", "x-amz-checksum-mode", "x-amz-checksum-algorithm", "x-amz-checksum-type", "x-amz-sdk-checksum-algorithm",
        "x-amz-storage-class", "x-amz-user-agent", "x-amz-expected-bucket-owner", "x-amz-request-payer", "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id",
        "x-amz-server-side-encryption-bucket-key-enabled", "x-amz-optional-object-attributes", "x-amz-mp-object-size",
    };

    static readonly string[] OfS3Beginnings = ["x-amz-meta-", "x-amz-checksum-crc", "x-amz-checksum-sha"];

    /// <summary>Of those that the way changes or that say who asks, none is signed; they are sent all the same.</summary>
    static readonly HashSet<string> Unsigned = new(StringComparer.OrdinalIgnoreCase)
    {
        "authorization", "connection", "expect", "user-agent", "x-amzn-trace-id", "traceparent", "tracestate", "x-amz-security-token", "accept-encoding", "transfer-encoding", "amz-sdk-request", "amz-sdk-invocation-id",
    };

    /// <summary>The headers to sign.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">403: one is not signed; 400: one is malformed.</exception>
    public static Dictionary<string, string> Of(IReadOnlyDictionary<string, string[]>? headers)
    {
        var signed = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in headers ?? new Dictionary<string, string[]>(StringComparer.Ordinal))
        {
            if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) || values is null || values.Any(value => value is null || value.Any(char.IsControl)))
            {
                throw CatalogErrors.BadRequest($"headers: '{Naming.NamespaceName.Shown(name)}' is malformed");
            }

            if (Unsigned.Contains(name))
            {
                continue;
            }

            var isOfS3 = name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("x-rgw-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("x-minio-", StringComparison.OrdinalIgnoreCase);
            if (isOfS3 && !OfS3.Contains(name) && !Array.Exists(OfS3Beginnings, beginning => name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)))
            {
                throw CatalogErrors.Forbidden($"A request with the header '{name}' is not signed.");
            }

            if (!signed.TryAdd(name, string.Join(',', values)))
            {
                throw CatalogErrors.BadRequest($"headers: '{name}' is there twice");
            }
        }

        return signed.GetValueOrDefault("x-amz-content-sha256", "").StartsWith("STREAMING-AWS4-HMAC", StringComparison.Ordinal)
            ? throw CatalogErrors.BadRequest("a body whose chunks are signed one by one cannot be signed here: send UNSIGNED-PAYLOAD")
            : signed;
    }
}
