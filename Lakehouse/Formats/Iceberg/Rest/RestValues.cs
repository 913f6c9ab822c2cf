using System.Text.Json;

namespace Lakehouse.Formats.Iceberg.Rest;

/// <summary>Single values of REST bodies (REST catalog specification, schema "PrimitiveTypeValue"), boxed as <see cref="DataFile.Partition"/> says. A type that nobody knows any more (null) is told by the value.</summary>
internal static class RestValues
{
    public static void Write(Utf8JsonWriter json, IcebergType? type, object? value)
    {
        switch (value)
        {
            case byte[] bytes:
                json.WriteStringValue(Convert.ToHexString(bytes));
                break;
            // JSON has no number for these.
            case float or double when value is float single ? !float.IsFinite(single) : !double.IsFinite((double)value):
                json.WriteStringValue(ValueText.Of(type, value));
                break;
            case int or long when type is null:
                json.WriteNumberValue(value is int small ? small : (long)value);
                break;
            case null:
                json.WriteNullValue();
                break;
            default:
                SingleValueJson.Write(json, type ?? IcebergType.String, value);
                break;
        }
    }

    public static object? Read(JsonElement json, IcebergType? type)
    {
        if (type is not null)
        {
            return json.ValueKind == JsonValueKind.String && (type == IcebergType.Float || type == IcebergType.Double) ? ValueParser.Parse(type, json.GetString()!) : SingleValueJson.Read(json, type);
        }

        return json.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number when json.TryGetInt64(out var whole) => whole,
            JsonValueKind.Number => json.GetDouble(),
            JsonValueKind.String => json.GetString(),
            _ => throw LakehouseException.InvalidData($"JSON {json.ValueKind} is no single value"),
        };
    }
}
