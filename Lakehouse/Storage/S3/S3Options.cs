namespace Lakehouse.Storage.S3;

/// <summary>How an S3 server is reached. What is not set here comes from where AWS's own tools take it: environment, profiles, the machine's role.</summary>
public sealed class S3Options
{
    /// <summary>Address of the server, <c>https://…</c>. Empty: Amazon's, or <c>AWS_ENDPOINT_URL_S3</c>.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>Region that requests are signed for. Empty: <c>AWS_REGION</c>, else <c>us-east-1</c>.</summary>
    public string Region { get; set; } = "";

    /// <summary>Whether the bucket stands in the path and not in the host's name. Null: yes when there is an endpoint.</summary>
    public bool? PathStyle { get; set; }

    /// <summary>Access key. Empty: the default chain of credentials.</summary>
    public string AccessKey { get; set; } = "";

    /// <summary>Secret of the access key.</summary>
    public string SecretKey { get; set; } = "";

    /// <summary>Token of temporary credentials.</summary>
    public string SessionToken { get; set; } = "";

    /// <summary>Encryption by the server, asked for with each write: empty for the bucket's own setting, <c>AES256</c> (SSE-S3) or <c>aws:kms</c> (SSE-KMS).</summary>
    public string Encryption { get; set; } = "";

    /// <summary>Key of SSE-KMS; empty for the bucket's.</summary>
    public string KmsKeyId { get; set; } = "";

    /// <summary>What is wrong with these options; each names its property.</summary>
    public IEnumerable<string> Problems()
    {
        if (Endpoint.Length > 0 && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            yield return $"{nameof(Endpoint)} is no http or https address";
        }

        if (AccessKey.Length > 0 != SecretKey.Length > 0)
        {
            yield return $"{nameof(AccessKey)} and {nameof(SecretKey)} go together";
        }

        if (Encryption is not ("" or "AES256" or "aws:kms"))
        {
            yield return $"{nameof(Encryption)} is AES256, aws:kms or empty";
        }

        if (KmsKeyId.Length > 0 && Encryption != "aws:kms")
        {
            yield return $"{nameof(KmsKeyId)} needs {nameof(Encryption)} aws:kms";
        }
    }

    /// <summary>Without its secrets.</summary>
    public override string ToString() => $"{(Endpoint.Length > 0 ? Endpoint : "AWS")} {Region}".TrimEnd();
}
