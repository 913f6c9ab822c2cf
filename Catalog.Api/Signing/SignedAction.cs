using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats;
using Lakehouse.Storage;
using Lakehouse.Storage.S3.Signing;

namespace LakeAspire.Catalog.Signing;

/// <summary>What a request to S3 does.</summary>
internal enum SignedKind
{
    /// <summary>Reads an object, or asks about it.</summary>
    Read,

    /// <summary>Lists objects.</summary>
    List,

    /// <summary>Writes an object, or a part of one, or lets a half-written one go.</summary>
    Write,

    /// <summary>Deletes objects.</summary>
    Delete,
}

/// <summary>
/// A request to S3 as what it does to which objects. Only what engines need of S3 is understood, and what is not understood is not signed: each kind of request has its own list of parameters.
/// </summary>
/// <param name="Kind">What it does.</param>
/// <param name="Locations">The objects; of a list, the prefix.</param>
internal sealed record SignedAction(SignedKind Kind, IReadOnlyList<string> Locations)
{
    /// <summary>Objects that one request may delete.</summary>
    const int MaxDeleted = 1000;

    static readonly string[] ReadParameters = ["x-id", "partNumber", "versionId", "encoding-type"];
    static readonly string[] ListParameters = ["x-id", "list-type", "prefix", "delimiter", "continuation-token", "start-after", "marker", "max-keys", "fetch-owner", "encoding-type"];
    static readonly string[] PartListParameters = ["x-id", "uploadId", "max-parts", "part-number-marker", "encoding-type"];
    static readonly string[] UploadListParameters = ["x-id", "uploads", "prefix", "delimiter", "key-marker", "upload-id-marker", "max-uploads", "encoding-type"];
    static readonly string[] PutParameters = ["x-id", "partNumber", "uploadId"];

    /// <summary>Understands a request.</summary>
    /// <exception cref="ApiException">403: it is none that is signed; 400: it is malformed.</exception>
    public static SignedAction Of(string method, S3RequestUri uri, S3Address address, string? body)
    {
        var has = uri.Parameters.ContainsKey;
        return (method, address.Key.Length > 0) switch
        {
            ("GET", true) when has("uploadId") => OfObject(SignedKind.Write, uri, address, PartListParameters),
            ("GET" or "HEAD", true) => OfObject(SignedKind.Read, uri, address, ReadParameters),
            ("GET", false) when has("uploads") => OfList(SignedKind.Write, uri, address, UploadListParameters),
            ("GET", false) => OfList(SignedKind.List, uri, address, ListParameters),
            ("PUT", true) => OfObject(SignedKind.Write, uri, address, PutParameters),
            ("POST", true) when has("uploads") || has("uploadId") => OfObject(SignedKind.Write, uri, address, ["x-id", "uploads", "uploadId"]),
            ("POST", false) when has("delete") => OfDelete(uri, address, body),
            ("DELETE", true) when has("uploadId") => OfObject(SignedKind.Write, uri, address, ["x-id", "uploadId"]),
            ("DELETE", true) => OfObject(SignedKind.Delete, uri, address, ["x-id"]),
            _ => throw CatalogErrors.Forbidden($"{method} of {(address.Key.Length > 0 ? "an object" : "a bucket")} is not signed here with these parameters."),
        };
    }

    static SignedAction OfObject(SignedKind kind, S3RequestUri uri, S3Address address, string[] allowed)
    {
        CheckParameters(uri, allowed);
        return new SignedAction(kind, [Canonical(address.Location)]);
    }

    static SignedAction OfList(SignedKind kind, S3RequestUri uri, S3Address address, string[] allowed)
    {
        CheckParameters(uri, allowed);
        var prefix = uri.Parameters.GetValueOrDefault("prefix", "");
        if (prefix.Length == 0)
        {
            throw CatalogErrors.Forbidden("A list is signed for a prefix within the table only.");
        }

        // The prefix may end within a name: what stands before the last slash is a folder.
        var folder = prefix.LastIndexOf('/') is var slash and > 0 ? prefix[..slash] : throw CatalogErrors.Forbidden("A list is signed for a prefix within the table only.");
        Canonical($"s3://{address.Bucket}/{folder}");
        return new SignedAction(kind, [$"s3://{address.Bucket}/{prefix}"]);
    }

    static SignedAction OfDelete(S3RequestUri uri, S3Address address, string? body)
    {
        CheckParameters(uri, ["x-id", "delete"]);
        if (string.IsNullOrEmpty(body))
        {
            throw CatalogErrors.BadRequest("body is missing: what a request deletes stands there");
        }

        var keys = DeletedKeys.Read(body);
        return keys.Count is > 0 and <= MaxDeleted
            ? new SignedAction(SignedKind.Delete, keys.ConvertAll(key => Canonical($"s3://{address.Bucket}/{key}")))
            : throw CatalogErrors.BadRequest($"body names {keys.Count} keys: 1 to {MaxDeleted} are deleted at once");
    }

    static void CheckParameters(S3RequestUri uri, string[] allowed)
    {
        if (uri.Parameters.Keys.FirstOrDefault(name => !allowed.Contains(name, StringComparer.Ordinal)) is { } other)
        {
            throw CatalogErrors.Forbidden($"A request with the parameter '{Naming.NamespaceName.Shown(other)}' is not signed.");
        }
    }

    static string Canonical(string location)
    {
        try
        {
            var canonical = ObjectStores.Canonical(location);
            return canonical == location ? canonical : throw CatalogErrors.Forbidden("A key that ends with a slash is not signed.");
        }
        catch (LakehouseException exception)
        {
            throw CatalogErrors.Forbidden($"A request is not signed for this key: {exception.Message}.");
        }
    }
}
