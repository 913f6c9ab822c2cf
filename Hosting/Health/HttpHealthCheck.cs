using System.Net;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LakeAspire.Hosting.Health;

internal sealed class HttpHealthCheck(Func<Uri> address, int expected) : IHealthCheck
{
    static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(2), ActivityHeadersPropagator = null })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            using var response = await Client.GetAsync(address(), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)response.StatusCode == expected
                ? HealthCheckResult.Healthy($"HTTP {expected}")
                : HealthCheckResult.Unhealthy($"HTTP {(int)response.StatusCode}, not {expected}");
        }
        catch (HttpRequestException error)
        {
            return HealthCheckResult.Unhealthy(error.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("no answer within 5 s");
        }
    }
}
