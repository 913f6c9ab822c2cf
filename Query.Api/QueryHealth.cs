using LakeAspire.Query.Workers;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LakeAspire.Query;

/// <summary>Ready for queries: the catalog answers.</summary>
internal sealed class CatalogHealth(IHttpClientFactory clients) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var client = clients.CreateClient(Services.Catalog);
        using var response = await client.GetAsync(new Uri("alive", UriKind.Relative), cancellationToken);
        return response.IsSuccessStatusCode ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"the catalog answers {(int)response.StatusCode}");
    }
}

/// <summary>Ready for queries: a worker is there, or can be started.</summary>
internal sealed class WorkerHealth(WorkerPool pool) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await pool.WarmUpAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
