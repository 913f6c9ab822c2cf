using Lakehouse.Formats.Expressions;

namespace Lakehouse.Formats.Iceberg.Rest;

/// <summary>Finds the fields of a schema as REST clients name them: by full name (<c>a.b</c>, <c>a.element</c>), in any case if they say so, or by id.</summary>
public sealed class RestFields
{
    private readonly Dictionary<string, RestField> byName;
    private readonly ILookup<string, RestField> byAnyCase;
    private readonly Dictionary<int, RestField> byId;
    private readonly bool isCaseSensitive;

    /// <summary>The fields of a schema.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="isCaseSensitive">Whether names have to be written as the schema has them.</param>
    public RestFields(Schema schema, bool isCaseSensitive = true)
    {
        var all = new List<RestField>();
        Add(schema.Fields, [], all);
        byName = new Dictionary<string, RestField>(StringComparer.Ordinal);
        foreach (var field in all)
        {
            // "a.b" may be a column of that name, or a field within "a": the first is meant.
            byName.TryAdd(field.Path.ToString(), field);
        }

        byAnyCase = all.ToLookup(field => field.Path.ToString(), StringComparer.OrdinalIgnoreCase);
        byId = all.ToDictionary(field => field.Id);
        this.isCaseSensitive = isCaseSensitive;
    }

    /// <summary>The field of a name.</summary>
    /// <exception cref="LakehouseException">InvalidData: there is none, or, where the case does not count, there are several.</exception>
    public RestField Find(string name)
    {
        if (byName.TryGetValue(name, out var field))
        {
            return field;
        }

        var alike = isCaseSensitive ? [] : byAnyCase[name].Take(2).ToList();
        return alike switch
        {
            [var only] => only,
            [] => throw LakehouseException.InvalidData($"the table has no field \"{name}\"{(isCaseSensitive && byAnyCase[name].Any() ? ", but for the case of its letters" : "")}"),
            _ => throw LakehouseException.InvalidData($"the field \"{name}\" is ambiguous where the case of letters does not count"),
        };
    }

    /// <summary>The field of an id.</summary>
    /// <exception cref="LakehouseException">InvalidData: there is none.</exception>
    public RestField Find(int id) => byId.TryGetValue(id, out var field) ? field : throw LakehouseException.InvalidData($"the table has no field with id {id}");

    private static void Add(IEnumerable<NestedField> fields, IReadOnlyList<string> parents, List<RestField> all)
    {
        foreach (var field in fields)
        {
            IReadOnlyList<string> names = [.. parents, field.Name];
            all.Add(new RestField(field.Id, new ColumnPath(names), field.Type));
            IEnumerable<NestedField> children = field.Type switch
            {
                StructType structure => structure.Fields,
                ListType list => [new NestedField(list.ElementId, "element", list.ElementRequired, list.Element)],
                MapType map => [new NestedField(map.KeyId, "key", true, map.Key), new NestedField(map.ValueId, "value", map.ValueRequired, map.Value)],
                _ => [],
            };
            Add(children, names, all);
        }
    }
}

/// <summary>A field of a schema at any depth.</summary>
/// <param name="Id">Field id.</param>
/// <param name="Path">Its names from the outside in.</param>
/// <param name="Type">Its type.</param>
public sealed record RestField(int Id, ColumnPath Path, IcebergType Type);
