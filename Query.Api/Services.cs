using LakeAspire.Query.Expansion;
using LakeAspire.Query.Parsing;
using LakeAspire.Query.Policies;
using LakeAspire.Query.Resolution;
using LakeAspire.Query.Sql;
using LakeAspire.Query.Tables;
using LakeAspire.Query.Workers;
using LakeAspire.ServiceDefaults.Discovery;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage;
using Lakehouse.Storage.Caching;
using Lakehouse.Tables;
using Microsoft.Extensions.Options;

namespace LakeAspire.Query;

internal static class Services
{
    public const string Catalog = "catalog-api";
    static readonly TimeSpan HealthLimit = TimeSpan.FromSeconds(5);

    public static void AddQueries(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<QueryOptions>().BindConfiguration(QueryOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageRequired>();
        services.AddServiceClient(Catalog);
        services.AddTransient(provider => new CatalogClient(provider.GetRequiredService<IHttpClientFactory>().CreateClient(Catalog)));
        services.AddTransient(provider => new Lake(provider.GetRequiredService<CatalogClient>(), provider.GetRequiredService<IObjectStore>(), provider.GetRequiredService<TimeProvider>(), cache: provider.GetRequiredService<FileCache>()));
        services.AddSingleton(provider => FileCache.Of(provider.GetRequiredService<IOptions<StorageOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => OpenWarehouse(provider.GetRequiredService<IOptions<StorageOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ManifestCache(provider.GetRequiredService<IOptions<QueryOptions>>().Value.ManifestCache));
        services.AddSingleton<MetadataCache>().AddSingleton<PolicyReader>();
        services.AddTransient(provider => new CatalogResolution(provider.GetRequiredService<IHttpClientFactory>().CreateClient(Catalog)));
        services.AddTransient<RelationOpener>().AddTransient<StatementExpander>();
        services.AddSingleton<TrustedEngine>().AddSingleton<SqlParser>().AddSingleton<WorkerPool>().AddSingleton<QueryRunner>();
        services.AddSingleton<QueryFolders>().AddHostedService(provider => provider.GetRequiredService<QueryFolders>());
        services.AddSingleton<QueryUses>().AddTransient<TableResolver>().AddTransient<SqlEndpoint>().AddTransient<PolicyCheck>();
        services.AddHealthChecks().AddCheck<CatalogHealth>("catalog", timeout: HealthLimit).AddCheck<WorkerHealth>("worker", timeout: HealthLimit);
    }

    static IObjectStore OpenWarehouse(StorageOptions options, TimeProvider time) => ObjectStores.Open(options.Warehouse, options, time);

    /// <summary>Tables are read from the warehouse, and queries spill to the scratch folder.</summary>
    sealed class StorageRequired : IValidateOptions<StorageOptions>
    {
        public ValidateOptionsResult Validate(string? name, StorageOptions options) =>
            options.Problems(nameof(StorageOptions.Warehouse), nameof(StorageOptions.Scratch)) is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }
}
