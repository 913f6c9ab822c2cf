using Lakehouse.Formats;
using Lakehouse.Sources.Landing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LakeAspire.Ingest;

/// <summary>Whether the landing zone can be reached.</summary>
internal sealed class LandingHealthCheck(LandingZone landing) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await landing.StreamsAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (LakehouseException e)
        {
            return HealthCheckResult.Unhealthy("the landing zone cannot be reached", e);
        }
    }
}
