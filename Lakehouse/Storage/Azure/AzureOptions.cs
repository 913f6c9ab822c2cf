namespace Lakehouse.Storage.Azure;

/// <summary>How Azure Blob Storage is reached.</summary>
public sealed class AzureOptions
{
    /// <summary>Storage account, for <c>az:</c> locations, which don't name one. Empty: <c>AZURE_STORAGE_ACCOUNT</c>.</summary>
    public string Account { get; set; } = "";

    /// <summary>Address of the account's Blob service, for servers of one's own. Empty: <c>AZURE_STORAGE_BLOB_ENDPOINT</c>, else <c>https://ACCOUNT.blob.core.windows.net</c>.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>Shared key of the account. Empty: <c>AZURE_STORAGE_KEY</c>; where that is not set either, Azure.Identity signs in (environment, managed identity, Azure CLI).</summary>
    public string AccountKey { get; set; } = "";

    /// <summary>What is wrong with these options; each names its property.</summary>
    public IEnumerable<string> Problems()
    {
        if (Endpoint.Length > 0 && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            yield return $"{nameof(Endpoint)} is no http or https address";
        }

        if (AccountKey.Length > 0 && !Convert.TryFromBase64String(AccountKey, new byte[AccountKey.Length], out _))
        {
            yield return $"{nameof(AccountKey)} is not in base64";
        }
    }

    /// <summary>Without its secrets.</summary>
    public override string ToString() => $"{(Endpoint.Length > 0 ? Endpoint : "Azure")} {Account}".TrimEnd();
}
