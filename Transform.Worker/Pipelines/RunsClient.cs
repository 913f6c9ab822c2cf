using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lakehouse.Formats;
using Lakehouse.Pipelines.Planning;
using Lakehouse.Pipelines.Running;

namespace LakeAspire.Transform.Pipelines;

/// <summary>A run as the catalog has it.</summary>
internal sealed record RunRecord(long Id, string Pipeline, string State, int Attempt, string? TraceParent, DateTimeOffset CreatedAt);

/// <summary>The catalog's API of projects and runs.</summary>
internal sealed class RunsClient(IHttpClientFactory clients)
{
    /// <summary>A call that is not answered by then is given up.</summary>
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>Says what a pipeline consists of.</summary>
    public async Task RegisterAsync(Pipeline pipeline, CancellationToken cancellationToken)
    {
        var names = pipeline.Models.ToDictionary(m => m.Name, m => DottedName.Within(m.Namespace, m.Alias), StringComparer.Ordinal);
        var sources = pipeline.Project.Sources.ToDictionary(s => (s.SourceName, s.Name), s => DottedName.Within(s.Namespace, s.Identifier));
        var body = new
        {
            models = pipeline.Models.Select(m => new
            {
                name = m.Alias,
                @namespace = m.Namespace,
                materialized = m.Materialized,
                dependsOn = m.References.Select(r => names[r.Name]).Concat(m.Sources.Select(s => sources[(s.SourceName, s.Name)])).Distinct(StringComparer.Ordinal),
                path = m.File.Path,
                rawSql = m.File.RawSql,
                description = m.Description,
            }),
            sources = pipeline.Plan.Sources.Select(s => new { @namespace = s.Namespace, name = s.Name }),
        };
        using var response = await SendAsync(HttpMethod.Put, $"api/projects/{Uri.EscapeDataString(pipeline.Name)}", body, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Asks for a run; one that waits already serves.</summary>
    public async Task RequestAsync(string pipeline, string? traceParent, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, "api/runs", new { pipeline, trigger = "commit", traceParent }, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Takes a run; null when there is none.</summary>
    public async Task<RunRecord?> ClaimAsync(IEnumerable<string> pipelines, string worker, int leaseSeconds, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, "api/runs/claim", new { pipelines, worker, leaseSeconds }, cancellationToken);
        response.EnsureSuccessStatusCode();
        return response.StatusCode == HttpStatusCode.NoContent ? null : await response.Content.ReadFromJsonAsync<RunRecord>(JsonSerializerOptions.Web, cancellationToken);
    }

    /// <summary>Reports on a run, and holds it for another lease.</summary>
    /// <returns>False when the run is not this worker's any more: it was cancelled, or taken over.</returns>
    public async Task<bool> ReportAsync(long run, RunReport report, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Patch, $"api/runs/{run}", report, cancellationToken);
        if (response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
        {
            return false;
        }

        response.EnsureSuccessStatusCode();
        return true;
    }

    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object body, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, options: JsonSerializerOptions.Web) };
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

/// <summary>A worker's report on its run.</summary>
internal sealed record RunReport(string Worker, int LeaseSeconds, string? State = null, string? Error = null, long? CommitId = null, IReadOnlyList<RunNode>? Nodes = null);

/// <summary>A model within a run, as the API has it.</summary>
internal sealed record RunNode(string Model, string State, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, long? Rows, string? Error, string? CompiledSql)
{
    public static RunNode Of(NodeReport node) => new(
        node.Model, node.State.ToString().ToLowerInvariant(), node.StartedAt, node.FinishedAt, node.Rows, node.Error, node.CompiledSql);
}
