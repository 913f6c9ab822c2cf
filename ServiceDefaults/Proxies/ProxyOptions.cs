using System.ComponentModel.DataAnnotations;
using System.Net;

namespace LakeAspire.ServiceDefaults.Proxies;

/// <summary>Reverse proxies in front of the services.</summary>
public sealed class ProxyOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Lake:Proxies";

    /// <summary>Addresses (<c>10.0.0.7</c>) and networks (<c>10.0.0.0/24</c>) of the proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed. Default none: these headers are ignored.</summary>
    public IList<string> Known { get; init; } = [];

    /// <summary>How many proxies a request passes at the most. Default 1.</summary>
    [Range(1, 16)]
    public int Hops { get; set; } = 1;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var text in Known.Where(text => !IPAddress.TryParse(text, out _) && !IPNetwork.TryParse(text, out _)))
        {
            yield return new ValidationResult($"{SectionName}:{nameof(Known)}: '{text}' is neither an address nor a network such as 10.0.0.0/24", [nameof(Known)]);
        }
    }
}
