namespace LakeAspire.Transform.Lineage;

/// <summary>Lineage as a part of the worker.</summary>
internal static class LineageExtensions
{
    /// <summary>Adds what tells the catalog of lineage.</summary>
    public static IServiceCollection AddLineage(this IServiceCollection services)
    {
        services.AddOptions<LineageOptions>().BindConfiguration(LineageOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<LineageQueue>();
        services.AddSingleton<PipelineLineage>();
        services.AddSingleton<TableLineage>();
        services.AddHostedService<LineageSender>();
        return services;
    }
}
