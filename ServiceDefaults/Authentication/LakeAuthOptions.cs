using System.ComponentModel.DataAnnotations;

namespace LakeAspire.ServiceDefaults.Authentication;

/// <summary>The keys of this installation.</summary>
public sealed class LakeAuthOptions
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Lake:Auth";

    /// <summary>Key that services present to one another; at least 32 characters. Required.</summary>
    [Required, MinLength(32)]
    public string ServiceKey { get; set; } = "";

    /// <summary>Key of people and their tools; at least 32 characters. Required.</summary>
    [Required, MinLength(32)]
    public string UserKey { get; set; } = "";
}
