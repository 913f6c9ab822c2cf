using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>Every field that a table's schemas have or had, as the newest of them says.</summary>
internal sealed class TableFields
{
    readonly Dictionary<int, NestedField> fields = [];
    readonly Dictionary<int, (NestedField Column, IReadOnlyList<string> Path)> places = [];

    public TableFields(TableMetadata metadata)
    {
        foreach (var schema in metadata.SchemasByAge())
        {
            foreach (var column in schema.Fields)
            {
                Add(column, column, []);
            }
        }
    }

    public NestedField? Find(int id) => fields.GetValueOrDefault(id);

    /// <summary>The column that holds a field, and the names of the structs' fields that lead to it; null when the table never had it, or it lies within a list or map.</summary>
    public (NestedField Column, IReadOnlyList<string> Path)? Place(int id) => places.TryGetValue(id, out var place) ? place : null;

    void Add(NestedField column, NestedField field, IReadOnlyList<string>? path)
    {
        fields.TryAdd(field.Id, field);
        if (path is not null)
        {
            places.TryAdd(field.Id, (column, path));
        }

        switch (field.Type)
        {
            case StructType structure:
                foreach (var child in structure.Fields)
                {
                    Add(column, child, path is null ? null : [.. path, child.Name]);
                }

                break;
            case ListType list:
                Add(column, new NestedField(list.ElementId, "element", false, list.Element), null);
                break;
            case MapType map:
                Add(column, new NestedField(map.KeyId, "key", false, map.Key), null);
                Add(column, new NestedField(map.ValueId, "value", false, map.Value), null);
                break;
        }
    }
}
