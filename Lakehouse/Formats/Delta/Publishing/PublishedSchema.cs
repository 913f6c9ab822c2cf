using System.Globalization;
using System.Text.Json;
using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>The schema of a snapshot as Delta has it.</summary>
/// <param name="Columns">Its columns.</param>
/// <param name="LeftOut">Full names and types of the fields that Delta cannot say.</param>
internal sealed record PublishedSchema(IReadOnlyList<PublishedNode> Columns, IReadOnlyList<string> LeftOut)
{
    /// <summary>Key of Iceberg's field id in a field's metadata, where column mapping does not hold it.</summary>
    public const string FieldIdKey = "lakeaspire.fieldId";

    /// <summary>The schema of a snapshot.</summary>
    /// <param name="metadata">The table.</param>
    /// <param name="schema">The snapshot's schema.</param>
    /// <param name="published">The schema that the log has so far, whose names in data files stay; null when there is none.</param>
    public static PublishedSchema Of(TableMetadata metadata, Schema schema, DeltaStruct? published = null)
    {
        var history = metadata.Schemas.Where(other => other.SchemaId < schema.SchemaId).OrderBy(other => other.SchemaId).ToList();
        var build = new Builder(PhysicalNames.Of(metadata), NamesById(published), history.Select(TypesById).ToList());
        var columns = build.Fields(schema.Fields, "");
        return new PublishedSchema(columns, build.LeftOut);
    }

    /// <summary>The column of a name in data files, or null.</summary>
    public PublishedNode? Column(int fieldId) => Columns.FirstOrDefault(column => column.Id == fieldId);

    /// <summary>Two columns, or two fields of a struct, whose names differ in nothing but case, which Delta forbids; null when there are none.</summary>
    public string? NameClash() => Clash(Columns);

    /// <summary>As the log has it.</summary>
    /// <param name="isMapped">Whether columns are found by their names in data files instead of those in the schema.</param>
    public DeltaStruct ToDelta(bool isMapped) => new([.. Columns.Select(column => FieldOf(column, isMapped))]);

    private static DeltaField FieldOf(PublishedNode node, bool isMapped)
    {
        var json = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (isMapped)
        {
            json[DeltaField.IdKey] = JsonSerializer.SerializeToElement(node.Id);
            json[DeltaField.PhysicalNameKey] = JsonSerializer.SerializeToElement(node.Physical);
        }
        else
        {
            json[FieldIdKey] = JsonSerializer.SerializeToElement(node.Id);
        }

        var changes = Changes(node, path: null).ToList();
        if (changes.Count > 0)
        {
            json[DeltaField.TypeChangesKey] = JsonSerializer.SerializeToElement(changes);
        }

        // Nullability is the writers' business: data files hold what they hold, and a column may lose its being required.
        return new DeltaField(node.Name, TypeOf(node, isMapped), Nullable: true, json);
    }

    private static DeltaType TypeOf(PublishedNode node, bool isMapped) => node.Source switch
    {
        StructType => new DeltaStruct([.. node.Children.Select(child => FieldOf(child, isMapped))]),
        ListType => new DeltaArray(TypeOf(node.Children[0], isMapped), ContainsNull: true),
        MapType => new DeltaMap(TypeOf(node.Children[0], isMapped), TypeOf(node.Children[1], isMapped), ValueContainsNull: true),
        _ => node.Type,
    };

    /// <summary>Changes of the field itself and of what lies in its lists and maps; fields of structs have their own.</summary>
    private static IEnumerable<Dictionary<string, string>> Changes(PublishedNode node, string? path)
    {
        var types = node.FormerTypes.Append(node.Type).ToList();
        for (var i = 1; i < types.Count; i++)
        {
            var change = new Dictionary<string, string>(StringComparer.Ordinal) { ["fromType"] = types[i - 1].ToString()!, ["toType"] = types[i].ToString()! };
            if (path is not null)
            {
                change["fieldPath"] = path;
            }

            yield return change;
        }

        foreach (var change in node.Source is ListType or MapType ? node.Children.SelectMany(child => Changes(child, path is null ? child.Name : $"{path}.{child.Name}")) : [])
        {
            yield return change;
        }
    }

