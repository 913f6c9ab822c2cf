using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Delta.Schemas;

/// <summary>A change of type that a column went through (PROTOCOL.md, "Type Change Metadata").</summary>
/// <param name="From">The type before.</param>
/// <param name="To">The type after.</param>
/// <param name="FieldPath">Path within arrays and maps, for instance <c>element.value</c>; null for the column itself.</param>
public sealed record TypeChange(DeltaType From, DeltaType To, string? FieldPath)
{
    /// <summary>Whether the specification allows this widening (PROTOCOL.md, "Type Widening").</summary>
    public bool IsSupported => (From, To) switch
    {
        _ when From.Equals(To) => true,
        (DeltaPrimitive { Name: "byte" }, DeltaPrimitive { Name: "short" or "integer" or "long" or "double" }) => true,
        (DeltaPrimitive { Name: "short" }, DeltaPrimitive { Name: "integer" or "long" or "double" }) => true,
        (DeltaPrimitive { Name: "integer" }, DeltaPrimitive { Name: "long" or "double" }) => true,
        (DeltaPrimitive { Name: "float" }, DeltaPrimitive { Name: "double" }) => true,
        (DeltaPrimitive { Name: "date" }, DeltaPrimitive { Name: "timestamp_ntz" }) => true,
        (DeltaPrimitive { Name: "void" }, _) => true,
        (DeltaDecimal from, DeltaDecimal to) => to.Scale >= from.Scale && to.Precision - from.Precision >= to.Scale - from.Scale,
        (DeltaPrimitive { Name: "byte" or "short" or "integer" }, DeltaDecimal to) => to.Precision - to.Scale >= 10,
        (DeltaPrimitive { Name: "long" }, DeltaDecimal to) => to.Precision - to.Scale >= 20,
        _ => false,
    };

    internal static IReadOnlyList<TypeChange> Read(JsonElement json, string column)
    {
        var what = $"column {column}, {DeltaField.TypeChangesKey}";
        return json.ValueKind == JsonValueKind.Array
            ? [.. json.EnumerateArray().Select(change => new JsonFields(change, what)).Select(change => new TypeChange(
                DeltaSchemaJson.ReadType(change.Required("fromType"), what), DeltaSchemaJson.ReadType(change.Required("toType"), what), change.OptionalString("fieldPath")))]
            : throw LakehouseException.InvalidData($"{what}: must be an array");
    }
}
