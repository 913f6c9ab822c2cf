using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats;

namespace LakeAspire.Catalog.Unity;

/// <summary>Errors as Unity Catalog's clients read them.</summary>
internal static class UnityErrors
{
    public static ApiException Invalid(string message) => new(400, message, "INVALID_ARGUMENT");

    public static ApiException NoCatalog(string name) => new(404, $"Catalog not found: {Naming.NamespaceName.Shown(name)}", "CATALOG_NOT_FOUND");

    public static ApiException NoSchema(string name) => new(404, $"Schema not found: {Naming.NamespaceName.Shown(name)}", "SCHEMA_NOT_FOUND");

    public static ApiException NoTable(string name) => new(404, $"Table not found: {Naming.NamespaceName.Shown(name)}", "TABLE_NOT_FOUND");

    public static ApiException NotHere(string what) => new(501, $"{what} is not served here: this catalog is read by this API, and written by Iceberg REST.", "UNIMPLEMENTED");

    /// <summary>Answers what an endpoint throws in this form.</summary>
    public static async ValueTask<object?> FilterAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        try
        {
            return await next(invocation);
        }
        catch (ApiException exception)
        {
            return Answer(exception.Status, CodeOf(exception), exception.Message);
        }
        catch (LakehouseException exception) when (exception.Kind is LakehouseErrorKind.Unavailable)
        {
            return Answer(StatusCodes.Status503ServiceUnavailable, "UNAVAILABLE", "The store of the lake does not answer.");
        }
    }

    static IResult Answer(int status, string code, string message) => Results.Json(
        new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["error_code"] = code,
            ["message"] = message,
            ["details"] = new[] { new Dictionary<string, string>(StringComparer.Ordinal) { ["@type"] = "type.googleapis.com/google.rpc.ErrorInfo", ["reason"] = code } },
        },
        UnityBodies.Json,
        statusCode: status);

    static string CodeOf(ApiException exception) => exception switch
    {
        _ when exception.Type.All(c => char.IsAsciiLetterUpper(c) || c == '_') => exception.Type,
        { Type: "NoSuchTableException" } => "TABLE_NOT_FOUND",
        { Type: "NoSuchNamespaceException" } => "SCHEMA_NOT_FOUND",
        { Status: 400 } => "INVALID_ARGUMENT",
        { Status: 401 } => "UNAUTHENTICATED",
        { Status: 403 } => "PERMISSION_DENIED",
        { Status: 404 } => "NOT_FOUND",
        { Status: 503 } => "UNAVAILABLE",
        _ => "INTERNAL",
    };
}
