using LakeAspire.Transform.Pipelines;
using Lakehouse.Engine;
using Lakehouse.Storage;
using Lakehouse.Tables;
using Lakehouse.Tables.Publishing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Publishing;

/// <summary>Publishing of tables as Delta as a part of the worker.</summary>
public static class PublishingExtensions
{
    /// <summary>Publishes every table's snapshots on <c>main</c> as Delta for as long as the host runs, as <see cref="PublishingOptions"/> say.</summary>
    public static WebApplicationBuilder AddPublishing(this WebApplicationBuilder builder)
    {
        builder.Services.AddLake();
        builder.Services.AddOptions<PublishingOptions>().BindConfiguration(PublishingOptions.SectionName).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PublishingOptions>>(new ValidatePublishingOptions()));
        builder.Services.AddSingleton<PublicationsClient>();
        builder.Services.AddSingleton(PublishersOf);
        builder.Services.AddHostedService<PublishingLoop>();
        return builder;
    }

    static TablePublishers PublishersOf(IServiceProvider provider)
    {
        var scratch = Path.Combine(provider.GetRequiredService<IOptions<StorageOptions>>().Value.Scratch, "publishing");
        Directory.CreateDirectory(scratch);
        return new TablePublishers(
            provider.GetRequiredService<Lake>().Store,
            provider.GetRequiredService<Lake>().Files,
            scratch,
            new DuckDbOptions { MemoryLimit = provider.GetRequiredService<IOptions<PublishingOptions>>().Value.MemoryLimit, TempFolder = scratch, Threads = 1 },
            provider.GetRequiredService<TimeProvider>());
    }
}
