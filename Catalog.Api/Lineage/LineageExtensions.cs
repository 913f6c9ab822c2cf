using LakeAspire.Catalog.Lineage.Ingest;
using LakeAspire.Catalog.Lineage.Queries;
using LakeAspire.Catalog.Lineage.Sending;

namespace LakeAspire.Catalog.Lineage;

/// <summary>Lineage as a part of the service.</summary>
internal static class LineageExtensions
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static void AddLineage(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<LineageOptions>().BindConfiguration(LineageOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHttpClient(OutboxSender.ClientName, client => client.Timeout = Timeout);
        builder.Services.AddSingleton<DatasetNames>();
        builder.Services.AddSingleton<LineageStore>();
        builder.Services.AddSingleton<LineageReads>();
        builder.Services.AddSingleton<LineageMoments>();
        builder.Services.AddSingleton<LineageGraph>();
        builder.Services.AddSingleton<LineageRuns>();
        builder.Services.AddSingleton<OutboxSignal>();
        builder.Services.AddHostedService<OutboxSender>();
        builder.Services.AddHostedService<LineageSweeper>();
    }
}
