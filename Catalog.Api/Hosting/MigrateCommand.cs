using LakeAspire.Catalog.Database;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Hosting;

/// <summary><c>LakeAspire.Catalog.Api migrate</c>: applies migrations and ends; the step of a deployment where the service itself may not.</summary>
internal static class MigrateCommand
{
    public const string Name = "migrate";

    public static async Task<int> RunAsync(IServiceProvider services)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<CatalogDb>>().CreateDbContextAsync();
        await MigrationService.ReachAsync(db, mayMigrate: true, services.GetRequiredService<ILoggerFactory>().CreateLogger(Name), CancellationToken.None);
        return 0;
    }
}
