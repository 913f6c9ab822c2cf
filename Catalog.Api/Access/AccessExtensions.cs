using LakeAspire.Catalog.Access.Audit;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Access.Grants;
using LakeAspire.Catalog.Access.Keys;
using LakeAspire.Catalog.Access.People;
using LakeAspire.Catalog.Access.Policies;
using LakeAspire.Catalog.Access.Principals;
using LakeAspire.Catalog.Access.Tokens;
using LakeAspire.ServiceDefaults.Authentication;

namespace LakeAspire.Catalog.Access;

/// <summary>Access as the service has it.</summary>
internal static class AccessExtensions
{
    public static void AddAccess(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<AccessCache>();
        services.AddSingleton<AccessChanges>();
        services.AddSingleton<IAccess, AccessDecisions>();
        services.AddSingleton<VisibleNames>();
        services.AddSingleton<VisibleTables>();
        services.AddSingleton<VisibleBranches>();
        services.AddSingleton<CommitRights>();
        services.AddSingleton<AuditLog>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditLog>());
        services.AddHostedService<AuditSweeper>();
        services.AddSingleton<KeySeal>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<TokenIssuer>();
        services.AddSingleton<LocalCredentials>();
        services.AddSingleton<ICredentials>(provider => provider.GetRequiredService<LocalCredentials>());
        services.AddSingleton<KeyUse>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyUse>());
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton<PrincipalStore>();
        services.AddSingleton<GrantStore>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<PeopleStore>();
        services.AddSingleton<PolicyTables>();
        services.AddHostedService<PolicyFieldFinder>();
        PolicyCheck.Add(builder);
    }

    public static void MapAccess(this WebApplication app)
    {
        app.MapTokens();
        app.MapPrincipals();
        app.MapGrants();
        app.MapApiKeys();
        app.MapPeople();
        app.MapPolicies();
        app.MapAudit();
    }
}
