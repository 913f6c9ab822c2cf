using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Lakehouse.Storage.S3.Signing;

/// <summary>
/// AWS's signature version 4 of a request's headers: HMAC-SHA256 over the date and scope and over the digest of method, path, parameters, headers in order and the digest of the body; the key is derived from the secret by date, region and
/// service.
/// </summary>
internal static partial class SignatureV4
{
    public const string Unsigned = "UNSIGNED-PAYLOAD";

    const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The value of <c>Authorization</c>. The headers have to hold the host and the date.</summary>
    public static string Authorization(string method, S3RequestUri uri, IReadOnlyDictionary<string, string> headers, string bodyDigest, DateTimeOffset at, string region, string accessKey, string secretKey)
    {
        var signed = headers.Select(header => (Name: header.Key.ToLowerInvariant(), Value: Spaces().Replace(header.Value.Trim(), " "))).OrderBy(header => header.Name, StringComparer.Ordinal).ToList();
        var names = string.Join(';', signed.Select(header => header.Name));
        var request = new StringBuilder();
        request.Append(method).Append('\n').Append(uri.CanonicalPath).Append('\n').Append(uri.CanonicalQuery).Append('\n');
        foreach (var (name, value) in signed)
        {
            request.Append(name).Append(':').Append(value).Append('\n');
        }

        request.Append('\n').Append(names).Append('\n').Append(bodyDigest);
        var day = at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var scope = $"{day}/{region}/s3/aws4_request";
        var text = $"{Algorithm}\n{Time(at)}\n{scope}\n{Digest(Encoding.UTF8.GetBytes(request.ToString()))}";
        var key = Sign(Sign(Sign(Sign(Encoding.UTF8.GetBytes("AWS4" + secretKey), day), region), "s3"), "aws4_request");
        return $"{Algorithm} Credential={accessKey}/{scope}, SignedHeaders={names}, Signature={Convert.ToHexStringLower(Sign(key, text))}";
    }

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    public static string Digest(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));

    static byte[] Sign(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    [GeneratedRegex(" {2,}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Spaces();
}
