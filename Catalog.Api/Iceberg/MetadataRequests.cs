using System.Text.Json;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>Turns what clients send about metadata into the types of Lakehouse.Formats; what these refuse is the client's fault here.</summary>
internal static class MetadataRequests
{
    /// <summary>Metadata of a new table.</summary>
    public static TableMetadata Create(CreateTableRequest request, string location, Guid id, DateTimeOffset now) => Parse(() => TableMetadata.Create(
        location,
        request.Schema.ValueKind == JsonValueKind.Object ? SchemaJson.Read(request.Schema) : throw CatalogErrors.BadRequest("schema is missing"),
        request.PartitionSpec.ValueKind == JsonValueKind.Object ? PartitionSpecJson.Read(request.PartitionSpec) : null,
        request.WriteOrder.ValueKind == JsonValueKind.Object ? SortOrderJson.Read(request.WriteOrder) : null,
        request.Properties,
        id,
        now));

    /// <summary>A change of a table; unknown requirements and updates are refused by name.</summary>
    public static TableChangeRequest Change(TableName table, CommitTableRequest request) => Parse(() => new TableChangeRequest(
        table,
        TableRequirementJson.ReadAll(Present(request.Requirements, "requirements")),
        TableUpdateJson.ReadAll(Present(request.Updates, "updates"))));

    /// <summary>What a new view says, and under which schema.</summary>
    public static (Schema Schema, ViewVersion Version) View(Views.CreateViewRequest request) => Parse(() => (
        SchemaJson.Read(request.Schema.ValueKind == JsonValueKind.Object ? request.Schema : throw CatalogErrors.BadRequest("schema is missing")),
        ViewVersionJson.Read(request.ViewVersion.ValueKind == JsonValueKind.Object ? request.ViewVersion : throw CatalogErrors.BadRequest("view-version is missing"))));

    /// <summary>A change of a view; unknown requirements and updates are refused by name.</summary>
    public static (IReadOnlyList<ViewRequirement> Requirements, IReadOnlyList<IViewUpdate> Updates) ViewChange(Views.CommitViewRequest request) => Parse(() => (
        request.Requirements.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? [] : ViewUpdateJson.ReadRequirements(request.Requirements),
        ViewUpdateJson.ReadAll(Present(request.Updates, "updates"))));

    static JsonElement Present(JsonElement element, string name) => element.ValueKind == JsonValueKind.Undefined ? throw CatalogErrors.BadRequest($"{name} is missing") : element;

    static T Parse<T>(Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (LakehouseException exception) when (exception.Kind is LakehouseErrorKind.InvalidData or LakehouseErrorKind.Unsupported)
        {
            throw CatalogErrors.BadRequest(exception.Message);
        }
    }
}
