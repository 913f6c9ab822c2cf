using Lakehouse.Formats;

namespace Lakehouse.Storage.S3;

/// <summary>Locations of S3: <c>s3://bucket/key</c>; <c>s3a:</c> and <c>s3n:</c>, as Hadoop writes them, mean the same.</summary>
internal static class S3Location
{
    static readonly string[] Schemes = ["s3://", "s3a://", "s3n://"];

    public static bool IsS3(string location) => Array.Exists(Schemes, scheme => location.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>The location as <c>s3:</c>; null when it is of another scheme.</summary>
    public static string? Canonical(string location)
    {
        var scheme = Array.Find(Schemes, scheme => location.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
        return scheme is null ? null : string.Concat(Schemes[0], location.AsSpan(scheme.Length));
    }

    /// <summary>The bucket of a location.</summary>
    public static string BucketOf(string location)
    {
        var rest = (Canonical(location) ?? throw LakehouseException.Unsupported($"location '{location}' is not an s3: location"))[Schemes[0].Length..];
        var bucket = rest.Split('/')[0];
        return bucket.Length is >= 3 and <= 255 && bucket.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            ? bucket
            : throw LakehouseException.InvalidData($"location '{location}' names no bucket");
    }
}
