using System.Text.Json;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Iceberg.Rest;

namespace LakeAspire.Catalog.Planning;

/// <summary>A request for a plan in terms of the table: names found, literals typed, snapshots there.</summary>
/// <param name="Asked">The request.</param>
/// <param name="Snapshot">The snapshot to scan, or the last of an incremental scan; null for a table without any.</param>
/// <param name="Schema">Whose names it uses.</param>
/// <param name="Filter">Which rows are wanted; null = all.</param>
/// <param name="StatisticsOf">Ids of the fields whose statistics are wanted; null = none.</param>
internal sealed record ScanRequest(PlanTableScanRequest Asked, Snapshot? Snapshot, Schema Schema, Expression? Filter, IReadOnlySet<int>? StatisticsOf)
{
    static readonly JsonDocumentOptions Deep = new() { MaxDepth = ExpressionJson.MaxDepth + 8 };

    /// <summary>Reads the body of a request.</summary>
    /// <exception cref="ApiException">400 says what is wrong.</exception>
    public static async Task<PlanTableScanRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        Iceberg.IcebergBodies.DemandJson(request);
        try
        {
            using var document = await JsonDocument.ParseAsync(request.Body, Deep, cancellationToken);
            return PlanTableScanRequest.Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw CatalogErrors.BadRequest($"the body is not JSON, at line {exception.LineNumber + 1}");
        }
        catch (LakehouseException exception) when (exception.Kind is LakehouseErrorKind.InvalidData)
        {
            throw CatalogErrors.BadRequest(exception.Message);
        }
    }

    /// <summary>Reads a request that was carried in a token.</summary>
    public static PlanTableScanRequest Parse(string json)
    {
        using var document = JsonDocument.Parse(json, Deep);
        return PlanTableScanRequest.Read(document.RootElement);
    }

    /// <summary>Finds what the request names.</summary>
    /// <exception cref="ApiException">400 says what the table does not have.</exception>
    public static ScanRequest Of(PlanTableScanRequest asked, TableMetadata metadata)
    {
        var id = asked.EndSnapshotId ?? asked.SnapshotId;
        var snapshot = id is null ? metadata.CurrentSnapshot : metadata.SnapshotById(id.Value) ?? throw CatalogErrors.BadRequest($"the table has no snapshot {id}");
        var schema = asked.UseSnapshotSchema && snapshot is not null ? metadata.SchemaOf(snapshot) : metadata.CurrentSchema;
        try
        {
            var fields = new RestFields(schema, asked.CaseSensitive);
            foreach (var name in asked.Select ?? [])
            {
                fields.Find(name);
            }

            return new ScanRequest(
                asked, snapshot, schema, asked.Filter is null ? null : ExpressionJson.Parse(asked.Filter, fields), asked.StatsFields?.Select(name => fields.Find(name).Id).ToHashSet());
        }
        catch (LakehouseException exception) when (exception.Kind is LakehouseErrorKind.InvalidData or LakehouseErrorKind.Unsupported)
        {
            throw CatalogErrors.BadRequest(exception.Message);
        }
    }
}
