using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Authentication;
using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Catalog.Signing;

/// <summary>Remote signing of Iceberg REST, for a table, and in the older form that names none.</summary>
internal static class SignEndpoints
{
    /// <summary>What a client sends along for a table that it has staged: among the properties, as the specification has it, or in the address, as older clients do without knowing.</summary>
    public const string StagedProperty = "lakeaspire.staged";

    public static void MapSigning(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/namespaces/{ns}/tables/{table}/sign", (HttpContext context, string ns, string table, LakeView view, Caller caller, RequestSigning signing, CancellationToken cancellationToken) =>
            AnswerAsync(context, view, TableName.Parse(NamespaceName.ParseRoute(ns), table), caller, signing, cancellationToken)).ForPrincipals();

    /// <summary>The older route has no prefix: it signs for <c>main</c>.</summary>
    public static void MapOlderSigning(this IEndpointRouteBuilder routes) =>
        routes.MapPost(ServedRoutes.Root + "/aws/s3/sign", (HttpContext context, LakeView view, Caller caller, RequestSigning signing, CancellationToken cancellationToken) =>
            AnswerAsync(context, view, name: null, caller, signing, cancellationToken)).ForPrincipals();

    static async Task<IResult> AnswerAsync(HttpContext context, LakeView view, TableName? name, Caller caller, RequestSigning signing, CancellationToken cancellationToken)
    {
        var body = await IcebergBodies.ReadAsync<RemoteSignRequest>(context.Request, cancellationToken);
        try
        {
            var staged = body.Properties?.GetValueOrDefault(StagedProperty) ?? context.Request.Query[StagedProperty].ToString();
            var (result, mayBeKept) = await signing.SignAsync(view, name, caller, body, staged, cancellationToken);
            context.Response.Headers.CacheControl = mayBeKept ? "private" : "no-cache";
            return Results.Json(result, IcebergBodies.Json);
        }
        catch (ApiException exception) when (exception.Status == StatusCodes.Status404NotFound)
        {
            // The specification has no 404 here.
            throw CatalogErrors.Forbidden(exception.Message);
        }
    }
}
