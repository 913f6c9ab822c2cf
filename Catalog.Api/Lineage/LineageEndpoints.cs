using LakeAspire.ServiceDefaults.Authentication;
using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Lineage.Events;
using LakeAspire.Catalog.Lineage.Ingest;
using LakeAspire.Catalog.Lineage.Queries;
using LakeAspire.Catalog.Lineage.Sending;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Lineage;

/// <summary><c>/api/lineage</c>: OpenLineage events in, and questions about what is made of what. <c>/api/v1/lineage</c> is where OpenLineage's clients send to.</summary>
internal static class LineageEndpoints
{
    const int DefaultDepth = 3;
    const int MaxDepth = 50;
    const int DefaultNodes = 500;
    const int MaxNodes = 5000;

    /// <summary>How many events of greatest size a batch may have together.</summary>
    const int BatchFactor = 8;

    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    public static void MapLineage(this IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])["/api/lineage", "/api/v1/lineage"])
        {
            routes.MapPost(path, TakeAsync).ForPrincipals();
            routes.MapPost(path + "/batch", TakeAsync).ForPrincipals();
        }

        routes.MapGet("/api/lineage/graph", async (
            string? table, string? dataset, string? datasetNamespace, string? column, string? direction, int? depth, string? branch, string? asOf, bool? columns, int? limit,
            Caller caller, LineageMoments moments, LineageGraph graph, CancellationToken cancellationToken) =>
        {
            var question = new GraphQuestion(
                direction is null or "both" or "upstream" ? true : direction == "downstream" ? false : throw CatalogErrors.BadRequest("direction must be upstream, downstream or both"),
                direction is null or "both" or "downstream",
                Between(depth ?? DefaultDepth, 1, MaxDepth, "depth"), string.IsNullOrEmpty(column) ? null : column, columns ?? false, Between(limit ?? DefaultNodes, 1, MaxNodes, "limit"));
            var moment = await moments.ResolveAsync(branch, asOf, cancellationToken);
            var (name, root) = Root(table, dataset, datasetNamespace, cancellationToken);
            return Results.Json(await graph.WalkAsync(caller, root, moment, question, cancellationToken)
                ?? throw new ApiException(404, $"There is no lineage of {name}.", "NoSuchLineageException"));
        }).ForPrincipals();

        routes.MapGet("/api/lineage/runs", async (string? jobNamespace, string? job, string? table, int? limit, Caller caller, LineageRuns runs, CancellationToken cancellationToken) =>
            Results.Json(new LineageRunsBody(await runs.ListAsync(
                caller, jobNamespace, job, table is null ? null : Table(table), ApiBodies.Limit(limit), cancellationToken)))).ForPrincipals();

        routes.MapGet("/api/lineage/runs/{id:guid}", async (Guid id, Caller caller, LineageRuns runs, CancellationToken cancellationToken) =>
            Results.Json(await runs.FindAsync(caller, id, cancellationToken) ?? throw new ApiException(404, $"Run does not exist: {id}", "NoSuchRunException"))).ForPrincipals();

        routes.MapGet("/api/lineage/versions", async (string? table, string? snapshot, string? branch, string? asOf, Caller caller, LineageMoments moments, LineageRuns runs, CancellationToken cancellationToken) =>
        {
            var name = Table(ApiBodies.Required(table, "table"));
            var id = snapshot is null ? (long?)null
                : long.TryParse(snapshot, System.Globalization.CultureInfo.InvariantCulture, out var parsed) ? parsed : throw CatalogErrors.BadRequest("snapshot is no snapshot id");
            var moment = await moments.ResolveAsync(branch, asOf, cancellationToken);
            return Results.Json(await runs.VersionAsync(caller, name, id, moment, cancellationToken)
                ?? throw new ApiException(404, id is null ? $"Nothing is known of {name} then." : $"Nothing is known of snapshot {id} of {name}.", "NoSuchLineageException"));
        }).ForPrincipals();

        routes.MapGet("/api/lineage/datasets", async (string? search, string? branch, int? limit, Caller caller, IAccess access, LakeViews views, TableLookup lookup, LineageReads reads, CancellationToken cancellationToken) =>
        {
            var view = await access.ResolveAsync(caller, views, LakeRef.OfQuery(branch, asOf: null), cancellationToken);
            var rights = await access.RightsAsync(caller, cancellationToken);
            await using var session = await reads.OpenAsync(cancellationToken);
            var found = await session.SearchAsync(string.IsNullOrEmpty(search) ? null : search, ApiBodies.Limit(limit, standard: 100), cancellationToken);

            // A right on a branch shows what is there: tables of main that it has not are shown by rights on main.
            var there = view.IsMain ? [] : await lookup.ByIdsAsync(view, [.. found.Select(d => d.TableId).OfType<Guid>().Distinct()], cancellationToken, withDropped: true);
            bool MaySee(Securable securable, Guid? table) => rights.May(Privilege.Describe, securable, table is { } id && !there.ContainsKey(id) ? BranchRow.Main : view.Branch);

            // Things of others belong to the lake as a whole.
            return Results.Json(new LineageDatasetsBody([.. found.Where(d => MaySee(d.Securable ?? Securable.Lake, d.TableId)).Select(d => LineageGraph.NodeOf(d, 0))]));
        }).ForPrincipals();
    }

    /// <summary>
    /// Takes an event, or a batch: an array, or an object with <c>events</c>. Each event of a batch is taken or refused by itself. 201 says that all are taken, 200 that some are refused, 400 that all are.
    /// </summary>
    static async Task<IResult> TakeAsync(HttpRequest request, Caller caller, IAccess access, LineageStore store, OwnAddress own, IOptions<LineageOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (own.IsOwn(request))
        {
            throw new ApiException(508, $"The event was sent on by this installation and came back: {LineageOptions.SectionName}:Url leads here.", "LoopDetectedException");
        }

        var limits = options.Value;
        var isBatch = request.Path.Value!.EndsWith("/batch", StringComparison.Ordinal);
        var body = await ReadAsync(request, (long)limits.MaxEventBytes * BatchFactor, cancellationToken);
        var events = body switch
        {
            JsonArray array => array,
            JsonObject { Count: 1 } batch when batch["events"] is JsonArray array => array,
            _ when isBatch => throw CatalogErrors.BadRequest("a batch is an array of events, or an object with such an array as 'events'"),
            _ => null,
        };
        var reader = new EventReader(limits, time);
        var reporter = new Reporter(access, caller);
        if (events is null)
        {
            try
            {
                Check(body, limits);
                var isNew = await store.TakeAsync(reader.Read(body), reporter, cancellationToken);
                return Results.Json(new { status = isNew ? "taken" : "known" }, statusCode: StatusCodes.Status201Created);
            }
            catch (EventRefusedException refused)
            {
                throw CatalogErrors.BadRequest(refused.Message);
            }
        }

        if (events.Count > limits.MaxBatch)
        {
            throw CatalogErrors.BadRequest($"a batch has at most {limits.MaxBatch} events, and this one has {events.Count} (Catalog:OpenLineage:MaxBatch)");
        }

        var failed = new List<FailedEventBody>();
        foreach (var (index, node) in events.Index())
        {
            try
            {
                Check(node, limits);
                await store.TakeAsync(reader.Read(node), reporter, cancellationToken);
            }
            catch (EventRefusedException refused)
            {
                failed.Add(new FailedEventBody(index, refused.Message, Retriable: false));
            }
            catch (ApiException refused) when (refused.Status is >= 400 and < 500)
            {
                failed.Add(new FailedEventBody(index, refused.Message, Retriable: false));
            }
        }

        var taken = events.Count - failed.Count;
        return Results.Json(
            new BatchBody(failed.Count == 0 ? "success" : "partial_success", new BatchSummaryBody(events.Count, taken, failed.Count, Retriable: 0, failed.Count), failed),
            BatchJson,
            statusCode: failed.Count == 0 ? StatusCodes.Status201Created : taken > 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    static readonly JsonSerializerOptions BatchJson = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    static void Check(JsonNode? node, LineageOptions limits)
    {
        using var counter = new CountingStream();
        using (var writer = new Utf8JsonWriter(counter))
        {
            node?.WriteTo(writer);
        }

        if (counter.Length > limits.MaxEventBytes)
        {
            throw new EventRefusedException($"the event has {counter.Length} bytes, and {limits.MaxEventBytes} are the most that is taken (Catalog:OpenLineage:MaxEventBytes)");
        }
    }

    static async Task<JsonNode?> ReadAsync(HttpRequest request, long maxBytes, CancellationToken cancellationToken)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = maxBytes;
        }

        try
        {
            // Clients may compress what they send.
            await using var body = request.Headers.ContentEncoding.ToString() switch
            {
                "" or "identity" => request.Body,
                "gzip" => new LimitedStream(new System.IO.Compression.GZipStream(request.Body, System.IO.Compression.CompressionMode.Decompress), maxBytes),
                var other => throw new ApiException(415, $"the content encoding '{NamespaceName.Shown(other)}' is not known: send the body plain, or with gzip", "UnsupportedMediaTypeException"),
            };
            return await JsonNode.ParseAsync(body, nodeOptions: null, Strict, cancellationToken);
        }
        catch (JsonException exception)
        {
            throw CatalogErrors.BadRequest($"the body is no JSON, in line {exception.LineNumber + 1}: {exception.Message.Split('.')[0]}");
        }
        catch (InvalidDataException)
        {
            throw CatalogErrors.BadRequest("the body is no gzip");
        }
    }

    static (string Name, Func<LineageReads.Session, Task<List<StoredDataset>>> Root) Root(string? table, string? dataset, string? datasetNamespace, CancellationToken cancellationToken)
    {
        if (table is not null)
        {
            var name = Table(table);
            return (name.ToString(), session => session.OfTableAsync(name, cancellationToken));
        }

        var key = new DatasetKey(ApiBodies.Required(datasetNamespace, "table, or datasetNamespace and dataset,", 2000), ApiBodies.Required(dataset, "dataset", 2000));
        return ($"{key.Namespace} {key.Name}", session => session.OfKeyAsync(key, cancellationToken));
    }

    static TableName Table(string text) => TableName.ParseDotted(text, "table");

    static int Between(int value, int min, int max, string name) => value >= min && value <= max ? value : throw CatalogErrors.BadRequest($"{name} must be between {min} and {max}");

    sealed record FailedEventBody(int Index, string Reason, bool Retriable);

    sealed record BatchSummaryBody(int Received, int Successful, int Failed, int Retriable, int NonRetriable);

    sealed record BatchBody(string Status, BatchSummaryBody Summary, IReadOnlyList<FailedEventBody> FailedEvents);
}
