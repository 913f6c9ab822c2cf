using System.Text.Json;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Pipelines.Sessions.Relations;

/// <summary>
/// Types of DuckDB that tables of the lake don't have, such as HUGEINT, which is stored as a decimal: a property of the table says them by column, so that SQL gets back the type that it wrote. Other engines see the stored type.
/// </summary>
internal static class EngineTypes
{
    /// <summary>The table property: a JSON object of types by column.</summary>
    public const string Property = "lakeaspire.duckdb.types";

    static readonly Dictionary<string, string> StoredAs = new(StringComparer.Ordinal)
    {
        ["HUGEINT"] = "decimal(38, 0)",
        ["UHUGEINT"] = "decimal(38, 0)",
        ["UBIGINT"] = "decimal(20, 0)",
        ["UINTEGER"] = "long",
        ["USMALLINT"] = "int",
        ["UTINYINT"] = "int",
        ["SMALLINT"] = "int",
        ["TINYINT"] = "int",
        ["TIMESTAMP_S"] = "timestamp",
        ["TIMESTAMP_MS"] = "timestamp",
    };

    /// <summary>The property's value for the columns of a query; null when all have types of the lake.</summary>
    public static string? Of(IEnumerable<ResultColumn> columns)
    {
        var types = columns.Where(c => StoredAs.ContainsKey(c.DuckDbType)).GroupBy(c => c.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(g => g.Key, g => g.First().DuckDbType, StringComparer.Ordinal);
        return types.Count == 0 ? null : JsonSerializer.Serialize(types);
    }

    /// <summary>The value after a change of one column: its type, or that it is gone.</summary>
    public static string With(TableMetadata metadata, string column, string? newName, string? type)
    {
        var types = new Dictionary<string, string>(Read(metadata.Properties), StringComparer.OrdinalIgnoreCase);
        types.Remove(column, out var old);
        if (newName is not null && (type ?? old) is { } kept && StoredAs.ContainsKey(kept))
        {
            types[newName] = kept;
        }

        return JsonSerializer.Serialize(types);
    }

    /// <summary>DuckDB's type of a column.</summary>
    public static string TypeOf(TableMetadata metadata, NestedField field) => TypeOf(metadata.Properties, field);

    /// <summary>DuckDB's type of a column, by the properties of its table or view.</summary>
    public static string TypeOf(IReadOnlyDictionary<string, string> properties, NestedField field) => Named(properties, field) ?? SqlTypes.Of(field.Type);

    /// <summary>Whether SQL gets other types than the stored ones.</summary>
    public static bool Any(TableMetadata metadata, Schema schema) => metadata.Properties.ContainsKey(Property) && schema.Fields.Any(f => Named(metadata.Properties, f) is not null);

    /// <summary>A relation of stored types as one of DuckDB's types.</summary>
    public static string Shape(TableMetadata metadata, Schema schema, string relation)
    {
        if (!metadata.Properties.ContainsKey(Property))
        {
            return $"SELECT * FROM {relation}";
        }

        var casts = schema.Fields.Where(f => Named(metadata.Properties, f) is not null).Select(f => $"CAST({SqlText.Identifier(f.Name)} AS {Named(metadata.Properties, f)}) AS {SqlText.Identifier(f.Name)}").ToArray();
        return casts.Length == 0 ? $"SELECT * FROM {relation}" : $"SELECT * REPLACE ({string.Join(", ", casts)}) FROM {relation}";
    }

    static string? Named(IReadOnlyDictionary<string, string> properties, NestedField field) =>
        Read(properties).TryGetValue(field.Name, out var type) && StoredAs.GetValueOrDefault(type) == field.Type.ToString() ? type : null;

    static IReadOnlyDictionary<string, string> Read(IReadOnlyDictionary<string, string> properties)
    {
        if (!properties.TryGetValue(Property, out var text))
        {
            return new Dictionary<string, string>(StringComparer.Ordinal);
        }

        try
        {
            return new Dictionary<string, string>(JsonSerializer.Deserialize<Dictionary<string, string>>(text) ?? [], StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            // Somebody else's text: the stored types do.
            return new Dictionary<string, string>(StringComparer.Ordinal);
        }
    }
}
