using LakeAspire.ServiceDefaults.Discovery;
using Lakehouse.Sources.Declarations;
using Lakehouse.Sources.Landing;
using Lakehouse.Storage;
using Lakehouse.Tables;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Landing;

/// <summary>The way from the landing zone to bronze.</summary>
public static class LandingExtensions
{
    const string CatalogApi = "catalog-api";

    /// <summary>
    /// Loads landing files into bronze for as long as the host runs. Needs <c>Lake:Storage</c>, the address of the catalog, the projects in <c>Lake:Pipelines</c>, and an
    /// <see cref="Pipelines.IPipelineTriggers"/>, which is told of each commit.
    /// </summary>
    public static IServiceCollection AddLanding(this IServiceCollection services)
    {
        services.AddOptions<LandingOptions>().BindConfiguration(LandingOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LandingOptions>, ValidateLandingOptions>());
        services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, ValidateWorkerStorage>());
        if (!services.Any(service => service.ServiceType == typeof(Lake)))
        {
            services.AddServiceClient(CatalogApi);
            services.AddSingleton(provider => new Lake(
                new CatalogClient(provider.GetRequiredService<IHttpClientFactory>().CreateClient(CatalogApi)),
                ObjectStores.Open(provider.GetRequiredService<IOptions<StorageOptions>>().Value.Warehouse, provider.GetRequiredService<TimeProvider>()),
                provider.GetRequiredService<TimeProvider>()));
        }

        services.AddSingleton(provider => new LandingZone(
            ObjectStores.Open(provider.GetRequiredService<IOptions<StorageOptions>>().Value.Landing, provider.GetRequiredService<TimeProvider>())));
        services.AddSingleton(provider => DeclaredStreams.Load(provider.GetRequiredService<IConfiguration>().GetSection("Lake:Pipelines").Get<string[]>() ?? []));
        services.AddSingleton<BatchLoader>();
        services.AddHostedService<LandingLoop>();
        return services;
    }
}
