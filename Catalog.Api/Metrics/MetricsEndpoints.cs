using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;

namespace LakeAspire.Catalog.Metrics;

/// <summary>Reports of engines: taken by Iceberg REST, read by <c>/api</c>.</summary>
internal static class MetricsEndpoints
{
    const int MaxBytes = 1 << 20;

    /// <summary><c>POST …/tables/{table}/metrics</c>.</summary>
    public static void MapMetricsReports(this IEndpointRouteBuilder routes) => routes.MapPost("/namespaces/{ns}/tables/{table}/metrics", async (
        HttpContext context, string ns, string table, LakeView view, Caller caller, TableLookup lookup, MetricsStore store, CancellationToken cancellationToken) =>
    {
        var report = await ReadAsync(context.Request, cancellationToken);
        var pointer = await lookup.GetAsync(view, TableName.Parse(NamespaceName.ParseRoute(ns), table), cancellationToken);
        await store.AddAsync(pointer.TableId, view.Branch, caller.Name, report, cancellationToken);
        return Results.NoContent();
    }).OnTable(null);

    /// <summary><c>GET /api/tables/{ns}/{name}/metrics</c>.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapGet("/api/tables/{ns}/{name}/metrics", async (
        string ns, string name, int? limit, LakeView view, TableLookup lookup, MetricsStore store, CancellationToken cancellationToken) =>
    {
        var count = ApiBodies.Limit(limit);
        var pointer = await lookup.GetAsync(view, TableName.Parse(NamespaceName.ParseDotted(ns), name), cancellationToken);
        return Results.Json(new MetricsReportListBody((await store.ListAsync(pointer.TableId, count, cancellationToken)).Select(MetricsReportBody.Of).ToList()));
    }).OnTable(Privilege.Select, raw: true);

    static async Task<MetricsReport> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        IcebergBodies.DemandJson(request);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > MaxBytes)
            {
                throw CatalogErrors.BadRequest($"the report is longer than {MaxBytes} bytes");
            }

            body.Write(buffer, 0, read);
        }

        try
        {
            return MetricsReportJson.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
        }
        catch (LakehouseException exception) when (exception.Kind is LakehouseErrorKind.InvalidData or LakehouseErrorKind.Unsupported)
        {
            throw CatalogErrors.BadRequest(exception.Message);
        }
    }
}
