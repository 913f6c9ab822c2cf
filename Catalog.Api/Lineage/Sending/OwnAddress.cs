using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Lineage.Sending;

/// <summary>
/// Keeps the service from sending events to itself, where each would come back for ever: it does not start with an address of its own, and events carry a mark of the installation, by which one
/// that comes home through a proxy or another instance is refused.
/// </summary>
internal sealed class OwnAddress(IServer server, IOptions<LineageOptions> options, IOptions<LakeAuthOptions> keys) : IHostedLifecycleService
{
    /// <summary>Says which installation sends an event on.</summary>
    public const string SenderHeader = "LakeAspire-Sender";

    /// <summary>The mark of this installation: the same in all instances, and nothing that anybody could use.</summary>
    public string Mark { get; } = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(keys.Value.ServiceKey), "sender of lineage"u8))[..16];

    /// <summary>Whether a request is an event of this installation that came back.</summary>
    public bool IsOwn(HttpRequest request) => request.Headers[SenderHeader] == Mark;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Url is { } url && await IsHereAsync(url, server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [], cancellationToken))
        {
            throw new OptionsValidationException(
                LineageOptions.SectionName, typeof(LineageOptions),
                [$"{LineageOptions.SectionName}:Url is this service's own address, {url.GetLeftPart(UriPartial.Authority)}: every event would come back. Name the service that events are to be sent on to, or leave it out."]);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Whether an address is one that this process listens on: the same port, by any name of this machine.</summary>
    static async Task<bool> IsHereAsync(Uri url, IEnumerable<string> listening, CancellationToken cancellationToken)
    {
        var bound = listening.Select(BindingAddress.Parse).Where(b => b.Port == url.Port).ToList();
        if (bound.Count == 0)
        {
            return false;
        }

        if (bound.Any(b => b.Host.Equals(url.Host, StringComparison.OrdinalIgnoreCase)))
        {
            return true;
        }

        try
        {
            var own = NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address.MapToIPv6()).ToHashSet();
            var meant = (await Dns.GetHostAddressesAsync(url.IdnHost.Trim('[', ']'), cancellationToken)).Where(a => IPAddress.IsLoopback(a) || own.Contains(a.MapToIPv6())).ToList();
            return meant.Exists(address => bound.Exists(b => !IPAddress.TryParse(b.Host.Trim('[', ']'), out var host)
                ? !b.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.IsLoopback(address)
                : host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any) || host.MapToIPv6().Equals(address.MapToIPv6())));
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or NetworkInformationException)
        {
            // A name that nobody knows is not this machine's; whether anything answers there is another matter.
            return false;
        }
    }
}
