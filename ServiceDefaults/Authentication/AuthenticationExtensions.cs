using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.ServiceDefaults.Authentication;

/// <summary>Authentication by key, on by default for every endpoint.</summary>
public static class AuthenticationExtensions
{
    /// <summary>Every endpoint without <c>AllowAnonymous</c> refuses a caller without a key; the policies <see cref="LakeRoles"/> ask for a role.</summary>
    internal static void AddApiKeyAuthentication(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<LakeAuthOptions>().BindConfiguration(LakeAuthOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddAuthentication(ApiKeyAuthenticationHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthenticationHandler>(ApiKeyAuthenticationHandler.SchemeName, configureOptions: null);
        builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(LakeRoles.Service, policy => policy.RequireRole(LakeRoles.Service))
            .AddPolicy(LakeRoles.User, policy => policy.RequireRole(LakeRoles.User, LakeRoles.Service));
    }
}
