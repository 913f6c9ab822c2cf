using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Values from outside.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a parameter; its value is the configuration's <c>Parameters:{name}</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.Add(name, _ => builder.Configuration[$"Parameters:{name}"]
            ?? throw new DistributedApplicationException($"Parameter '{name}' has no value: set the environment variable Parameters__{name.Replace('-', '_')}."), secret, manifestDefault: null);

    /// <summary>Adds a parameter with a value, which the configuration may override.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    /// <summary>Adds a parameter with a value found when it is needed, which the configuration may override.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false)
    {
        if (publishValueAsDefault && secret)
        {
            throw new ArgumentException("A parameter cannot be both secret and published as a default value.", nameof(secret));
        }

        return builder.Add(name, _ => builder.Configuration[$"Parameters:{name}"] ?? valueGetter(), secret, publishValueAsDefault ? new ConstantParameterDefault(valueGetter()) : null);
    }

    static IResourceBuilder<ParameterResource> Add(
        this IDistributedApplicationBuilder builder, string name, Func<ParameterDefault?, string> value, bool secret, ParameterDefault? manifestDefault) =>
        builder.AddResource(new ParameterResource(name, value, secret) { Default = manifestDefault });
}
