using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Lakehouse.Storage.Azure;

/// <summary>
/// Shared access signatures of Azure Blob Storage, signed with an account's key: of a container, or, where the account has a hierarchical namespace, of one folder in it. They let nobody delete.
/// </summary>
public sealed class AzureSharedAccess
{
    const string Version = "2021-12-02";

    readonly string container;
    readonly byte[] key;

    AzureSharedAccess(string account, string host, string container, byte[] key)
    {
        Account = account;
        Host = host;
        this.container = container;
        this.key = key;
    }

    /// <summary>The storage account.</summary>
    public string Account { get; }

    /// <summary>Host of its Blob service.</summary>
    public string Host { get; }

    /// <summary>What signs for the container of a location; null when its account is reached without a key.</summary>
    public static AzureSharedAccess? Create(string root, AzureOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var location = AzureLocation.Parse(root);
        var account = location.Account ?? FirstSet(options.Account, Variable("AZURE_STORAGE_ACCOUNT"));
        var key = FirstSet(options.AccountKey, Variable("AZURE_STORAGE_KEY"));
        var endpoint = FirstSet(options.Endpoint, Variable("AZURE_STORAGE_BLOB_ENDPOINT"));
        var host = endpoint is null ? location.Host ?? $"{account}.blob.core.windows.net" : new Uri(endpoint).Authority;
        return account is null || key is null ? null : new AzureSharedAccess(account, host, location.Container, Convert.FromBase64String(key));
    }

    /// <summary>A signature as the parameters of an address.</summary>
    /// <param name="folder">Folder in the container, without slashes at its ends; null = the whole container.</param>
    /// <param name="mayWrite">Whether it lets write.</param>
    /// <param name="expiresAt">When it ends.</param>
    public string Sign(string? folder, bool mayWrite, DateTimeOffset expiresAt)
    {
        var permissions = mayWrite ? "racwl" : "rl";
        var expiry = expiresAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var resource = folder is null ? "c" : "d";
        var place = $"/blob/{Account}/{container}{(folder is null ? "" : "/" + folder)}";

        // Permissions, start, expiry, resource, identifier, addresses, protocol, version, kind, snapshot, encryption scope, and five headers of answers.
        var text = string.Join('\n', permissions, "", expiry, place, "", "", "", Version, resource, "", "", "", "", "", "", "");
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
        var depth = folder is null ? "" : string.Create(CultureInfo.InvariantCulture, $"&sdd={folder.Split('/').Length}");
        return $"sv={Version}&sr={resource}{depth}&sp={permissions}&se={Uri.EscapeDataString(expiry)}&sig={Uri.EscapeDataString(signature)}";
    }

    static string? FirstSet(params string[] values) => Array.Find(values, value => value.Length > 0);

    static string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? "";
}
