using System.Text.Json;
using System.Text.Json.Serialization;

namespace LakeAspire.Catalog.Unity;

/// <summary>Bodies of Unity Catalog's open API, as far as it is read here.</summary>
internal static class UnityBodies
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

internal sealed record CatalogInfo(string Name, string Comment, IReadOnlyDictionary<string, string> Properties, string Id);

internal sealed record ListCatalogsResponse(IReadOnlyList<CatalogInfo> Catalogs);

internal sealed record SchemaInfo(string Name, string CatalogName, string FullName, IReadOnlyDictionary<string, string> Properties, string? Owner, string SchemaId);

internal sealed record ListSchemasResponse(IReadOnlyList<SchemaInfo> Schemas, string? NextPageToken);

internal sealed record ColumnInfo(
    string Name, string TypeText, string TypeJson, string TypeName, int? TypePrecision, int? TypeScale, int Position, string? Comment, bool Nullable);

internal sealed record TableInfo(
    string Name,
    string CatalogName,
    string SchemaName,
    string TableType,
    string DataSourceFormat,
    IReadOnlyList<ColumnInfo> Columns,
    string StorageLocation,
    string? Comment,
    IReadOnlyDictionary<string, string> Properties,
    string? Owner,
    long? CreatedAt,
    long? UpdatedAt,
    string? UpdatedBy,
    string TableId);

internal sealed record ListTablesResponse(IReadOnlyList<TableInfo> Tables, string? NextPageToken);

internal sealed record MetastoreSummary(string MetastoreId);

internal sealed record TableCredentialRequest(string? TableId, string? Operation);

internal sealed record PathCredentialRequest(string? Url, string? Operation);

internal sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string SessionToken);

internal sealed record AzureUserDelegationSas(string SasToken);

internal sealed record TemporaryCredentials(AwsCredentials? AwsTempCredentials, AzureUserDelegationSas? AzureUserDelegationSas, long? ExpirationTime, string Url);
