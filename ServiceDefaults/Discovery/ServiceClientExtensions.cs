using System.Net.Http.Headers;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LakeAspire.ServiceDefaults.Discovery;

/// <summary>HTTP clients of the other services, addressed as Aspire does: <c>services:{name}:http:0</c>.</summary>
public static class ServiceClientExtensions
{
    /// <summary>
    /// Adds the named <see cref="HttpClient"/> of a service (get it from <see cref="IHttpClientFactory"/> by the same name). It carries this service's key unless
    /// <paramref name="asService"/> is false, and retries what is safe to retry: GET, HEAD and requests that carry an Idempotency-Key, on 502, 503, 504 and broken connections.
    /// </summary>
    /// <param name="services">Where it is added.</param>
    /// <param name="name">The service.</param>
    /// <param name="asService">Whether it carries this service's key.</param>
    /// <param name="client">Name of the client when it is not that of the service.</param>
    public static IHttpClientBuilder AddServiceClient(this IServiceCollection services, string name, bool asService = true, string? client = null) =>
        services.AddHttpClient(client ?? name)
            .ConfigureHttpClient((provider, client) =>
            {
                client.BaseAddress = AddressOf(provider.GetRequiredService<IConfiguration>(), name);
                client.Timeout = Timeout.InfiniteTimeSpan;
                if (asService)
                {
                    var key = provider.GetRequiredService<IOptions<LakeAuthOptions>>().Value.ServiceKey;
                    client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
                }
            })
            .AddHttpMessageHandler(provider => new RetryHandler(provider.GetRequiredService<TimeProvider>()))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(5) })
            .RemoveAllLoggers();

    /// <summary>The address of a service.</summary>
    /// <exception cref="InvalidOperationException">It is not configured.</exception>
    public static Uri AddressOf(IConfiguration configuration, string name)
    {
        var key = $"services:{name}:http:0";
        var address = configuration[key] ?? throw new InvalidOperationException($"The address of '{name}' is not configured: set {key.Replace(":", "__")}.");
        return new Uri(address.TrimEnd('/') + "/");
    }
}
