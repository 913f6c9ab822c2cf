using LakeAspire.ServiceDefaults.Discovery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LakeAspire.ServiceDefaults.Authentication;

/// <summary>Authentication by keys of the installation, and by tokens and API keys of the catalog; on by default for every endpoint.</summary>
public static class AuthenticationExtensions
{
    /// <summary>
    /// Every endpoint without <c>AllowAnonymous</c> refuses a caller without a credential, and, unless it says <see cref="ForPrincipals{TBuilder}"/>, everybody but services, the operator and
    /// administrators; the policies <see cref="LakeRoles"/> ask for a role.
    /// </summary>
    internal static void AddApiKeyAuthentication(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<LakeAuthOptions>().BindConfiguration(LakeAuthOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddAuthentication(ApiKeyAuthenticationHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthenticationHandler>(ApiKeyAuthenticationHandler.SchemeName, configureOptions: null);
        builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole(LakeRoles.User, LakeRoles.Service).Build())
            .AddPolicy(LakeRoles.Service, policy => policy.RequireRole(LakeRoles.Service))
            .AddPolicy(LakeRoles.User, policy => policy.RequireRole(LakeRoles.User, LakeRoles.Service))
            .AddPolicy(LakeRoles.Principal, policy => policy.RequireAuthenticatedUser());
        builder.Services.TryAddSingleton<ICredentials, RemoteCredentials>();
        builder.Services.TryAddSingleton<CatalogKeySet>();
        builder.Services.TryAddSingleton<CatalogRights>();

        // A service that knows no catalog knows the installation's keys all the same.
        builder.Services.AddHttpClient();
        if (builder.Configuration[$"services:{RemoteCredentials.Service}:http:0"] is not null)
        {
            builder.Services.AddServiceClient(RemoteCredentials.Service, client: RemoteCredentials.Client);
        }
    }

    /// <summary>Opens an endpoint to everybody who is known: it decides by grants what the caller may.</summary>
    public static TBuilder ForPrincipals<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(LakeRoles.Principal);
}
