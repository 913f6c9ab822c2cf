using System.Text.Json;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>The value of a field in rows of files that were written before the field was added (specification, "Default values").</summary>
internal static class DefaultSql
{
    /// <summary>The initial default as SQL; NULL of the type without one.</summary>
    /// <exception cref="LakehouseException">InvalidData: the default is no value of the type.</exception>
    public static string Of(NestedField field)
    {
        if (field.InitialDefault is not { } text)
        {
            return Null(field.Type);
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            return Value(json.RootElement, field.Type);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw LakehouseException.InvalidData($"the initial default of field \"{field.Name}\" is no {field.Type}: {error.Message}", error);
        }
    }

    public static string Null(IcebergType type) => $"CAST(NULL AS {SqlTypes.Of(type)})";

    static string Value(JsonElement json, IcebergType type)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return Null(type);
        }

        switch (type)
        {
            case StructType structure:
                // What the default leaves out has the default of its own field.
                var members = structure.Fields.Select(field =>
                {
                    var member = json.TryGetProperty(field.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), out var value) ? Value(value, field.Type) : Of(field);
                    return $"{SqlText.Identifier(field.Name)} := {member}";
                });
                return $"struct_pack({string.Join(", ", members)})";
            case ListType list:
                return $"CAST([{string.Join(", ", json.EnumerateArray().Select(item => Value(item, list.Element)))}] AS {SqlTypes.Of(type)})";
            case MapType map:
                var keys = json.GetProperty("keys").EnumerateArray().Select(item => Value(item, map.Key));
                var values = json.GetProperty("values").EnumerateArray().Select(item => Value(item, map.Value));
                return $"CAST(MAP([{string.Join(", ", keys)}], [{string.Join(", ", values)}]) AS {SqlTypes.Of(type)})";
            default:
                return SqlText.Literal(SingleValueJson.Read(json, type), type);
        }
    }
}
