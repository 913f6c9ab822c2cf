using System.Text.Json;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>Gives the columns of files without field ids their ids by the table's name mapping (specification, "Column Projection" and Appendix C, "Name Mapping Serialization").</summary>
internal sealed class MappedLayout
{
    const string Property = "schema.name-mapping.default";
    const int MaxDepth = 100;

    readonly IReadOnlyList<Mapping> fields;

    MappedLayout(IReadOnlyList<Mapping> fields) => this.fields = fields;

    /// <summary>The mapping of a table, or null when it has none.</summary>
    /// <exception cref="LakehouseException">InvalidData: it is no name mapping.</exception>
    public static MappedLayout? Of(TableMetadata metadata, string table)
    {
        if (!metadata.Properties.TryGetValue(Property, out var text))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            return new MappedLayout(Read(json.RootElement, 0));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw LakehouseException.InvalidData($"table {table}: property {Property} is no name mapping: {error.Message}", error);
        }
    }

    /// <summary>The layout with ids. Columns that the mapping doesn't name have none.</summary>
    public FileLayout Apply(FileLayout layout) => layout with { Columns = Apply(layout.Columns, fields) };

    static FileColumn[] Apply(IReadOnlyList<FileColumn> columns, IReadOnlyList<Mapping> fields) => [.. columns.Select(column =>
    {
        var mapping = fields.FirstOrDefault(field => field.Names.Contains(column.Name, StringComparer.Ordinal));
        return column with { FieldId = mapping?.FieldId, Children = Apply(column.Children, mapping?.Fields ?? []) };
    })];

    static Mapping[] Read(JsonElement json, int depth) => depth > MaxDepth
        ? throw new JsonException("it is nested too deeply")
        : [.. json.EnumerateArray().Select(item => new Mapping(
            [.. item.GetProperty("names").EnumerateArray().Select(name => name.GetString() ?? "")],
            item.TryGetProperty("field-id", out var id) && id.ValueKind != JsonValueKind.Null ? id.GetInt32() : null,
            item.TryGetProperty("fields", out var below) && below.ValueKind != JsonValueKind.Null ? Read(below, depth + 1) : []))];

    sealed record Mapping(IReadOnlyList<string> Names, int? FieldId, IReadOnlyList<Mapping> Fields);
}
