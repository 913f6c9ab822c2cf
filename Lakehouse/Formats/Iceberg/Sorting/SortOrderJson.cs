using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Sort orders as JSON (specification, Appendix C, "Sort Orders").</summary>
public static class SortOrderJson
{
    /// <summary>Reads a sort order.</summary>
    public static SortOrder Read(JsonElement json) => Read(json, "sort order");

    /// <summary>Writes a sort order as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, SortOrder order)
    {
        json.WriteStartObject();
        json.WriteNumber("order-id", order.OrderId);
        json.WriteStartArray("fields");
        foreach (var field in order.Fields)
        {
            json.WriteStartObject();
            json.WriteString("transform", field.Transform.Text);
            json.WriteNumber("source-id", field.SourceId);
            json.WriteString("direction", field.Direction == SortDirection.Ascending ? "asc" : "desc");
            json.WriteString("null-order", field.NullOrder == NullOrder.NullsFirst ? "nulls-first" : "nulls-last");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    internal static SortOrder Read(JsonElement json, string path)
    {
        var fields = new JsonFields(json, path);
        var order = new SortOrder(fields.Int("order-id"), fields.Array("fields").Select(item =>
        {
            var field = new JsonFields(item.Element, item.Path);
            return new SortField(
                PartitionSpecJson.SourceId(field),
                Transform.Parse(field.String("transform")),
                field.String("direction").ToLowerInvariant() switch
                {
                    "asc" => SortDirection.Ascending,
                    "desc" => SortDirection.Descending,
                    var other => throw field.Wrong("direction", $"must be asc or desc, found \"{other}\""),
                },
                field.String("null-order").ToLowerInvariant() switch
                {
                    "nulls-first" => NullOrder.NullsFirst,
                    "nulls-last" => NullOrder.NullsLast,
                    var other => throw field.Wrong("null-order", $"must be nulls-first or nulls-last, found \"{other}\""),
                });
        }).ToList());
        return order.OrderId == 0 && !order.IsUnsorted ? throw fields.Wrong("order-id", "0 is the unsorted order and has no fields") : order;
    }
}
