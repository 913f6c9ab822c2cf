using System.ComponentModel.DataAnnotations;

namespace LakeAspire.Catalog.Access;

/// <summary>Settings of access.</summary>
internal sealed class AccessOptions
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Catalog:Access";

    /// <summary>How long a token is valid. Default 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>After which another key signs the tokens. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan KeyRotation { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Secret from which the key comes that seals the signing keys in the database; at least 32 characters. Default: the service key of the installation.</summary>
    [MinLength(32)]
    public string? SealKey { get; set; }

    /// <summary>How long somebody stays signed in without doing anything. Default 12 hours.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "90.00:00:00")]
    public TimeSpan SessionIdle { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long somebody stays signed in at the most. Default 14 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How long entries of the audit log are kept, at least 30 days. Default: for ever.</summary>
    [Range(typeof(TimeSpan), "30.00:00:00", "36500.00:00:00")]
    public TimeSpan? AuditRetention { get; set; }

    /// <summary>Whether whoever signs in by OpenID Connect for the first time becomes a user, one without any right. Default true.</summary>
    public bool SignUp { get; set; } = true;
}
