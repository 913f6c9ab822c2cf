namespace Lakehouse.Formats.Iceberg;

/// <summary>Assigns new field ids to a schema that came with ids of its writer's own, or none that count.</summary>
public static class FreshIds
{
    /// <summary>
    /// The same columns with ids from <paramref name="firstId"/> on: first all columns of a level, then what is nested in them, as the reference implementation numbers them.
    /// Identifier fields follow.
    /// </summary>
    public static Schema Assign(Schema schema, int schemaId = 0, int firstId = 1)
    {
        var next = firstId;
        var newIds = new Dictionary<int, int>();
        var fields = Fields(schema.Fields, newIds, ref next);
        return new Schema(schemaId, fields, schema.IdentifierFieldIds.Select(id => newIds.TryGetValue(id, out var newId)
            ? newId
            : throw LakehouseException.InvalidData($"schema: field \"identifier-field-ids\" names id {id}, which is no field of the schema")).ToList());
    }

    /// <summary>The new id of each id of the schema that <see cref="Assign"/> was given.</summary>
    public static IReadOnlyDictionary<int, int> Mapping(Schema schema, int firstId = 1)
    {
        var next = firstId;
        var newIds = new Dictionary<int, int>();
        Fields(schema.Fields, newIds, ref next);
        return newIds;
    }

    private static List<NestedField> Fields(IReadOnlyList<NestedField> fields, Dictionary<int, int> newIds, ref int next)
    {
        var ids = new int[fields.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = next++;
            newIds[fields[i].Id] = ids[i];
        }

        var renumbered = new List<NestedField>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            renumbered.Add(fields[i] with { Id = ids[i], Type = Renumber(fields[i].Type, newIds, ref next) });
        }

        return renumbered;
    }

    private static IcebergType Renumber(IcebergType type, Dictionary<int, int> newIds, ref int next)
    {
        switch (type)
        {
            case StructType structure:
                return new StructType(Fields(structure.Fields, newIds, ref next));
            case ListType list:
                var elementId = next++;
                newIds[list.ElementId] = elementId;
                return new ListType(elementId, Renumber(list.Element, newIds, ref next), list.ElementRequired);
            case MapType map:
                var keyId = next++;
                var valueId = next++;
                newIds[map.KeyId] = keyId;
                newIds[map.ValueId] = valueId;
                var key = Renumber(map.Key, newIds, ref next);
                return new MapType(keyId, key, valueId, Renumber(map.Value, newIds, ref next), map.ValueRequired);
            default:
                return type;
        }
    }
}
