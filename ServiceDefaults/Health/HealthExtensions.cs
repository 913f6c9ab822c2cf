using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LakeAspire.ServiceDefaults.Health;

internal static class HealthExtensions
{
    const string AliveTag = "alive";

    public static void AddDefaultHealthChecks(this WebApplicationBuilder builder) =>
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [AliveTag]);

    /// <summary><c>/health</c>: every check passes, ready for work. <c>/alive</c>: the process answers. Both are open to all and say nothing but the word.</summary>
    public static void MapDefaultHealthChecks(this WebApplication app)
    {
        app.MapHealthChecks("/health").AllowAnonymous();
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains(AliveTag) }).AllowAnonymous();
    }
}
