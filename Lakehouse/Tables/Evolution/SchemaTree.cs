using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>Rewrites the fields of a schema at any depth.</summary>
static class SchemaTree
{
    /// <summary>The fields with one of them, found by id at any depth, made another; null takes it away.</summary>
    public static IReadOnlyList<NestedField> Replace(IReadOnlyList<NestedField> fields, int id, Func<NestedField, NestedField?> change)
    {
        var result = new List<NestedField>(fields.Count);
        foreach (var field in fields)
        {
            if (field.Id != id)
            {
                result.Add(field with { Type = Replace(field.Type, id, change) });
            }
            else if (change(field) is { } changed)
            {
                result.Add(changed);
            }
        }

        return result;
    }

    /// <summary>The fields with those of one struct made others.</summary>
    /// <param name="fields">Fields of the table.</param>
    /// <param name="parent">Id of the struct, or of the list or map whose elements or values are structs; null = the table itself.</param>
    /// <param name="change">The new fields of that struct.</param>
    public static IReadOnlyList<NestedField> ReplaceWithin(IReadOnlyList<NestedField> fields, int? parent, Func<IReadOnlyList<NestedField>, IReadOnlyList<NestedField>> change) =>
        parent is { } id ? Replace(fields, id, field => field with { Type = Within(field.Type, change) ?? throw LakehouseException.InvalidData($"column {field.Name} is {field.Type}, and has no fields") }) : change(fields);

    /// <summary>The fields that hold a field: their parent's id (null for the table) and themselves.</summary>
    public static (int? Parent, IReadOnlyList<NestedField> Siblings) Around(IReadOnlyList<NestedField> fields, int id, int? parent = null)
    {
        if (fields.Any(field => field.Id == id))
        {
            return (parent, fields);
        }

        foreach (var field in fields)
        {
            if (StructWithin(field.Type) is { } within && Around(within.Fields, id, field.Id) is { Siblings.Count: > 0 } found)
            {
                return found;
            }
        }

        return (null, []);
    }

    /// <summary>The struct that a type is, or that its elements or values are; null when there is none.</summary>
    public static StructType? StructWithin(IcebergType type) => type switch
    {
        StructType structure => structure,
        ListType list => StructWithin(list.Element),
        MapType map => StructWithin(map.Value),
        _ => null,
    };

    static IcebergType? Within(IcebergType type, Func<IReadOnlyList<NestedField>, IReadOnlyList<NestedField>> change) => type switch
    {
        StructType structure => new StructType(change(structure.Fields)),
        ListType list => Within(list.Element, change) is { } element ? list with { Element = element } : null,
        MapType map => Within(map.Value, change) is { } value ? map with { Value = value } : null,
        _ => null,
    };

    static IcebergType Replace(IcebergType type, int id, Func<NestedField, NestedField?> change)
    {
        switch (type)
        {
            case StructType structure:
                return new StructType(Replace(structure.Fields, id, change));
            case ListType list:
                var element = list.ElementId == id ? Kept(change(new NestedField(id, "element", list.ElementRequired, list.Element))) : null;
                return element is null ? list with { Element = Replace(list.Element, id, change) } : list with { Element = element.Type, ElementRequired = element.Required };
            case MapType map:
                var value = map.ValueId == id ? Kept(change(new NestedField(id, "value", map.ValueRequired, map.Value))) : null;
                return value is null
                    ? map with { Key = map.KeyId == id ? throw LakehouseException.InvalidData("the keys of a map can't be changed") : map.Key, Value = Replace(map.Value, id, change) }
                    : map with { Value = value.Type, ValueRequired = value.Required };
            default:
                return type;
        }
    }

    static NestedField Kept(NestedField? field) => field ?? throw LakehouseException.InvalidData("the elements of a list and the values of a map can't be dropped");
}
