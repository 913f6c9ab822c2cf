using System.Globalization;
using System.Text;
using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Default values of fields (specification, "Default values"): what a struct's default leaves out has the default of its own field.</summary>
public static class FieldDefaults
{
    /// <summary>The value of a field in rows that were written before it was added, boxed as <see cref="SingleValueJson"/> says; null without a default.</summary>
    /// <exception cref="LakehouseException">InvalidData: the default is no value of the type.</exception>
    public static object? Initial(NestedField field) => Read(field, field.InitialDefault, "initial-default", Initial);

    /// <summary>The value of a field in rows that a writer leaves it out of, boxed as <see cref="SingleValueJson"/> says; null without a default.</summary>
    /// <exception cref="LakehouseException">InvalidData: the default is no value of the type.</exception>
    public static object? Write(NestedField field) => Read(field, field.WriteDefault, "write-default", Write);

    private static object? Read(NestedField field, string? text, string member, Func<NestedField, object?> ofChild)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            return JsonText.Read(Encoding.UTF8.GetBytes(text), member, json => Value(json, field.Type, ofChild));
        }
        catch (LakehouseException error)
        {
            throw new LakehouseException(error.Kind, $"{member} of field \"{field.Name}\" (id {field.Id}): {error.Message}", error);
        }
    }

    private static object? Value(JsonElement json, IcebergType type, Func<NestedField, object?> ofChild) => type is StructType structure && json.ValueKind == JsonValueKind.Object
        ? structure.Fields.Select(field => json.TryGetProperty(field.Id.ToString(CultureInfo.InvariantCulture), out var value) ? Value(value, field.Type, ofChild) : ofChild(field)).ToList()
        : SingleValueJson.Read(json, type);
}
