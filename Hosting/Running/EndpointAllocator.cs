using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace LakeAspire.Hosting.Running;

/// <summary>Gives every endpoint its address, on loopback: the port that it asks for, or a free one.</summary>
internal sealed class EndpointAllocator(DistributedApplicationModel model, HostingOptions options)
{
    // Below the range that systems take the ports of outgoing connections from, so that none of those gets in between choosing and listening.
    const int FreeFrom = 20_000;
    const int FreeTo = 32_000;

    /// <exception cref="DistributedApplicationException">A port is taken.</exception>
    public void Allocate()
    {
        var endpoints = model.Resources.SelectMany(r => r.Annotations.OfType<EndpointAnnotation>().Select(endpoint => (Resource: r, Endpoint: endpoint))).ToList();
        var taken = new HashSet<int>();
        foreach (var (resource, endpoint) in endpoints.Where(e => e.Endpoint.Port is > 0))
        {
            var port = endpoint.Port!.Value;
            if (!taken.Add(port))
            {
                throw new DistributedApplicationException($"Port {port} is asked for twice; the second time by {resource.Name} ({endpoint.Name}): {options.PortHint}.");
            }

            if (!IsFree(port))
            {
                throw new DistributedApplicationException($"Port {port} of {NameOf(resource, endpoint)} is taken: {options.PortHint}.");
            }

            endpoint.AllocatedEndpoint = new(endpoint, "127.0.0.1", port);
        }

        foreach (var (_, endpoint) in endpoints.Where(e => e.Endpoint.AllocatedEndpoint is null))
        {
            int port;
            do
            {
                port = RandomNumberGenerator.GetInt32(FreeFrom, FreeTo);
            }
            while (taken.Contains(port) || !IsFree(port));

            taken.Add(port);
            endpoint.AllocatedEndpoint = new(endpoint, "127.0.0.1", port);
        }
    }

    static string NameOf(IResource resource, EndpointAnnotation endpoint) =>
        resource.Annotations.OfType<EndpointAnnotation>().Count() > 1 ? $"{resource.Name} ({endpoint.Name})" : resource.Name;

    static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // As servers do: a port whose last connections are still winding down is free.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, !OperatingSystem.IsWindows());
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
