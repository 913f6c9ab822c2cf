using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json.Serialization.Metadata;
using LakeAspire.Portal.Sql;
using Microsoft.AspNetCore.Components.Authorization;

namespace LakeAspire.Portal.Lake;

/// <summary>The lake as the signed-in user of one browser tab sees it.</summary>
internal sealed class LakeApi(ServiceCalls calls, AuthenticationStateProvider authentication)
{
    public Task<TableList> TablesAsync(CancellationToken cancellationToken) => TablesAsync(branch: null, cancellationToken);

    /// <summary>The tables of a branch or tag; null = main.</summary>
    public async Task<TableList> TablesAsync(string? branch, CancellationToken cancellationToken)
    {
        var answer = await GetAsync("api/tables" + LakePoint.On(branch).ToQuery(), LakeJson.Default.TableList, cancellationToken);
        return branch is null ? answer : new TableList([.. answer.Tables.Select(table => table with { Branch = branch })]);
    }

    public Task<TableDetail> TableAsync(TableName table, CancellationToken cancellationToken) => GetAsync(PathOf(table), LakeJson.Default.TableDetail, cancellationToken);

    public Task<SnapshotList> SnapshotsAsync(TableName table, CancellationToken cancellationToken) =>
        GetAsync(PathOf(table, "/snapshots"), LakeJson.Default.SnapshotList, cancellationToken);

    public Task<FileList> FilesAsync(TableName table, int limit, long offset, CancellationToken cancellationToken) =>
        GetAsync(PathOf(table, "/files", ("limit", limit), ("offset", offset)), LakeJson.Default.FileList, cancellationToken);

    public Task<PartitionList> PartitionsAsync(TableName table, CancellationToken cancellationToken) =>
        GetAsync(PathOf(table, "/partitions"), LakeJson.Default.PartitionList, cancellationToken);

    public Task<StatisticsList> StatisticsAsync(TableName table, CancellationToken cancellationToken) =>
        GetAsync(PathOf(table, "/statistics"), LakeJson.Default.StatisticsList, cancellationToken);

    public Task<MetricsReportList> ReportsAsync(TableName table, int limit, CancellationToken cancellationToken) =>
        GetAsync(PathOf(table, "/metrics", ("limit", limit)), LakeJson.Default.MetricsReportList, cancellationToken);

    public Task<CommitList> CommitsAsync(int limit, CancellationToken cancellationToken) =>
        GetAsync(FormattableString.Invariant($"api/commits?limit={limit}"), LakeJson.Default.CommitList, cancellationToken);

    public Task<ProjectList> ProjectsAsync(CancellationToken cancellationToken) => GetAsync("api/projects", LakeJson.Default.ProjectList, cancellationToken);

    public Task<RunList> RunsAsync(string? pipeline, int limit, CancellationToken cancellationToken) => GetAsync(
        FormattableString.Invariant($"api/runs?limit={limit}") + (pipeline is null ? "" : "&pipeline=" + Uri.EscapeDataString(pipeline)), LakeJson.Default.RunList, cancellationToken);

    public Task<Run> RunAsync(long id, CancellationToken cancellationToken) =>
        GetAsync(FormattableString.Invariant($"api/runs/{id}"), LakeJson.Default.Run, cancellationToken);

    public Task<Run> TriggerAsync(string pipeline, CancellationToken cancellationToken) => PostAsync(
        "api/runs", JsonContent.Create(new RunRequest(pipeline, "manual"), LakeJson.Default.RunRequest), LakeJson.Default.Run, cancellationToken);

