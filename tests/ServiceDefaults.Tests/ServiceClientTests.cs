using System.Net;
using LakeAspire.ServiceDefaults.Discovery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.ServiceDefaults.Tests;

public class ServiceClientTests
{
    [Fact]
    public async Task A_client_finds_its_service_and_presents_the_services_key()
    {
        await using var other = await TinyService.StartAsync(app => app.MapGet("/who", (HttpContext context) => context.User.Identity!.Name));
        await using var provider = Services(other.Address);
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("other");
        Assert.Equal("service", await client.GetStringAsync("who"));
    }

    [Fact]
    public async Task Reading_is_tried_again_while_a_service_restarts_and_writing_is_not()
    {
        var (gets, posts) = (0, 0);
        await using var other = await TinyService.StartAsync(app =>
        {
            app.MapGet("/thing", () => Interlocked.Increment(ref gets) < 3 ? Results.StatusCode(503) : Results.Text("here"));
            app.MapPost("/thing", () =>
            {
                Interlocked.Increment(ref posts);
                return Results.StatusCode(503);
            });
        });
        await using var provider = Services(other.Address);
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("other");
        Assert.Equal("here", await client.GetStringAsync("thing"));
        Assert.Equal(3, gets);
        using var refused = await client.PostAsync("thing", new StringContent("x"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(1, posts);
    }

    [Fact]
    public void A_missing_address_names_the_setting()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => ServiceClientExtensions.AddressOf(new ConfigurationBuilder().Build(), "catalog-api"));
        Assert.Contains("services__catalog-api__http__0", failure.Message, StringComparison.Ordinal);
    }

    static ServiceProvider Services(Uri address)
    {
        var services = new ServiceCollection();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["services:other:http:0"] = address.ToString() }).Build());
        services.Configure<Authentication.LakeAuthOptions>(options => options.ServiceKey = TinyService.ServiceKey);
        services.AddServiceClient("other");
        return services.BuildServiceProvider();
    }
}
