using LakeAspire.ServiceDefaults.Discovery;
using LakeAspire.Transform.Lineage;
using Lakehouse.Pipelines.Running;
using Lakehouse.Storage;
using Lakehouse.Storage.Caching;
using Lakehouse.Tables;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Pipelines;

/// <summary>Pipeline runs as a part of the worker.</summary>
public static class PipelineExtensions
{
    /// <summary>
    /// Adds the lake that the worker's parts share: the catalog's client, the store of the warehouse and the cache of its files. May be called by each of them.
    /// </summary>
    public static IServiceCollection AddLake(this IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(Lake)))
        {
            return services;
        }

        services.AddServiceClient("catalog-api");
        services.AddLineage();
        services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>>(new StorageOptionsCheck()));
        services.TryAddSingleton(provider => FileCache.Of(provider.GetRequiredService<IOptions<StorageOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new CatalogClient(provider.GetRequiredService<IHttpClientFactory>().CreateClient("catalog-api")));
        services.AddSingleton(provider => OpenLake(provider, provider.GetRequiredService<IOptions<StorageOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>Adds the pipelines of <c>Lake:Pipelines</c>: their registration, their triggers (<see cref="IPipelineTriggers"/>) and their runs.</summary>
    public static WebApplicationBuilder AddPipelines(this WebApplicationBuilder builder)
    {
        builder.Services.AddLake();
        builder.Services.AddOptions<PipelineOptions>()
            .BindConfiguration(PipelineOptions.SectionName)
            .Configure<IConfiguration>((options, configuration) => options.Folders = configuration.GetSection("Lake:Pipelines").Get<string[]>() ?? [])
            .ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PipelineOptions>>(new PipelineOptionsCheck()));
        builder.Services.AddSingleton<PipelineRegistry>();
        builder.Services.AddSingleton<TriggerQueue>();
        builder.Services.AddSingleton<PipelineTriggers>();
        builder.Services.AddSingleton<IPipelineTriggers>(provider => provider.GetRequiredService<PipelineTriggers>());
        builder.Services.AddSingleton<RunsClient>();
        builder.Services.AddSingleton<RunSignal>();
        builder.Services.AddSingleton(provider => new CatalogLake(provider.GetRequiredService<Lake>(), "transform-worker"));
        builder.Services.AddSingleton(RunnerOf);
        builder.Services.AddHostedService<ProjectRegistration>();
        builder.Services.AddHostedService<TriggerSender>();
        builder.Services.AddHostedService<RunWorker>();
        return builder;
    }

    static Lake OpenLake(IServiceProvider provider, StorageOptions options, TimeProvider time) =>
        new(provider.GetRequiredService<CatalogClient>(), ObjectStores.Open(options.Warehouse, options, time), time, cache: provider.GetRequiredService<FileCache>());

    static PipelineRunner RunnerOf(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<PipelineOptions>>().Value;
        var scratch = Path.Combine(provider.GetRequiredService<IOptions<StorageOptions>>().Value.Scratch, "runs");
        Directory.CreateDirectory(scratch);
        return new PipelineRunner(
            provider.GetRequiredService<CatalogLake>(),
            new RunnerOptions { MemoryLimit = (long)options.MemoryMegabytes << 20, Parallel = options.Parallel, ScratchFolder = scratch },
            provider.GetRequiredService<TimeProvider>());
    }

    sealed class StorageOptionsCheck : IValidateOptions<StorageOptions>
    {
        public ValidateOptionsResult Validate(string? name, StorageOptions options) =>
            options.Problems(nameof(StorageOptions.Warehouse), nameof(StorageOptions.Scratch)) is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }

    sealed class PipelineOptionsCheck : IValidateOptions<PipelineOptions>
    {
        public ValidateOptionsResult Validate(string? name, PipelineOptions options) =>
            options.Problems().ToArray() is { Length: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }
}
