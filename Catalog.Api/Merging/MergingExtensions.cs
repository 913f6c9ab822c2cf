namespace LakeAspire.Catalog.Merging;

/// <summary>The services of merging.</summary>
internal static class MergingExtensions
{
    public static IServiceCollection AddMerging(this IServiceCollection services) => services
        .AddSingleton<MergeBaseFinder>()
        .AddSingleton<MergeReads>()
        .AddSingleton<MergeResultCheck>()
        .AddSingleton<PositionMerge>()
        .AddSingleton<MergePlanner>()
        .AddSingleton<MergeRights>()
        .AddSingleton<Merger>();
}
