using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using LakeAspire.Portal.Lake;
using Microsoft.AspNetCore.Components.Authorization;

namespace LakeAspire.Portal.Access;

public sealed record Me(string Name, string Kind, bool Administrator, IReadOnlyList<string> Groups);

public sealed record Principal(Guid Id, string Kind, string Name, string? DisplayName, bool HasPassword, string? Issuer, bool Disabled, DateTimeOffset CreatedAt, IReadOnlyList<string>? Members, IReadOnlyList<string> MemberOf);

public sealed record PrincipalList(IReadOnlyList<Principal> Principals, string? Next);

public sealed record NewPrincipal(string Kind, string Name, string? DisplayName, string? Password);

public sealed record PrincipalChange(bool? Disabled);

public sealed record Grant(long Id, string Principal, string PrincipalKind, string Privilege, string? Namespace, string? Table, Guid? TableId, string? Branch, DateTimeOffset GrantedAt, string GrantedBy);

public sealed record GrantList(IReadOnlyList<Grant> Grants, long? Next);

public sealed record NewGrant(string Principal, string Privilege, string? Namespace, string? Table, string? Branch);

public sealed record ApiKey(Guid Id, string Principal, string Name, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, string? Key);

public sealed record ApiKeyList(IReadOnlyList<ApiKey> Keys);

public sealed record NewApiKey(string? Principal, string Name, double? ExpiresInDays);

public sealed record AuditEntry(long Id, DateTimeOffset At, string Principal, string Action, string Outcome, string Securable, string? Branch, int Count, JsonElement Detail);

public sealed record AuditList(IReadOnlyList<AuditEntry> Entries, long? Next);

/// <summary>Access, as the signed-in user of one browser tab may see and change it.</summary>
internal sealed class AccessApi(ServiceCalls calls, AuthenticationStateProvider authentication)
{
    public Task<Me> MeAsync(CancellationToken cancellationToken) => GetAsync("api/access/me", AccessAnswers.Default.Me, cancellationToken);

    public Task<PrincipalList> PrincipalsAsync(CancellationToken cancellationToken) => GetAsync("api/principals?limit=1000", AccessAnswers.Default.PrincipalList, cancellationToken);

    public Task<Principal> CreateAsync(NewPrincipal body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "api/principals", JsonContent.Create(body, AccessAnswers.Default.NewPrincipal), AccessAnswers.Default.Principal, cancellationToken);

    public Task<Principal> SetDisabledAsync(string name, bool disabled, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Patch, "api/principals/" + Uri.EscapeDataString(name), JsonContent.Create(new PrincipalChange(disabled), AccessAnswers.Default.PrincipalChange), AccessAnswers.Default.Principal, cancellationToken);

    public Task DeleteAsync(string name, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, "api/principals/" + Uri.EscapeDataString(name), cancellationToken);

    public Task SetMemberAsync(Principal group, string member, bool isMember, CancellationToken cancellationToken) =>
        SendAsync(isMember ? HttpMethod.Put : HttpMethod.Delete, $"api/{group.Kind}s/{Uri.EscapeDataString(group.Name)}/members/{Uri.EscapeDataString(member)}", cancellationToken);

    public Task<GrantList> GrantsAsync(string? principal, CancellationToken cancellationToken) =>
        GetAsync("api/grants?limit=500" + (string.IsNullOrEmpty(principal) ? "" : "&principal=" + Uri.EscapeDataString(principal)), AccessAnswers.Default.GrantList, cancellationToken);

    public Task<Grant> GrantAsync(NewGrant body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "api/grants", JsonContent.Create(body, AccessAnswers.Default.NewGrant), AccessAnswers.Default.Grant, cancellationToken);

    public Task RevokeAsync(long grant, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, FormattableString.Invariant($"api/grants/{grant}"), cancellationToken);

    public Task<ApiKeyList> KeysAsync(CancellationToken cancellationToken) => GetAsync("api/api-keys", AccessAnswers.Default.ApiKeyList, cancellationToken);

    public Task<ApiKey> CreateKeyAsync(NewApiKey body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "api/api-keys", JsonContent.Create(body, AccessAnswers.Default.NewApiKey), AccessAnswers.Default.ApiKey, cancellationToken);

    public Task RevokeKeyAsync(Guid id, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, $"api/api-keys/{id}", cancellationToken);

    public Task<AuditList> AuditAsync(string? principal, string? outcome, long? before, CancellationToken cancellationToken) => GetAsync(
        "api/audit?limit=100" + Part("principal", principal) + Part("outcome", outcome) + Part("before", before?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        AccessAnswers.Default.AuditList,
        cancellationToken);

    static string Part(string name, string? value) => string.IsNullOrEmpty(value) ? "" : $"&{name}={Uri.EscapeDataString(value)}";

    async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) => await SendAsync(HttpMethod.Get, path, content: null, type, cancellationToken);

    async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        return await calls.ReadAsync(await UserAsync(), ServiceCalls.Catalog, request, type, cancellationToken);
    }

    async Task SendAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await calls.SendAsync(await UserAsync(), ServiceCalls.Catalog, request, cancellationToken);
    }

    async Task<ClaimsPrincipal> UserAsync() => (await authentication.GetAuthenticationStateAsync()).User;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Me))]
[JsonSerializable(typeof(PrincipalList))]
[JsonSerializable(typeof(NewPrincipal))]
[JsonSerializable(typeof(PrincipalChange))]
[JsonSerializable(typeof(GrantList))]
[JsonSerializable(typeof(NewGrant))]
[JsonSerializable(typeof(ApiKeyList))]
[JsonSerializable(typeof(NewApiKey))]
[JsonSerializable(typeof(AuditList))]
internal sealed partial class AccessAnswers : JsonSerializerContext;
