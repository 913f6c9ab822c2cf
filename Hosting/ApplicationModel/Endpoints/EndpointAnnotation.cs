using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A place where a resource listens.</summary>
public sealed class EndpointAnnotation(
    ProtocolType protocol, string? uriScheme = null, string? transport = null, string? name = null, int? port = null, int? targetPort = null, bool? isExternal = null, bool isProxied = true)
    : IResourceAnnotation
{
    /// <summary>TCP or UDP.</summary>
    public ProtocolType Protocol { get; } = protocol;

    /// <summary>http, https or tcp.</summary>
    public string UriScheme { get; } = uriScheme ?? "tcp";

    /// <summary>http, http2 or tcp.</summary>
    public string Transport { get; } = transport ?? (uriScheme is "http" or "https" ? "http" : "tcp");

    /// <summary>Unique in the resource.</summary>
    public string Name { get; } = name ?? uriScheme ?? "tcp";

    /// <summary>The port to listen on; null for any free one.</summary>
    public int? Port { get; set; } = port;

    /// <summary>The port inside a container.</summary>
    public int? TargetPort { get; set; } = targetPort;

    /// <summary>Reachable from outside when deployed.</summary>
    public bool IsExternal { get; set; } = isExternal ?? false;

    /// <summary>Kept for the model's sake: here a resource always listens itself.</summary>
    public bool IsProxied { get; set; } = isProxied;

    /// <summary>The environment variable that tells the resource the port.</summary>
    internal string? PortVariable { get; init; }

    /// <summary>Where the resource listens in this run.</summary>
    public AllocatedEndpoint? AllocatedEndpoint { get; set; }
}

/// <summary>A place where a resource listens in this run.</summary>
public sealed class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port)
{
    /// <summary>The endpoint.</summary>
    public EndpointAnnotation Endpoint { get; } = endpoint;

    /// <summary>Host name or IP address.</summary>
    public string Address { get; } = address;

    /// <summary>The port.</summary>
    public int Port { get; } = port;

    /// <summary>The scheme.</summary>
    public string UriScheme => Endpoint.UriScheme;

    /// <summary>As a URI, without a path.</summary>
    public string UriString => $"{UriScheme}://{Address}:{Port}";
}
