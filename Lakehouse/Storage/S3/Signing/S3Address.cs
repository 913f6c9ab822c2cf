using System.Text.RegularExpressions;
using Lakehouse.Formats;

namespace Lakehouse.Storage.S3.Signing;

/// <summary>Which bucket and key a request means: the bucket in the path, or in the name of the host.</summary>
/// <param name="Bucket">Bucket.</param>
/// <param name="Key">Key; empty for the bucket itself.</param>
public sealed partial record S3Address(string Bucket, string Key)
{
    /// <summary>The object as a location.</summary>
    public string Location => $"s3://{Bucket}/{Key}";

    /// <summary>Finds bucket and key.</summary>
    /// <param name="uri">The address.</param>
    /// <param name="endpoints">Addresses of the server; none for Amazon's.</param>
    /// <exception cref="LakehouseException">InvalidData: it is an address of another server, or names no bucket.</exception>
    public static S3Address Of(S3RequestUri uri, IReadOnlyList<Uri> endpoints)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(endpoints);
        foreach (var endpoint in endpoints)
        {
            var host = endpoint.Authority.ToLowerInvariant();
            if (uri.Authority == host)
            {
                return InPath(uri.Segments);
            }

            if (uri.Authority.EndsWith("." + host, StringComparison.Ordinal))
            {
                return new S3Address(uri.Authority[..^(host.Length + 1)], string.Join('/', uri.Segments));
            }
        }

        if (endpoints.Count == 0 && Amazon().Match(uri.Authority) is { Success: true } match)
        {
            return match.Groups["bucket"] is { Success: true, Value: var bucket } ? new S3Address(bucket, string.Join('/', uri.Segments)) : InPath(uri.Segments);
        }

        throw LakehouseException.InvalidData($"{uri.Authority} is not the server of this warehouse");
    }

    static S3Address InPath(IReadOnlyList<string> segments) => segments[0].Length > 0 ? new S3Address(segments[0], string.Join('/', segments.Skip(1))) : throw LakehouseException.InvalidData("the address names no bucket");

    [GeneratedRegex(@"^((?<bucket>[a-z0-9._-]+)\.)?s3([.-](dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(\.cn)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Amazon();
}
