using LakeAspire.Catalog.Branches;

namespace LakeAspire.Catalog.History;

/// <summary>The services of history.</summary>
internal static class HistoryExtensions
{
    public static IServiceCollection AddHistory(this IServiceCollection services) => services
        .AddSingleton<LogReads>()
        .AddSingleton<WithheldMessages>()
        .AddSingleton<Differ>()
        .AddSingleton<Resetter>()
        .AddSingleton<TablePointers>()
        .AddSingleton<SnapshotFiles>()
        .AddSingleton<PastStates>()
        .AddSingleton<BranchPins>()
        .AddHostedService<BranchSweeper>();
}
