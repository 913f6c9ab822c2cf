using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LakeAspire.ServiceDefaults.Tests;

/// <summary>A service with the defaults and a few routes, over real HTTP.</summary>
internal sealed class TinyService : IAsyncDisposable
{
    public const string ServiceKey = "service-key-of-a-test-0123456789abcdef";
    public const string UserKey = "user-key-of-a-test-0123456789abcdef00";

    readonly WebApplication app;

    TinyService(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.Single());

    public static async Task<TinyService> StartAsync(Action<WebApplication> map, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Lake:Auth:ServiceKey"] = ServiceKey,
            ["Lake:Auth:UserKey"] = UserKey,
        });
        configure?.Invoke(builder);
        builder.AddServiceDefaults();
        var app = builder.Build();
        app.UseServiceDefaults();
        map(app);
        await app.StartAsync();
        return new TinyService(app);
    }

    public HttpClient Client(string? key = UserKey)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
