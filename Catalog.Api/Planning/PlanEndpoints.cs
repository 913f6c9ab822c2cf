using System.Text.Json;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Credentials;
using LakeAspire.Catalog.History;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats;

namespace LakeAspire.Catalog.Planning;

/// <summary>Scan planning of Iceberg REST. Every plan is complete at once: what is not in the answer stands in its tasks.</summary>
internal static class PlanEndpoints
{
    const string Plan = "/namespaces/{ns}/tables/{table}/plan";

    public static void AddPlanning(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<PlanningOptions>().BindConfiguration(PlanningOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<SealedTokens>();
        builder.Services.AddSingleton<ScanPlans>();
    }

    public static void MapPlanning(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Plan, PlanAsync).OnTable(Privilege.Describe);
        routes.MapGet(Plan + "/{plan}", async (HttpContext context, string ns, string table, string plan, LakeView view, Caller caller, RawTables tables, ScanPlans plans, CancellationToken cancellationToken) =>
        {
            var pointer = await tables.ReadableAsync(view, NameOf(ns, table), caller, cancellationToken);
            await AnswerAsync(context, plans.FindPlanAsync(pointer.TableId, plan, cancellationToken), isPart: false, NoSuchPlan, cancellationToken);
        }).OnTable(Privilege.Describe);

        // Nothing is held for a plan that could be let go.
        routes.MapDelete(Plan + "/{plan}", async (string ns, string table, string plan, LakeView view, Caller caller, RawTables tables, ScanPlans plans, CancellationToken cancellationToken) =>
            plans.IsPlan((await tables.ReadableAsync(view, NameOf(ns, table), caller, cancellationToken)).TableId, plan) ? Results.NoContent() : throw NoSuchPlan()).OnTable(Privilege.Describe);
        routes.MapPost("/namespaces/{ns}/tables/{table}/tasks", async (HttpContext context, string ns, string table, LakeView view, Caller caller, RawTables tables, ScanPlans plans, CancellationToken cancellationToken) =>
        {
            var body = await IcebergBodies.ReadAsync<FetchScanTasksRequest>(context.Request, cancellationToken);
            var pointer = await tables.ReadableAsync(view, NameOf(ns, table), caller, cancellationToken);
            var task = body.PlanTask ?? throw CatalogErrors.BadRequest("plan-task is missing");
            await AnswerAsync(context, plans.FindTaskAsync(pointer.TableId, task, cancellationToken), isPart: true, NoSuchTask, cancellationToken);
        }).OnTable(Privilege.Describe);
    }

    static async Task PlanAsync(HttpContext context, string ns, string table, LakeView view, Caller caller, RawTables tables, ScanPlans plans, PastStates past, CancellationToken cancellationToken)
    {
        var asked = await ScanRequest.ReadAsync(context.Request, cancellationToken);
        var pointer = await tables.ReadableAsync(view, NameOf(ns, table), caller, cancellationToken);
        await past.DemandReadableAsync(view, pointer, cancellationToken);
        await PlanResponses.WriteAsync(context, await plans.PlanAsync(pointer.TableId, pointer.MetadataLocation, asked, cancellationToken), isPart: false, credentials: null, cancellationToken);
    }

    /// <summary>Metadata and manifests of a plan from before may be gone: then the plan is.</summary>
    static async Task AnswerAsync(HttpContext context, Task<PlannedScan?> finding, bool isPart, Func<ApiException> gone, CancellationToken cancellationToken)
    {
        try
        {
            await PlanResponses.WriteAsync(context, await finding ?? throw gone(), isPart, credentials: null, cancellationToken);
        }
        catch (LakehouseException exception) when (exception.Kind is LakehouseErrorKind.NotFound && !context.Response.HasStarted)
        {
            throw gone();
        }
    }

    static TableName NameOf(string ns, string table) => TableName.Parse(NamespaceName.ParseRoute(ns), table);

    static ApiException NoSuchTask() => new(404, "There is no such plan task, or no longer.", "NoSuchPlanTaskException");

    static ApiException NoSuchPlan() => new(404, "There is no such plan, or no longer.", "NoSuchPlanIdException");
}

internal sealed record FetchScanTasksRequest(string? PlanTask);
