namespace LakeAspire.Catalog.Recovery;

internal static class RecoveryExtensions
{
    /// <summary>Soft deletes, protection and rollback.</summary>
    public static void AddRecovery(this IServiceCollection services)
    {
        services.AddSingleton<Purges>();
        services.AddSingleton<LeftTables>();
        services.AddSingleton<Purger>();
        services.AddHostedService(provider => provider.GetRequiredService<Purger>());
        services.AddSingleton<DroppedStore>();
        services.AddSingleton<ProtectionStore>();
        services.AddSingleton<Rollback>();
        services.AddSingleton<TableHistory>();
    }
}
