using System.Text.Json;
using System.Text.Json.Serialization;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>Request and response bodies of Iceberg REST (rest-catalog-open-api.yaml, "schemas"), but for metadata, updates and requirements, which Lakehouse.Formats reads and writes.</summary>
internal static class IcebergBodies
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        AllowDuplicateProperties = false,
        MaxDepth = 128,
    };

    /// <summary>Refuses a body that says that it is something else than JSON.</summary>
    public static void DemandJson(HttpRequest request)
    {
        if (!string.IsNullOrEmpty(request.ContentType) && !request.HasJsonContentType())
        {
            throw new ServiceDefaults.Errors.ApiException(415, "The body must be JSON: send it as application/json.", "UnsupportedMediaTypeException");
        }
    }

    /// <summary>Reads a body.</summary>
    /// <exception cref="LakeAspire.ServiceDefaults.Errors.ApiException">400 says where it is malformed, 415 that it is no JSON.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        DemandJson(request);
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, Json, cancellationToken) ?? throw CatalogErrors.BadRequest("the body is empty");
        }
        catch (JsonException exception)
        {
            throw CatalogErrors.BadRequest($"the body is not what it should be, at {exception.Path ?? "$"}, line {exception.LineNumber + 1}");
        }
    }
}

internal sealed record CatalogConfig(
    IReadOnlyDictionary<string, string> Defaults, IReadOnlyDictionary<string, string> Overrides, IReadOnlyList<string> Endpoints, string IdempotencyKeyLifetime);

internal sealed record CreateNamespaceRequest(string[]? Namespace, Dictionary<string, string>? Properties);

internal sealed record NamespaceResponse(string[] Namespace, IReadOnlyDictionary<string, string> Properties);

internal sealed record UpdateNamespacePropertiesRequest(string[]? Removals, Dictionary<string, string>? Updates);

internal sealed record UpdateNamespacePropertiesResponse(IReadOnlyList<string> Updated, IReadOnlyList<string> Removed, IReadOnlyList<string> Missing);

internal sealed record ListNamespacesResponse(IReadOnlyList<string[]> Namespaces, string? NextPageToken);

internal sealed record TableIdentifierBody(string[]? Namespace, string? Name)
{
    public Naming.TableName Parse() => Naming.TableName.Parse(Naming.NamespaceName.Parse(Namespace), Name);
}

internal sealed record ListTablesResponse(IReadOnlyList<TableIdentifierBody> Identifiers, string? NextPageToken);

internal sealed record CreateTableRequest(
    string? Name, string? Location, JsonElement Schema, JsonElement PartitionSpec, JsonElement WriteOrder, bool StageCreate, Dictionary<string, string>? Properties);

internal sealed record RegisterTableRequest(string? Name, string? MetadataLocation, bool Overwrite);

internal sealed record RenameTableRequest(TableIdentifierBody? Source, TableIdentifierBody? Destination);

internal sealed record CommitTableRequest(TableIdentifierBody? Identifier, JsonElement Requirements, JsonElement Updates);

internal sealed record CommitTransactionRequest(CommitTableRequest[]? TableChanges, LakeAspireCommit? Lakeaspire);

/// <summary>Our member of <c>transactions/commit</c>: what becomes visible together with the tables.</summary>
internal sealed record LakeAspireCommit(string? Message, string? Author, long? RunId, int? RunAttempt, CursorBody[]? Cursors, ItemBody[]? Items, LeaseTokenBody? Lease = null, JsonElement[]? Lineage = null);

internal sealed record LeaseTokenBody(string? Name, long? Token);

internal sealed record CursorBody(string? Scope, string? Expected, string? Next);

internal sealed record ItemBody(string? Scope, string? Key, string? Fingerprint, long? RetentionSeconds);
