using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using LakeAspire.Portal.Lake;
using Microsoft.AspNetCore.Components.Authorization;

namespace LakeAspire.Portal.Access;

/// <summary>Who is at the browser.</summary>
/// <param name="Privileges">What they may do with the whole lake on main.</param>
/// <param name="Anywhere">What they may do with the whole lake on one branch or another.</param>
/// <param name="HasGrants">Whether anything at all is granted to them.</param>
/// <param name="MayGrant">Whether they may give something to others.</param>
public sealed record Me(
    string Name, string Kind, bool Administrator, IReadOnlyList<string> Groups, bool HasPassword, IReadOnlyList<string> Privileges, IReadOnlyList<string> Anywhere, bool HasGrants, bool MayGrant)
{
    /// <summary>Whoever came by a one-time link.</summary>
    [JsonIgnore]
    public bool IsOperator => Kind == "key";
}

/// <summary>What somebody may do with something; filtered when a row filter or mask binds them.</summary>
public sealed record Held(IReadOnlyList<string> Privileges, bool Filtered);

public sealed record PasswordChange(string Old, string New);

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

public sealed record PolicyColumn(IReadOnlyList<string> Path, int Id);

public sealed record TablePolicy(
    Guid TableId, string? Namespace, string? Table, string Name, int Version, string? RowFilter, Dictionary<string, string> Masks, IReadOnlyList<string> Bound, IReadOnlyList<string> Exempt, bool Checked,
    IReadOnlyList<PolicyColumn>? Fields, DateTimeOffset UpdatedAt, string UpdatedBy)
{
    /// <summary>Null when the table is not there any more.</summary>
    [JsonIgnore]
    public string? FullName => Table is null ? null : TableName.Text(Namespace, Table);
}

public sealed record TablePolicyList(IReadOnlyList<TablePolicy> Policies);

public sealed record NewPolicy(string? RowFilter, Dictionary<string, string> Masks, IReadOnlyList<string> Bound, IReadOnlyList<string> Exempt);

/// <summary>Access, as the signed-in user of one browser tab may see and change it.</summary>
internal sealed class AccessApi(ServiceCalls calls, AuthenticationStateProvider authentication)
{
    public Task<Me> MeAsync(CancellationToken cancellationToken) => GetAsync("api/access/me", AccessAnswers.Default.Me, cancellationToken);

    /// <summary>What the person may do with a table or view.</summary>
    public Task<Held> HeldAsync(TableName table, CancellationToken cancellationToken) => GetAsync(
        $"api/access/check?namespace={Uri.EscapeDataString(table.Namespace)}&table={Uri.EscapeDataString(table.Name)}{Part("branch", table.Branch)}", AccessAnswers.Default.Held, cancellationToken);

    public async Task ChangePasswordAsync(PasswordChange change, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "api/access/me/password") { Content = JsonContent.Create(change, AccessAnswers.Default.PasswordChange) };
        using var answer = await calls.SendAsync(await UserAsync(), ServiceCalls.Catalog, request, cancellationToken);
    }

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

    /// <summary>Row filters and masks of a table; of all for administrators.</summary>
    public Task<TablePolicyList> PoliciesAsync(string? table, CancellationToken cancellationToken) => GetAsync("api/policies" + (table is null ? "" : OfTable(table)), AccessAnswers.Default.TablePolicyList, cancellationToken);

    public Task<TablePolicy> SetPolicyAsync(string table, string name, NewPolicy body, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Put, $"api/policies{OfTable(table)}/{Uri.EscapeDataString(name)}", JsonContent.Create(body, AccessAnswers.Default.NewPolicy), AccessAnswers.Default.TablePolicy, cancellationToken);

    public Task RemovePolicyAsync(string table, string name, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, $"api/policies{OfTable(table)}/{Uri.EscapeDataString(name)}", cancellationToken);

    static string OfTable(string table)
    {
        var (space, name) = TableName.Parse(table) is { } named ? (named.Namespace, named.Name) : ("", table);
        return $"/{Uri.EscapeDataString(space)}/{Uri.EscapeDataString(name)}";
    }

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
[JsonSerializable(typeof(Held))]
[JsonSerializable(typeof(PasswordChange))]
[JsonSerializable(typeof(PrincipalList))]
[JsonSerializable(typeof(NewPrincipal))]
[JsonSerializable(typeof(PrincipalChange))]
[JsonSerializable(typeof(GrantList))]
[JsonSerializable(typeof(NewGrant))]
[JsonSerializable(typeof(ApiKeyList))]
[JsonSerializable(typeof(NewApiKey))]
[JsonSerializable(typeof(AuditList))]
[JsonSerializable(typeof(TablePolicyList))]
[JsonSerializable(typeof(NewPolicy))]
internal sealed partial class AccessAnswers : JsonSerializerContext;
