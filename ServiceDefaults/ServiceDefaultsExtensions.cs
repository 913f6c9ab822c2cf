using LakeAspire.ServiceDefaults.Authentication;
using LakeAspire.ServiceDefaults.Errors;
using LakeAspire.ServiceDefaults.Health;
using LakeAspire.ServiceDefaults.Lifetime;
using LakeAspire.ServiceDefaults.Proxies;
using LakeAspire.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LakeAspire.ServiceDefaults;

/// <summary>What every service shares, in two calls: one on the builder, one on the app.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Adds telemetry, health checks, error mapping, authentication, service discovery and graceful shutdown.</summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrelDefaults();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.QuietFrameworkLogs();
        builder.AddTelemetry();
        builder.AddDefaultHealthChecks();
        builder.AddKnownProxies();
        builder.AddErrorMapping();
        builder.AddApiKeyAuthentication();
        builder.AddLifetime();
        return builder;
    }

    /// <summary>Maps <c>/health</c> and <c>/alive</c>, and puts known proxies, errors, authentication and authorization in front of all other endpoints.</summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        app.UseKnownProxies();
        app.UseErrorMapping();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapDefaultHealthChecks();
        return app;
    }
}
