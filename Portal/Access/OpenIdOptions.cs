namespace LakeAspire.Portal.Access;

/// <summary>A provider of OpenID Connect at which people sign in. Register <c>https://PORTAL/signin/openid/callback</c> there.</summary>
internal sealed class OpenIdOptions
{
    public const string SectionName = "Lake:Portal:OpenId";

    /// <summary>The issuer: an https address, below which the configuration is found. Default: none, nobody signs in this way.</summary>
    public string? Authority { get; set; }

    /// <summary>What the provider calls this portal.</summary>
    public string? ClientId { get; set; }

    /// <summary>The portal's secret at the provider; public clients have none.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>What stands on the button. Default: OpenID Connect.</summary>
    public string Name { get; set; } = "OpenID Connect";

    /// <summary>The claim that a new user is named by. Default: preferred_username.</summary>
    public string NameClaim { get; set; } = "preferred_username";

    public bool IsConfigured => !string.IsNullOrEmpty(Authority);

    /// <summary>What is wrong with these settings; null when nothing is.</summary>
    public string? Problem => !IsConfigured ? null
        : !Uri.TryCreate(Authority, UriKind.Absolute, out var uri) || !(uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)) ? "Authority"
        : string.IsNullOrEmpty(ClientId) ? "ClientId" : null;
}
