using System.ComponentModel.DataAnnotations;

namespace LakeAspire.Catalog.Credentials;

/// <summary>How engines that have no key of the store reach the files of tables.</summary>
internal sealed class DelegationOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Catalog:Delegation";

    /// <summary>Whether requests to S3 are signed for clients. Default true.</summary>
    public bool RemoteSigning { get; set; } = true;

    /// <summary>Address under which clients reach the S3 server, where it is another than the one that this service uses. Default none.</summary>
    public string PublicEndpoint { get; set; } = "";

    /// <summary>ARN of the role whose credentials clients get for a while, narrowed to one table. Default none: no credentials are given, requests are signed instead.</summary>
    public string Role { get; set; } = "";

    /// <summary>Address of the security token service. Default: that of the S3 server, or Amazon's.</summary>
    public string TokenService { get; set; } = "";

    /// <summary>How long credentials hold. Default one hour.</summary>
    [Range(typeof(TimeSpan), "00:15:00", "12:00:00")]
    public TimeSpan CredentialLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Whether credentials of a role write only files that are not there yet: each upload has to carry <c>If-None-Match: *</c>. For stores that know the policy condition <c>s3:if-none-match</c> (Amazon's), and clients
    /// that send it; others then write nothing. Default false.
    /// </summary>
    public bool OnlyNewFiles { get; set; }

    /// <summary>Whether the Azure account has a hierarchical namespace, so that a signature can be for one table's folder. Without, only who may read the whole lake gets one, since it is for the whole container. Default false.</summary>
    public bool AzureFolders { get; set; }

    /// <summary>Bytes that the digests of needed files may take in memory. Default 64 MiB.</summary>
    [Range(1 << 20, 1L << 40)]
    public long NeededFilesBytes { get; set; } = 64 << 20;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, address) in new[] { (nameof(PublicEndpoint), PublicEndpoint), (nameof(TokenService), TokenService) })
        {
            if (address.Length > 0 && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.AbsolutePath == "/"))
            {
                yield return new ValidationResult($"{SectionName}:{name} is no http or https address without a path", [name]);
            }
        }
    }
}
