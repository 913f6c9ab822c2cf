using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json.Serialization.Metadata;
using LakeAspire.Portal.Lake;
using Microsoft.AspNetCore.Components.Authorization;

namespace LakeAspire.Portal.Branches;

/// <summary>Branches as the signed-in user of one browser tab sees and changes them.</summary>
internal sealed class BranchesApi(ServiceCalls calls, AuthenticationStateProvider authentication)
{
    const string All = "api/branches";

    public Task<BranchList> ListAsync(CancellationToken cancellationToken) => AskAsync(HttpMethod.Get, All + "?pageSize=1000&pageToken=", content: null, BranchJson.Default.BranchList, cancellationToken);

    public Task<Branch> CreateAsync(NewBranch wish, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Post, All, JsonContent.Create(wish, BranchJson.Default.NewBranch), BranchJson.Default.Branch, cancellationToken);

    public Task<Branch> ProtectAsync(string name, bool isProtected, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Patch, PathOf(name), JsonContent.Create(new BranchChange(isProtected), BranchJson.Default.BranchChange), BranchJson.Default.Branch, cancellationToken);

    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, PathOf(name));
        using var answer = await calls.SendAsync(await UserAsync(), ServiceCalls.Catalog, request, cancellationToken);
    }

    public Task<BranchLog> LogAsync(string name, int limit, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Get, FormattableString.Invariant($"{PathOf(name)}/log?limit={limit}"), content: null, BranchJson.Default.BranchLog, cancellationToken);

    public Task<BranchDiff> DiffAsync(string from, string to, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Get, $"api/diff?from={Uri.EscapeDataString(from)}&to={Uri.EscapeDataString(to)}", content: null, BranchJson.Default.BranchDiff, cancellationToken);

    public Task<MergeAnswer> MergeAsync(string from, string into, string? message, bool dryRun, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Post, PathOf(into) + "/merge", JsonContent.Create(new MergeWish(from, message, dryRun), BranchJson.Default.MergeWish), BranchJson.Default.MergeAnswer, cancellationToken);

    async Task<T> AskAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        return await calls.ReadAsync(await UserAsync(), ServiceCalls.Catalog, request, type, cancellationToken);
    }

    async Task<ClaimsPrincipal> UserAsync() => (await authentication.GetAuthenticationStateAsync()).User;

    static string PathOf(string name) => $"{All}/{Uri.EscapeDataString(name)}";
}
