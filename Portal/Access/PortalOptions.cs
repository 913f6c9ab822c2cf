using System.ComponentModel.DataAnnotations;

namespace LakeAspire.Portal.Access;

/// <summary>Who may reach the portal, and for how long.</summary>
internal sealed class PortalOptions
{
    public const string SectionName = "Lake:Portal";

    /// <summary>Names by which the portal is reached besides 127.0.0.1, localhost and [::1]: <c>host</c> or <c>host:port</c>, as in the Host header, separated by semicolons. Default: none.</summary>
    public string AllowedHosts { get; set; } = "";

    /// <summary>Folder of the keys that seal the session cookies, so that people stay signed in when the portal restarts. Default: none, the keys die with the process.</summary>
    public string? KeysDirectory { get; set; }

    /// <summary>How long a sign-in link is valid. Default: 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SignInLinkLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a session lasts without use. Default: 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Rows that the SQL page asks for at most. Default: 10,000.</summary>
    [Range(1, 100_000)]
    public int MaxResultRows { get; set; } = 10_000;
}
