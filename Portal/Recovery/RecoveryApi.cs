using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json.Serialization.Metadata;
using LakeAspire.Portal.Lake;
using Microsoft.AspNetCore.Components.Authorization;

namespace LakeAspire.Portal.Recovery;

/// <summary>The past of tables, as the signed-in user may see and bring it back.</summary>
internal sealed class RecoveryApi(ServiceCalls calls, AuthenticationStateProvider authentication)
{
    public Task<TableStates> HistoryAsync(TableName table, long? before, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Get, LakeApi.PathOf(table, "/history", ("limit", 50), ("before", before)), content: null, RecoveryJson.Default.TableStates, cancellationToken);

    /// <summary>A table as of a commit, which it may have been under another name.</summary>
    public Task<TableDetail> AsOfAsync(TableName table, long commit, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, LakeApi.PathOf(table, "", ("asOf", commit)), content: null, RecoveryJson.Default.TableDetail, cancellationToken);

    public Task<RolledBack> RollBackAsync(TableName table, long commit, bool dryRun, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, LakeApi.PathOf(table, "/rollback"), JsonContent.Create(new RollbackWish(commit, dryRun), RecoveryJson.Default.RollbackWish), RecoveryJson.Default.RolledBack, cancellationToken);

    public Task<DroppedList> DroppedAsync(CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, "api/dropped", content: null, RecoveryJson.Default.DroppedList, cancellationToken);

    public Task<Undropped> UndropAsync(Dropped dropped, string? name, CancellationToken cancellationToken)
    {
        var path = dropped.Kind == "namespace" ? $"api/namespaces/{Uri.EscapeDataString(dropped.FullName)}" : LakeApi.PathOf(new TableName(dropped.Namespace, dropped.Name));
        return SendAsync(HttpMethod.Post, path + "/undrop", JsonContent.Create(new UndropWish(dropped.Id, name), RecoveryJson.Default.UndropWish), RecoveryJson.Default.Undropped, cancellationToken);
    }

    async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        return await calls.ReadAsync(await UserAsync(), ServiceCalls.Catalog, request, type, cancellationToken);
    }

    async Task<ClaimsPrincipal> UserAsync() => (await authentication.GetAuthenticationStateAsync()).User;
}
