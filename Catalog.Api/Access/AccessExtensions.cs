using LakeAspire.Catalog.Access.Audit;
using LakeAspire.Catalog.Access.Checks;

namespace LakeAspire.Catalog.Access;

/// <summary>Access as the service has it.</summary>
internal static class AccessExtensions
{
    public static void AddAccess(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AccessCache>();
        builder.Services.AddSingleton<AccessChanges>();
        builder.Services.AddSingleton<IAccess, AccessDecisions>();
        builder.Services.AddSingleton<AuditLog>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<AuditLog>());
    }
}
