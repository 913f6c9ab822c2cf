using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using System.Diagnostics;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.EntityFrameworkCore;
using Lakehouse.Formats;

namespace LakeAspire.Catalog.Runs;

/// <summary><c>/api/runs</c>.</summary>
internal static class RunEndpoints
{
    const int MaxLeaseSeconds = 3600;
    const int MaxPipelines = 1000;

    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/runs", async (HttpRequest request, RunQueue queue, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<StartRunRequest>(request, cancellationToken);
            if (body.Trigger is not (null or "manual" or "commit"))
            {
                throw CatalogErrors.BadRequest("trigger must be 'manual' or 'commit'");
            }

            if (body.TraceParent is not null && !ActivityContext.TryParse(body.TraceParent, traceState: null, out _))
            {
                throw CatalogErrors.BadRequest("traceParent is no W3C trace context");
            }

            var run = await queue.StartAsync(Pipeline(body.Pipeline), body.Trigger ?? "manual", body.TraceParent, cancellationToken);
            return Results.Json(RunBody.Of(run), statusCode: StatusCodes.Status202Accepted);
        }).OnLake(Privilege.Manage);

        routes.MapPost("/api/runs/claim", async (HttpRequest request, RunQueue queue, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<ClaimRunRequest>(request, cancellationToken);
            if (body.Pipelines is null or { Length: > MaxPipelines })
            {
                throw CatalogErrors.BadRequest($"pipelines must be a list of at most {MaxPipelines} names");
            }

            var run = await queue.ClaimAsync(body.Pipelines.Select(Pipeline).ToArray(), ApiBodies.Required(body.Worker, "worker", 255), Lease(body.LeaseSeconds), cancellationToken);
            return run is null ? Results.NoContent() : Results.Json(RunBody.Of(run));
        }).RequireAuthorization(LakeRoles.Service);

        routes.MapPatch("/api/runs/{id:long}", async (long id, HttpRequest request, RunQueue queue, CancellationToken cancellationToken) =>
        {
            var body = await ApiBodies.ReadAsync<PatchRunRequest>(request, cancellationToken);
            Check(body);
            return Results.Json(RunBody.Of(await queue.PatchAsync(id, body, Lease(body.LeaseSeconds), cancellationToken)));
        }).RequireAuthorization(LakeRoles.Service);

        routes.MapPost("/api/runs/{id:long}/cancel", async (long id, RunQueue queue, CancellationToken cancellationToken) =>
            Results.Json(RunBody.Of(await queue.CancelAsync(id, cancellationToken)))).OnLake(Privilege.Manage);

        routes.MapGet("/api/runs/{id:long}", async (long id, Caller caller, VisibleRuns visible, CancellationToken cancellationToken) =>
            Results.Json(await visible.FindAsync(caller, id, cancellationToken) ?? throw CatalogErrors.NoSuchRun(id))).ForPrincipals();

        routes.MapGet("/api/runs", async (string? pipeline, int? limit, Caller caller, VisibleRuns visible, CancellationToken cancellationToken) =>
            Results.Json(new RunsBody(await visible.ListAsync(caller, pipeline, ApiBodies.Limit(limit), cancellationToken)))).ForPrincipals();
    }

    static void Check(PatchRunRequest body)
    {
        ApiBodies.Required(body.Worker, "worker", 255);
        if (body.State is not null && !RunStates.OfWorkers.Contains(body.State))
        {
            throw CatalogErrors.BadRequest($"state must be one of {string.Join(", ", RunStates.OfWorkers)}");
        }

        foreach (var node in body.Nodes ?? [])
        {
            ApiBodies.Required(node?.Model, "nodes.model", 512);
            if (node!.State is null || !RunStates.OfNodes.Contains(node.State))
            {
                throw CatalogErrors.BadRequest($"nodes.state must be one of {string.Join(", ", RunStates.OfNodes)}");
            }
        }
    }

    static string Pipeline(string? name) =>
        NameRules.PlainProblem(name) is { } problem ? throw CatalogErrors.BadRequest($"the pipeline name '{NamespaceName.Shown(name)}' {problem}") : name!;

    static TimeSpan? Lease(int? seconds) => seconds switch
    {
        null => null,
        >= 1 and <= MaxLeaseSeconds => TimeSpan.FromSeconds(seconds.Value),
        _ => throw CatalogErrors.BadRequest($"leaseSeconds must be between 1 and {MaxLeaseSeconds}"),
    };
}
