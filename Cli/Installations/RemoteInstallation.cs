using LakeAspire.Cli.Calls;

namespace LakeAspire.Cli.Installations;

/// <summary>An installation known by its portal, which tells where the other services are.</summary>
internal static class RemoteInstallation
{
    public static async Task<Installation> FindAsync(Uri url, string key, CancellationToken cancellationToken)
    {
        if (url.Scheme == "http" && !url.IsLoopback)
        {
            await Console.Error.WriteLineAsync($"lake: the key goes to {url.Authority} unencrypted; use https where others can listen");
        }

        var portal = new Installation(new Dictionary<string, Uri>(StringComparer.Ordinal) { [Installation.Portal] = EndpointMap.Base(url) }, key, "--url");
        using var client = new LakeClient(portal);
        var endpoints = await client.GetAsync(Installation.Portal, "api/endpoints", CliJson.Default.DictionaryStringString, cancellationToken);
        return portal with { Endpoints = EndpointMap.Of(endpoints), Origin = $"the portal at {url.Authority}" };
    }
}

internal static class EndpointMap
{
    /// <summary>The addresses among the entries; others are no HTTP services.</summary>
    public static Dictionary<string, Uri> Of(Dictionary<string, string>? endpoints) => (endpoints ?? [])
        .Where(entry => Uri.TryCreate(entry.Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        .ToDictionary(entry => entry.Key, entry => Base(new Uri(entry.Value)), StringComparer.Ordinal);

    /// <summary>With a slash at its end, so that relative addresses go below it.</summary>
    public static Uri Base(Uri address) => new(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
}
