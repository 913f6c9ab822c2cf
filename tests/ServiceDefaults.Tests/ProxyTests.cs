using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace LakeAspire.ServiceDefaults.Tests;

/// <summary>What proxies say of a request is believed of known ones alone.</summary>
public sealed class ProxyTests
{
    const string Said = "203.0.113.9 https lake.example";

    [Theory]
    [InlineData(null, false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.0/8", true)]
    public async Task Only_a_known_proxy_is_believed(string? known, bool isBelieved)
    {
        await using var service = await StartAsync(known);
        using var client = service.Client();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        client.DefaultRequestHeaders.Add("X-Forwarded-Host", "lake.example");
        var seen = await client.GetStringAsync(new Uri("seen", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(isBelieved, seen == Said);
        if (!isBelieved)
        {
            Assert.Equal($"127.0.0.1 http {service.Address.Authority}", seen);
        }
    }

    [Fact]
    public async Task What_a_client_claims_before_the_proxy_is_not_believed()
    {
        await using var service = await StartAsync("127.0.0.1");
        using var client = service.Client();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.1, 203.0.113.9");
        Assert.StartsWith("203.0.113.9 ", await client.GetStringAsync(new Uri("seen", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_address_stops_the_start() =>
        Assert.Contains("'proxy.local'", (await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync("proxy.local"))).Message, StringComparison.Ordinal);

    static Task<TinyService> StartAsync(string? known) => TinyService.StartAsync(
        app => app.MapGet("/seen", (HttpContext context) => $"{context.Connection.RemoteIpAddress} {context.Request.Scheme} {context.Request.Host}"),
        builder => builder.Configuration["Lake:Proxies:Known:0"] = known);
}
