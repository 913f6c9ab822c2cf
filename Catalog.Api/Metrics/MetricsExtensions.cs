namespace LakeAspire.Catalog.Metrics;

/// <summary>Reports of engines as the service has them.</summary>
internal static class MetricsExtensions
{
    public static void AddMetricsReports(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<MetricsOptions>().BindConfiguration(MetricsOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<MetricsStore>();
        builder.Services.AddHostedService<MetricsSweeper>();
    }
}
