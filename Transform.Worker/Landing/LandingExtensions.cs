using LakeAspire.Transform.Pipelines;
using Lakehouse.Sources.Declarations;
using Lakehouse.Sources.Landing;
using Lakehouse.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Landing;

/// <summary>The way from the landing zone to bronze.</summary>
public static class LandingExtensions
{
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
        services.AddLake();
        services.AddSingleton(provider => OpenLanding(provider.GetRequiredService<IOptions<StorageOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => DeclaredStreams.Load(provider.GetRequiredService<IConfiguration>().GetSection("Lake:Pipelines").Get<string[]>() ?? []));
        services.AddSingleton<BatchLoader>();
        services.AddHostedService<LandingLoop>();
        return services;
    }

    static LandingZone OpenLanding(StorageOptions options, TimeProvider time) => new(ObjectStores.Open(options.Landing, options, time));
}
