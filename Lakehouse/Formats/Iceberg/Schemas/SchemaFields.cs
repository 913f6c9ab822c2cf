namespace Lakehouse.Formats.Iceberg;

/// <summary>Looks into the fields of a schema at every depth.</summary>
public static class SchemaFields
{
    /// <summary>All fields at every depth, with their full names (<c>a.b</c>, <c>a.element</c>, <c>a.key</c>, <c>a.value</c>), parents first.</summary>
    public static IEnumerable<(NestedField Field, string FullName)> All(Schema schema) => Below(schema.Fields, "");

    /// <summary>The field of that id at any depth, or null.</summary>
    public static NestedField? FindField(this Schema schema, int id) => All(schema).FirstOrDefault(item => item.Field.Id == id).Field;

    /// <summary>The field of that full name (<c>a.b</c>), or null.</summary>
    public static NestedField? FindByFullName(this Schema schema, string fullName) => All(schema).FirstOrDefault(item => item.FullName == fullName).Field;

    /// <summary>The full name of a field, or null.</summary>
    public static string? FullNameOf(this Schema schema, int id) => All(schema).FirstOrDefault(item => item.Field.Id == id).FullName;

    /// <summary>The highest field id of a schema; 0 when it has no fields.</summary>
    public static int HighestFieldId(Schema schema) => All(schema).Select(item => item.Field.Id).DefaultIfEmpty(0).Max();

    internal static void Check(Schema schema, string path)
    {
        var ids = new Dictionary<int, string>();
        foreach (var (field, name) in All(schema))
        {
            if (field.Id is < 0 or > MaxFieldId)
            {
                throw LakehouseException.InvalidData($"{path}: field \"{name}\" has id {field.Id}, outside 0 to {MaxFieldId}");
            }

            if (!ids.TryAdd(field.Id, name))
            {
                throw LakehouseException.InvalidData($"{path}: fields \"{ids[field.Id]}\" and \"{name}\" share id {field.Id}");
            }
        }

        CheckNames(schema.Fields, path);
        foreach (var id in schema.IdentifierFieldIds.Where(id => !ids.ContainsKey(id)))
        {
            throw LakehouseException.InvalidData($"{path}: field \"identifier-field-ids\" names id {id}, which is no field of the schema");
        }
    }

    // Ids above are reserved for metadata columns (specification, "Reserved Field IDs").
    private const int MaxFieldId = int.MaxValue - 200;

    private static void CheckNames(IReadOnlyList<NestedField> fields, string path)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in fields)
        {
            if (field.Name.Length == 0)
            {
                throw LakehouseException.InvalidData($"{path}: the field with id {field.Id} has no name");
            }

            if (!names.Add(field.Name))
            {
                throw LakehouseException.InvalidData($"{path}: two fields are named \"{field.Name}\"");
            }

            CheckTypeNames(field.Type, $"{path}.{field.Name}");
        }
    }

    private static void CheckTypeNames(IcebergType type, string path)
    {
        switch (type)
        {
            case StructType structure:
                CheckNames(structure.Fields, path);
                break;
            case ListType list:
                CheckTypeNames(list.Element, path);
                break;
            case MapType map:
                CheckTypeNames(map.Key, path);
                CheckTypeNames(map.Value, path);
                break;
        }
    }

    private static IEnumerable<(NestedField Field, string FullName)> Below(IEnumerable<NestedField> fields, string prefix)
    {
        foreach (var field in fields)
        {
            var name = prefix + field.Name;
            yield return (field, name);
            foreach (var child in Below(Children(field.Type), name + "."))
            {
                yield return child;
            }
        }
    }

    private static IReadOnlyList<NestedField> Children(IcebergType type) => type switch
    {
        StructType structure => structure.Fields,
        ListType list => [new NestedField(list.ElementId, "element", list.ElementRequired, list.Element)],
        MapType map => [new NestedField(map.KeyId, "key", true, map.Key), new NestedField(map.ValueId, "value", map.ValueRequired, map.Value)],
        _ => [],
    };
}
