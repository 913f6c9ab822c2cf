using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>An endpoint of a resource, before or after it has an address.</summary>
public sealed class EndpointReference(IResourceWithEndpoints owner, string endpointName) : IManifestExpressionProvider, IValueProvider
{
    /// <summary>Whose it is.</summary>
    public IResourceWithEndpoints Resource { get; } = owner;

    /// <summary>Its name.</summary>
    public string EndpointName { get; } = endpointName;

    /// <summary>What is known about it.</summary>
    /// <exception cref="InvalidOperationException">There is no such endpoint.</exception>
    public EndpointAnnotation EndpointAnnotation =>
        Find() ?? throw new InvalidOperationException($"The endpoint '{EndpointName}' does not exist on the resource '{Resource.Name}'.");

    /// <summary>Whether the resource has it.</summary>
    public bool Exists => Find() is not null;

    /// <summary>Whether it has an address.</summary>
    public bool IsAllocated => Find()?.AllocatedEndpoint is not null;

    /// <summary>Host.</summary>
    public string Host => Allocated.Address;

    /// <summary>Port.</summary>
    public int Port => Allocated.Port;

    /// <summary>Scheme.</summary>
    public string Scheme => EndpointAnnotation.UriScheme;

    /// <summary>URL without a path.</summary>
    public string Url => Allocated.UriString;

    /// <inheritdoc />
    public string ValueExpression => GetExpression(EndpointProperty.Url);

    AllocatedEndpoint Allocated => EndpointAnnotation.AllocatedEndpoint
        ?? throw new InvalidOperationException($"The endpoint '{EndpointName}' of the resource '{Resource.Name}' has no address before the application starts.");

    /// <summary>A part of it, as a value.</summary>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    /// <inheritdoc />
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => Property(EndpointProperty.Url).GetValueAsync(cancellationToken);

    internal string GetExpression(EndpointProperty property)
    {
        var name = property switch
        {
            EndpointProperty.IPV4Host => "host",
            EndpointProperty.TargetPort => "targetPort",
            _ => property.ToString().ToLowerInvariant(),
        };
        return $"{{{Resource.Name}.bindings.{EndpointName}.{name}}}";
    }

    EndpointAnnotation? Find() => Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => string.Equals(e.Name, EndpointName, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A part of an endpoint's address.</summary>
public enum EndpointProperty
{
    /// <summary>URL.</summary>
    Url,

    /// <summary>Host.</summary>
    Host,

    /// <summary>IP address.</summary>
    IPV4Host,

    /// <summary>Port.</summary>
    Port,

    /// <summary>Scheme.</summary>
    Scheme,

    /// <summary>Port that the resource itself listens on.</summary>
    TargetPort,
}

/// <summary>A part of an endpoint's address, as a value.</summary>
public sealed class EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property) : IManifestExpressionProvider, IValueProvider
{
    /// <summary>The endpoint.</summary>
    public EndpointReference Endpoint { get; } = endpointReference;

    /// <summary>The part.</summary>
    public EndpointProperty Property { get; } = property;

    /// <inheritdoc />
    public string ValueExpression => Endpoint.GetExpression(Property);

    /// <inheritdoc />
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Property switch
    {
        EndpointProperty.Url => Endpoint.Url,
        EndpointProperty.Host or EndpointProperty.IPV4Host => Endpoint.Host,
        EndpointProperty.Scheme => Endpoint.Scheme,
        _ => Endpoint.Port.ToString(CultureInfo.InvariantCulture),
    });
}