    private static string? Clash(IReadOnlyList<PublishedNode> nodes)
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var node in nodes)
        {
            if (!names.TryAdd(node.Name, node.Name))
            {
                return $"{names[node.Name]} and {node.Name}";
            }

            if (Clash(node.Children) is { } clash)
            {
                return clash;
            }
        }

        return null;
    }

    /// <summary>Names in data files by field id, as an earlier version was published.</summary>
    private static Dictionary<int, string> NamesById(DeltaStruct? published)
    {
        var names = new Dictionary<int, string>();
        Add(published);
        return names;

        void Add(DeltaType? type)
        {
            switch (type)
            {
                case DeltaStruct structure:
                    foreach (var field in structure.Fields)
                    {
                        var id = field.ColumnMappingId ?? (field.Metadata.TryGetValue(FieldIdKey, out var json) && json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var number) ? number : -1);
                        names[id] = field.PhysicalName ?? field.Name;
                        Add(field.Type);
                    }

                    break;
                case DeltaArray array:
                    Add(array.Element);
                    break;
                case DeltaMap map:
                    Add(map.Key);
                    Add(map.Value);
                    break;
            }
        }
    }

    private static Dictionary<int, IcebergType> TypesById(Schema schema) => SchemaFields.All(schema).ToDictionary(item => item.Field.Id, item => item.Field.Type);

    private sealed class Builder(PhysicalNames names, Dictionary<int, string> kept, List<Dictionary<int, IcebergType>> history)
    {
        public List<string> LeftOut { get; } = [];

        public IReadOnlyList<PublishedNode> Fields(IReadOnlyList<NestedField> fields, string prefix)
        {
            var nodes = new List<PublishedNode>(fields.Count);
            foreach (var field in fields)
            {
                // Files from before the column was added lack it: Delta would read nulls where Iceberg reads the default.
                if (field.InitialDefault is not null and not "null")
                {
                    LeftOut.Add($"{prefix}{field.Name} (has a default for rows from before it was added)");
                }
                else if (Node(field.Id, field.Name, kept.GetValueOrDefault(field.Id) ?? names[field.Id] ?? field.Name, field.Type, prefix + field.Name) is { } node)
                {
                    nodes.Add(node);
                }
            }

            return nodes;
        }

        private PublishedNode? Node(int id, string name, string physical, IcebergType type, string path)
        {
            switch (type)
            {
                case StructType structure:
                    var fields = Fields(structure.Fields, path + ".");
                    return fields.Count == 0 ? null : new PublishedNode(id, name, physical, type, new DeltaStruct([]), fields);
                case ListType list:
                    return Node(list.ElementId, "element", "element", list.Element, path + ".element") is { } element
                        ? new PublishedNode(id, name, physical, type, new DeltaArray(element.Type, ContainsNull: true), [element])
                        : null;
                case MapType map:
                    // A map without its key or value is no map.
                    var key = Node(map.KeyId, "key", "key", map.Key, path + ".key");
                    var value = Node(map.ValueId, "value", "value", map.Value, path + ".value");
                    return key is null || value is null ? null : new PublishedNode(id, name, physical, type, new DeltaMap(key.Type, value.Type, ValueContainsNull: true), [key, value]);
                case PrimitiveType when PublishedTypes.Of(type) is { } delta:
                    return new PublishedNode(id, name, physical, type, delta, []) { FormerTypes = Former(id, delta) };
                default:
                    LeftOut.Add(string.Create(CultureInfo.InvariantCulture, $"{path} ({type})"));
                    return null;
            }
        }

        private List<DeltaType> Former(int id, DeltaType now)
        {
            var former = new List<DeltaType>();
            foreach (var type in history.Select(types => types.GetValueOrDefault(id)).OfType<PrimitiveType>().Select(PublishedTypes.Of).OfType<DeltaType>())
            {
                if (!type.Equals(now) && (former.Count == 0 || !former[^1].Equals(type)))
                {
                    former.Add(type);
                }
            }

            return former;
        }
    }
}
