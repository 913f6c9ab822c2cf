using Lakehouse.Formats;

namespace Lakehouse.Storage.Azure;

/// <summary>
/// A location of Azure Blob Storage: <c>az://container/path</c>, whose account the options name, or as Hadoop writes it, <c>abfss://container@account.dfs.core.windows.net/path</c> (also <c>abfs:</c>,
/// <c>wasbs:</c>, <c>wasb:</c>).
/// </summary>
/// <param name="Authority">Scheme, container and account as they stand in the location.</param>
/// <param name="Container">Container.</param>
/// <param name="Account">Account; null when the location names none.</param>
/// <param name="Host">Host of the account's Blob service; null when the location names none.</param>
internal sealed record AzureLocation(string Authority, string Container, string? Account, string? Host)
{
    static readonly string[] Schemes = ["az://", "abfss://", "abfs://", "wasbs://", "wasb://"];

    public static bool IsAzure(string location) => Array.Exists(Schemes, scheme => location.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    public static AzureLocation Parse(string location)
    {
        var scheme = Array.Find(Schemes, scheme => location.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) ?? throw LakehouseException.Unsupported($"location '{location}' is not of Azure Blob Storage");
        var slash = location.IndexOf('/', scheme.Length);
        var authority = slash < 0 ? location : location[..slash];
        var names = authority[scheme.Length..].Split('@');
        var host = names.Length == 2 ? names[1] : null;
        var isWhole = names.Length <= 2 && IsName(names[0]) && (host is null ? scheme == Schemes[0] : host.Split('.') is [var account, _, ..] && IsName(account) && host.Split('.').All(IsName));
        return isWhole
            ? new AzureLocation(authority, names[0], host?.Split('.')[0], host?.Replace(".dfs.", ".blob.", StringComparison.OrdinalIgnoreCase))
            : throw LakehouseException.InvalidData($"location '{location}' names no container, or no account");
    }

    /// <summary>A location of the same container in the way that this one is written; null when it is of another one.</summary>
    public string? Canonical(string location)
    {
        if (!IsAzure(location))
        {
            return null;
        }

        var other = Parse(location);
        return other.Container == Container && (other.Account is null || Account is null || other.Account == Account) ? Authority + location[other.Authority.Length..] : null;
    }

    static bool IsName(string name) => name.Length is > 0 and <= 63 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '$' or '_');
}