    public async Task CancelRunAsync(long id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, FormattableString.Invariant($"api/runs/{id}/cancel"));
        using var answer = await calls.SendAsync(await UserAsync(), ServiceCalls.Catalog, request, cancellationToken);
    }

    public Task<UpkeepActList> UpkeepAsync(TableName? table, int limit, CancellationToken cancellationToken) => GetAsync(
        FormattableString.Invariant($"api/upkeep?limit={limit}") + (table is null ? "" : "&table=" + Uri.EscapeDataString(table.ToString())), LakeJson.Default.UpkeepActList, cancellationToken);

    public Task<UpkeepRequest> UpkeepRequestAsync(long id, CancellationToken cancellationToken) =>
        GetAsync(FormattableString.Invariant($"api/upkeep/{id}"), LakeJson.Default.UpkeepRequest, cancellationToken);

    public Task<UpkeepRequest> AskUpkeepAsync(bool dryRun, CancellationToken cancellationToken) => PostAsync(
        "api/upkeep", JsonContent.Create(new UpkeepWish(null, dryRun), LakeJson.Default.UpkeepWish), LakeJson.Default.UpkeepRequest, cancellationToken);

    /// <summary>What a table is made of, and what is made of it; null when nothing is known of either.</summary>
    public async Task<LineageGraph?> LineageAsync(TableName table, string direction, int depth, string? asOf, CancellationToken cancellationToken)
    {
        var path = FormattableString.Invariant($"api/lineage/graph?table={Uri.EscapeDataString(table.ToString())}&direction={direction}&depth={depth}&columns=true&limit=300")
            + (table.Branch is null ? "" : "&branch=" + Uri.EscapeDataString(table.Branch)) + (string.IsNullOrEmpty(asOf) ? "" : "&asOf=" + Uri.EscapeDataString(asOf));
        try
        {
            var graph = await GetAsync(path, LakeJson.Default.LineageGraph, cancellationToken);
            return table.Branch is null ? graph : graph with { Nodes = [.. graph.Nodes.Select(node => node.Table is null ? node : node with { Table = node.Table with { Branch = table.Branch } })] };
        }
        catch (LakeException exception) when (exception.Kind == LakeErrorKind.NotFound)
        {
            return null;
        }
    }

    /// <summary>The result of a query, at most <paramref name="maxRows"/> rows of it.</summary>
    public async Task<QueryResult> QueryAsync(string sql, int maxRows, CancellationToken cancellationToken, LakePoint? point = null)
    {
        using var request = QueryRequests.Create(sql, "application/json", maxRows, point);
        using var response = await calls.SendAsync(await UserAsync(), ServiceCalls.Query, request, cancellationToken);
        return await QueryResultReader.ReadAsync(response, maxRows, cancellationToken);
    }

    /// <summary>What a query would read, as text.</summary>
    public async Task<string> PlanAsync(string sql, LakePoint point, CancellationToken cancellationToken)
    {
        using var request = QueryRequests.Create(sql, "text/plain", maxRows: null, point, explain: true);
        using var response = await calls.SendAsync(await UserAsync(), ServiceCalls.Query, request, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>Branches and tags to choose from; the first hundred, others can be written.</summary>
    public Task<BranchChoices> BranchChoicesAsync(CancellationToken cancellationToken) => GetAsync("api/branches?pageSize=100", LakePointJson.Default.BranchChoices, cancellationToken);

    async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await calls.ReadAsync(await UserAsync(), ServiceCalls.Catalog, request, type, cancellationToken);
    }

    async Task<T> PostAsync<T>(string path, HttpContent content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        return await calls.ReadAsync(await UserAsync(), ServiceCalls.Catalog, request, type, cancellationToken);
    }

    async Task<ClaimsPrincipal> UserAsync() => (await authentication.GetAuthenticationStateAsync()).User;

    /// <summary>Where a table is, on the branch on which it is looked at.</summary>
    internal static string PathOf(TableName table, string part = "", params (string Name, long? Value)[] query)
    {
        var given = query.Where(one => one.Value is not null).Select(one => FormattableString.Invariant($"{one.Name}={one.Value}"));
        var all = string.Join('&', table.Branch is null ? given : given.Prepend("branch=" + Uri.EscapeDataString(table.Branch)));
        return $"api/tables/{Uri.EscapeDataString(table.Namespace)}/{Uri.EscapeDataString(table.Name)}{part}{(all.Length == 0 ? "" : "?" + all)}";
    }
}
