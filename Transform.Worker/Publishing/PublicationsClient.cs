using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lakehouse.Formats.Delta.Publishing;

namespace LakeAspire.Transform.Publishing;

/// <summary>A table with a commit that is not published, held by this worker.</summary>
internal sealed record ClaimedPublication(Guid TableId, string Namespace, string Name, long CommitId, int Attempt);

/// <summary>What became of it, as the catalog's API takes it.</summary>
internal sealed record PublicationReport(
    string Worker,
    int Attempt,
    string? State = null,
    string? Reason = null,
    long? Version = null,
    string? SnapshotId = null,
    long? SequenceNumber = null,
    long? CurrentSequenceNumber = null,
    IReadOnlyList<string>? LeftOut = null,
    long? CommitId = null,
    int? LeaseSeconds = null,
    int? RetrySeconds = null)
{
    const int MaxReason = 4000;

    public static PublicationReport Of(string worker, ClaimedPublication claimed, PublishResult? result, long? currentSequenceNumber) => new(
        worker,
        claimed.Attempt,
        State: result is null ? "off" : result.Stop is null ? "published" : "stopped",
        Reason: result?.Stop is { } stop ? Shortened($"{stop.Name}: {stop.Message}") : null,
        result?.Version,
        result?.SnapshotId?.ToString(CultureInfo.InvariantCulture),
        result?.SequenceNumber,
        currentSequenceNumber,
        result?.LeftOut,
        claimed.CommitId);

    public static string Shortened(string reason) => reason.Length > MaxReason ? reason[..MaxReason] : reason.Length == 0 ? "unknown" : reason;
}

/// <summary>The catalog's API of publications.</summary>
internal sealed class PublicationsClient(IHttpClientFactory clients)
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>Takes a table; null when everything is published.</summary>
    public async Task<ClaimedPublication?> ClaimAsync(string worker, int leaseSeconds, CancellationToken cancellationToken)
    {
        using var response = await SendAsync("api/publications/claim", new { worker, leaseSeconds }, cancellationToken);
        response.EnsureSuccessStatusCode();
        return response.StatusCode == HttpStatusCode.NoContent ? null : await response.Content.ReadFromJsonAsync<ClaimedPublication>(JsonSerializerOptions.Web, cancellationToken);
    }

    /// <summary>Reports on a table, or holds it for another lease; false when it is not this worker's any more.</summary>
    public async Task<bool> ReportAsync(Guid tableId, PublicationReport report, CancellationToken cancellationToken)
    {
        using var response = await SendAsync($"api/publications/{tableId}", report, cancellationToken);
        if (response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
        {
            return false;
        }

        response.EnsureSuccessStatusCode();
        return true;
    }

    async Task<HttpResponseMessage> SendAsync(string path, object body, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: JsonSerializerOptions.Web) };
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
