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
        // A redirect would take events, and the key, to where nobody meant them to go.
        builder.Services.AddHttpClient(OutboxSender.ClientName, client => client.Timeout = Timeout).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        builder.Services.AddSingleton<DatasetNames>();
        builder.Services.AddSingleton<LineageStore>();
        builder.Services.AddSingleton<LineageReads>();
        builder.Services.AddSingleton<LineageMoments>();
        builder.Services.AddSingleton<LineageGraph>();
        builder.Services.AddSingleton<LineageRuns>();
        builder.Services.AddSingleton<OwnAddress>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OwnAddress>());
        builder.Services.AddSingleton<OutboxSignal>();
        builder.Services.AddSingleton<InboxSignal>();
        builder.Services.AddHostedService<InboxReader>();
        builder.Services.AddHostedService<OutboxSender>();
        builder.Services.AddHostedService<LineageSweeper>();
    }
}
