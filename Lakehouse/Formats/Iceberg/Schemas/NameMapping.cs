using System.Text;
using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// Which names stand for which fields in files that hold no field ids (specification, "Column Projection" and "Name Mapping Serialization"): the table property
/// <see cref="PropertyName"/>.
/// </summary>
public sealed class NameMapping
{
    /// <summary>The property of a table that holds it.</summary>
    public const string PropertyName = "schema.name-mapping.default";

    private const int MaxDepth = 64;

    private readonly Dictionary<string, MappedField> byName = new(StringComparer.Ordinal);

    /// <summary>A mapping of these fields.</summary>
    /// <exception cref="LakehouseException">InvalidData: two fields of one level have the same name.</exception>
    public NameMapping(IReadOnlyList<MappedField> fields)
    {
        Fields = fields;
        foreach (var field in fields)
        {
            foreach (var name in field.Names)
            {
                if (!byName.TryAdd(name, field))
                {
                    throw LakehouseException.InvalidData($"name mapping: two fields are named \"{name}\"");
                }
            }
        }
    }

    /// <summary>A mapping without fields.</summary>
    public static NameMapping Empty { get; } = new([]);

    /// <summary>The fields of this level.</summary>
    public IReadOnlyList<MappedField> Fields { get; }

    /// <summary>The field that a name of this level stands for, or null.</summary>
    public MappedField? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The mapping that a table states, or null.</summary>
    /// <exception cref="LakehouseException">InvalidData: the property is malformed.</exception>
    public static NameMapping? Of(TableMetadata metadata) => metadata.Properties.TryGetValue(PropertyName, out var json) ? Parse(json) : null;

    /// <summary>The mapping by which each field of a schema has its own name.</summary>
    public static NameMapping Of(Schema schema) => new(Mapped(schema.Fields));

    /// <summary>Reads a mapping from JSON text.</summary>
    /// <exception cref="LakehouseException">InvalidData names the place and the reason.</exception>
    public static NameMapping Parse(string json) => JsonText.Read(Encoding.UTF8.GetBytes(json), "name mapping", root => root.ValueKind == JsonValueKind.Array
        ? Read(root, "name mapping", 0)
        : throw LakehouseException.InvalidData("name mapping: expected an array"));

    /// <summary>The mapping as JSON text.</summary>
    public string ToJson() => JsonText.WriteText(json => Write(json, Fields));

    private static NameMapping Read(JsonElement array, string path, int depth) => depth > MaxDepth
        ? throw LakehouseException.InvalidData($"{path} is nested too deeply")
        : new NameMapping(array.EnumerateArray().Select((item, index) =>
        {
            var field = new JsonFields(item, $"{path}[{index}]");
            var nested = field.Find("fields") is { ValueKind: JsonValueKind.Array } children ? Read(children, $"{field.Path}.fields", depth + 1) : Empty;
            return new MappedField(field.OptionalInt("field-id"), field.Strings("names"), nested);
        }).ToList());

    private static void Write(Utf8JsonWriter json, IReadOnlyList<MappedField> fields)
    {
        json.WriteStartArray();
        foreach (var field in fields)
        {
            json.WriteStartObject();
            if (field.FieldId is { } id)
            {
                json.WriteNumber("field-id", id);
            }

            json.WriteStartArray("names");
            foreach (var name in field.Names)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            if (field.Nested.Fields.Count > 0)
            {
                json.WritePropertyName("fields");
                Write(json, field.Nested.Fields);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static List<MappedField> Mapped(IReadOnlyList<NestedField> fields) => fields.Select(field => new MappedField(field.Id, [field.Name], new NameMapping(Mapped(field.Type switch
    {
        StructType structure => structure.Fields,
        ListType list => [new NestedField(list.ElementId, "element", list.ElementRequired, list.Element)],
        MapType map => [new NestedField(map.KeyId, "key", true, map.Key), new NestedField(map.ValueId, "value", map.ValueRequired, map.Value)],
        _ => [],
    })))).ToList();
}

/// <summary>A field of a name mapping.</summary>
/// <param name="FieldId">The field; null when the names stand for no field.</param>
/// <param name="Names">Its names in files; may be none.</param>
/// <param name="Nested">The names within it: fields of a struct, <c>element</c> of a list, <c>key</c> and <c>value</c> of a map.</param>
public sealed record MappedField(int? FieldId, IReadOnlyList<string> Names, NameMapping Nested);
