using Lakehouse.Formats.Delta.Publishing;
using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Catalog.Unity;

/// <summary>Columns of a published table in Unity Catalog's words, which are Spark's.</summary>
internal static class UnityColumns
{
    public static IReadOnlyList<ColumnInfo> Of(TableMetadata metadata) => [.. PublishedColumns.Of(metadata).Fields.Select((field, position) => Of(metadata, field, position))];

    static ColumnInfo Of(TableMetadata metadata, DeltaField field, int position)
    {
        var json = DeltaSchemaJson.ToText(new DeltaStruct([field]));
        using var schema = System.Text.Json.JsonDocument.Parse(json);
        var number = field.Type as DeltaDecimal;
        return new ColumnInfo(
            field.Name,
            TextOf(field.Type),
            schema.RootElement.GetProperty("fields")[0].GetRawText(),
            NameOf(field.Type),
            number?.Precision,
            number?.Scale,
            position,
            metadata.CurrentSchema.FindColumn(field.Name)?.Doc,
            field.Nullable);
    }

    static string NameOf(DeltaType type) => type switch
    {
        DeltaStruct => "STRUCT",
        DeltaArray => "ARRAY",
        DeltaMap => "MAP",
        DeltaDecimal => "DECIMAL",
        DeltaPrimitive { Name: "integer" } => "INT",
        DeltaPrimitive { Name: "void" } => "NULL",
        DeltaPrimitive { Name: var name } => name.ToUpperInvariant(),
        _ => "STRING",
    };

    /// <summary>As Spark's SQL writes types.</summary>
    static string TextOf(DeltaType type) => type switch
    {
        DeltaStruct structure => $"struct<{string.Join(',', structure.Fields.Select(field => $"{field.Name}:{TextOf(field.Type)}"))}>",
        DeltaArray array => $"array<{TextOf(array.Element)}>",
        DeltaMap map => $"map<{TextOf(map.Key)},{TextOf(map.Value)}>",
        DeltaPrimitive { Name: "integer" } => "int",
        DeltaPrimitive { Name: "long" } => "bigint",
        DeltaPrimitive { Name: "short" } => "smallint",
        DeltaPrimitive { Name: "byte" } => "tinyint",
        _ => type.ToString()!,
    };
}
