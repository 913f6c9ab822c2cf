using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lakehouse.Tables.Upkeep;

namespace LakeAspire.Transform.Upkeep;

/// <summary>A wish for upkeep, held by this worker.</summary>
internal sealed record ClaimedUpkeep(long Id, string? Table, bool DryRun);

/// <summary>A table as the catalog lists it.</summary>
internal sealed record ListedTable(string Namespace, string Name, string? Format, ListedCommit? LastCommit);

internal sealed record ListedCommit(long Id, string? Author);

/// <summary>Files of a table that the catalog removes once nothing needs them: it was dropped with a purge, or with its branches.</summary>
internal sealed record ListedPurge(string Namespace, string Name, string Branch, string Reason, string Location, DateTimeOffset DueAt);

/// <summary>The catalog's API of upkeep.</summary>
internal sealed class UpkeepClient(IHttpClientFactory clients)
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    sealed record TableList(IReadOnlyList<ListedTable> Tables);

    sealed record PurgeList(IReadOnlyList<ListedPurge> Purges);

    /// <summary>All tables of <c>main</c> that are kept here.</summary>
    public async Task<IReadOnlyList<ListedTable>> TablesAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, "api/tables", null, cancellationToken);
        response.EnsureSuccessStatusCode();
        var list = await response.Content.ReadFromJsonAsync<TableList>(JsonSerializerOptions.Web, cancellationToken);
        // A Delta table of others is theirs to look after.
        return [.. (list?.Tables ?? []).Where(table => table.Format is null or "iceberg")];
    }

    /// <summary>The purges that are to come.</summary>
    public async Task<IReadOnlyList<ListedPurge>> PurgesAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, "api/purges?state=waiting", null, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<PurgeList>(JsonSerializerOptions.Web, cancellationToken))?.Purges ?? [];
    }

    /// <summary>Takes a wish; null when there is none.</summary>
    public async Task<ClaimedUpkeep?> ClaimAsync(string worker, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, "api/upkeep/claim", new { worker, leaseSeconds = UpkeepLoop.LeaseSeconds }, cancellationToken);
        response.EnsureSuccessStatusCode();
        return response.StatusCode == HttpStatusCode.NoContent ? null : await response.Content.ReadFromJsonAsync<ClaimedUpkeep>(JsonSerializerOptions.Web, cancellationToken);
    }

    /// <summary>Holds a wish for another lease, or ends it.</summary>
    public async Task<bool> PatchAsync(long id, string worker, string? state, string? error, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Patch, FormattableString.Invariant($"api/upkeep/{id}"), new { worker, state, error, leaseSeconds = UpkeepLoop.LeaseSeconds }, cancellationToken);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Reports an act.</summary>
    public async Task ReportAsync(UpkeepReport report, long? request, CancellationToken cancellationToken)
    {
        var act = new
        {
            id = report.Id,
            requestId = request,
            @namespace = report.Table.Namespace,
            table = report.Table.Name,
            act = report.Act.Name,
            state = report.State.ToString().ToLowerInvariant(),
            reason = report.Act.Reason,
            details = report.Act.Figures,
            error = report.Error,
            startedAt = report.StartedAt,
            finishedAt = report.FinishedAt,
        };
        using var response = await SendAsync(HttpMethod.Post, "api/upkeep/acts", new { acts = new[] { act } }, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: JsonSerializerOptions.Web) };
        try
        {
            return await clients.CreateClient("catalog-api").SendAsync(request, timeout.Token);
        }
        catch (OperationCanceledException canceled) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException("the catalog did not answer in time", canceled);
        }
    }
}
