using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>
/// DuckDB resolves top-level columns by field id, but what lies within them by name. That is right unless a nested field was ever renamed, or its name given to another field; the schemas so far tell.
/// </summary>
internal static class NestedNames
{
    /// <summary>Ids of the top-level columns within which names can't be trusted.</summary>
    public static IReadOnlySet<int> ChangedColumns(Schema schema, IReadOnlyList<Schema> history)
    {
        var changed = new HashSet<int>();
        foreach (var column in schema.Fields.Where(field => field.Type is not PrimitiveType))
        {
            var idOf = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
            var pathOf = new Dictionary<int, string>();
            foreach (var version in history.Append(schema).Select(s => s.Fields.FirstOrDefault(field => field.Id == column.Id)).OfType<NestedField>())
            {
                foreach (var (id, path) in Paths(version.Type, ""))
                {
                    if ((idOf.TryAdd(path, id) ? id : idOf[path]) != id || (pathOf.TryAdd(id, path) ? path : pathOf[id]) != path)
                    {
                        changed.Add(column.Id);
                    }
                }
            }
        }

        return changed;
    }

    static IEnumerable<(int Id, string Path)> Paths(IcebergType type, string prefix)
    {
        IEnumerable<(int Id, string Name, IcebergType Type)> children = type switch
        {
            StructType { Fields: var fields } => fields.Select(f => (f.Id, f.Name, f.Type)),
            ListType list => [(list.ElementId, "[]", list.Element)],
            MapType map => [(map.KeyId, "{key}", map.Key), (map.ValueId, "{value}", map.Value)],
            _ => [],
        };
        return children.SelectMany(child => Paths(child.Type, $"{prefix}\0{child.Name}").Prepend((child.Id, $"{prefix}\0{child.Name}")));
    }
}
