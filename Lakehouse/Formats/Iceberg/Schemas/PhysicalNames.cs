using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// The names that the columns of a table have in its data files. A field gets its name there once, when it is created, and keeps it through renames: its first name, or <c>name_id</c> where another
/// field of the same parent ever had that name (ignoring case). Iceberg resolves columns by id; readers that go by name, those of the published Delta log for one, find every column in every file.
/// </summary>
public sealed class PhysicalNames
{
    private readonly Dictionary<int, string> names = [];

    // Names that fields of a parent have, or ever had; the parent is the id of the field around them, -1 for the table itself.
    private readonly Dictionary<int, Dictionary<string, int>> taken = [];

    private PhysicalNames()
    {
    }

    /// <summary>The name of a field in data files; null for an id that no schema has.</summary>
    public string? this[int fieldId] => names.GetValueOrDefault(fieldId);

    /// <summary>The names of a table's fields, by the history of its schemas.</summary>
    public static PhysicalNames Of(TableMetadata metadata) => Of(metadata.Schemas);

    /// <summary>The names of a table's fields, by all its schemas so far.</summary>
    /// <param name="schemas">The schemas; their ids tell their order.</param>
    public static PhysicalNames Of(IEnumerable<Schema> schemas)
    {
        var result = new PhysicalNames();
        foreach (var schema in schemas.OrderBy(schema => schema.SchemaId))
        {
            result.Add(schema.Fields, parent: -1);
        }

        return result;
    }

    /// <summary>A schema with the same fields, ids and types, named as in data files. Elements, keys and values keep the names that their types give them.</summary>
    public Schema Apply(Schema schema) => schema with { Fields = Apply(schema.Fields) };

    /// <summary>Whether some field of a schema has another name than in data files.</summary>
    public bool DifferIn(Schema schema) => Differ(schema.Fields);

    private void Add(IReadOnlyList<NestedField> fields, int parent)
    {
        if (!taken.TryGetValue(parent, out var known))
        {
            taken[parent] = known = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        }

        // Fields that have their name already go first: what they are called now is theirs before a new field may claim it.
        foreach (var field in fields.Where(field => names.ContainsKey(field.Id)))
        {
            known.TryAdd(field.Name, field.Id);
        }

        foreach (var field in fields)
        {
            if (!names.ContainsKey(field.Id))
            {
                var name = field.Name;
                while (known.TryGetValue(name, out var owner) && owner != field.Id)
                {
                    name = string.Create(CultureInfo.InvariantCulture, $"{name}_{field.Id}");
                }

                known[name] = field.Id;
                names[field.Id] = name;
            }

            AddWithin(field.Id, field.Type);
        }
    }

    private void AddWithin(int id, IcebergType type)
    {
        switch (type)
        {
            case StructType structure:
                Add(structure.Fields, id);
                break;
            case ListType list:
                AddWithin(list.ElementId, list.Element);
                break;
            case MapType map:
                AddWithin(map.KeyId, map.Key);
                AddWithin(map.ValueId, map.Value);
                break;
        }
    }

    private List<NestedField> Apply(IReadOnlyList<NestedField> fields) => fields.Select(field => field with { Name = names.GetValueOrDefault(field.Id, field.Name), Type = Apply(field.Type) }).ToList();

    private IcebergType Apply(IcebergType type) => type switch
    {
        StructType structure => new StructType(Apply(structure.Fields)),
        ListType list => list with { Element = Apply(list.Element) },
        MapType map => map with { Key = Apply(map.Key), Value = Apply(map.Value) },
        _ => type,
    };

    private bool Differ(IEnumerable<NestedField> fields) => fields.Any(field => names.GetValueOrDefault(field.Id, field.Name) != field.Name || DifferWithin(field.Type));

    private bool DifferWithin(IcebergType type) => type switch
    {
        StructType structure => Differ(structure.Fields),
        ListType list => DifferWithin(list.Element),
        MapType map => DifferWithin(map.Key) || DifferWithin(map.Value),
        _ => false,
    };
}
