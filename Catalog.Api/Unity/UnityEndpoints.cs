using System.Text.Json;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.ServiceDefaults.Authentication;
using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Catalog.Unity;

/// <summary>The reads of Unity Catalog's open API, so that its clients find the Delta tables of the lake.</summary>
internal static class UnityEndpoints
{
    const string Root = "/api/2.1/unity-catalog";

    static readonly CatalogInfo Lake = new(UnityTables.Catalog, "The lake, on its branch main", new Dictionary<string, string>(StringComparer.Ordinal), "lake");

    public static void MapUnity(this IEndpointRouteBuilder endpoints)
    {
        var routes = endpoints.MapGroup(Root).AddEndpointFilter(UnityErrors.FilterAsync).ForPrincipals();
        routes.MapGet("/catalogs", () => Answer(new ListCatalogsResponse([Lake])));
        routes.MapGet("/catalogs/{name}", (string name) => name == Lake.Name ? Answer(Lake) : throw UnityErrors.NoCatalog(name));
        routes.MapGet("/metastore_summary", () => Answer(new MetastoreSummary(Lake.Id)));
        routes.MapGet("/schemas", async (HttpRequest request, Caller caller, LakeViews views, UnityTables tables, CancellationToken cancellationToken) => Answer(
            await tables.SchemasAsync(await MainAsync(views, cancellationToken), caller, request.Query["catalog_name"], Number(request, "max_results"), request.Query["page_token"], cancellationToken)));
        routes.MapGet("/schemas/{fullName}", async (string fullName, Caller caller, LakeViews views, UnityTables tables, CancellationToken cancellationToken) =>
            Answer(await tables.SchemaAsync(await MainAsync(views, cancellationToken), caller, fullName, cancellationToken)));
        routes.MapGet("/tables", async (HttpRequest request, Caller caller, LakeViews views, UnityTables tables, CancellationToken cancellationToken) => Answer(await tables.TablesAsync(
            await MainAsync(views, cancellationToken), caller, request.Query["catalog_name"], request.Query["schema_name"], Number(request, "max_results"), request.Query["page_token"], cancellationToken)));
        routes.MapGet("/tables/{fullName}", async (string fullName, Caller caller, LakeViews views, UnityTables tables, CancellationToken cancellationToken) =>
            Answer(await tables.TableAsync(await MainAsync(views, cancellationToken), caller, fullName, cancellationToken)));
        routes.MapPost("/temporary-table-credentials", async (HttpRequest request, Caller caller, LakeViews views, UnityTables tables, CancellationToken cancellationToken) =>
            Answer(await tables.CredentialsAsync(await MainAsync(views, cancellationToken), caller, await ReadAsync<TableCredentialRequest>(request, cancellationToken), cancellationToken)));
        routes.MapPost("/temporary-path-credentials", async (HttpRequest request, Caller caller, LakeViews views, UnityTables tables, CancellationToken cancellationToken) =>
            Answer(await tables.CredentialsAsync(await MainAsync(views, cancellationToken), caller, await ReadAsync<PathCredentialRequest>(request, cancellationToken), cancellationToken)));
        routes.MapFallback("/{**rest}", IResult (HttpRequest request) => throw UnityErrors.NotHere($"{request.Method} {request.Path}"));
    }

    static IResult Answer<T>(T body) => Results.Json(body, UnityBodies.Json);

    /// <summary>Delta logs follow <c>main</c>.</summary>
    static Task<LakeView> MainAsync(LakeViews views, CancellationToken cancellationToken) => views.ResolveAsync(LakeRef.Main, cancellationToken);

    static int? Number(HttpRequest request, string name) => request.Query[name].ToString() switch
    {
        "" => null,
        var text when int.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) => number,
        _ => throw UnityErrors.Invalid($"{name} is no number"),
    };

    static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, UnityBodies.Json, cancellationToken) ?? throw UnityErrors.Invalid("the body is empty");
        }
        catch (JsonException exception)
        {
            throw UnityErrors.Invalid($"the body is not what it should be, at {exception.Path ?? "$"}");
        }
    }
}
