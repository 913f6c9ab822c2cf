using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>Field ids as DuckDB's writer takes them, and the paths under which it reports statistics.</summary>
internal static class FieldIds
{
    /// <summary>The value of the option FIELD_IDS.</summary>
    public static string Option(IEnumerable<NestedField> fields) => $"{{{string.Join(", ", fields.Select(field => $"{SqlText.Identifier(field.Name)}: {Value(field.Id, field.Type)}"))}}}";

    /// <summary>The leaves by path, for instance <c>"s"."b"."element"</c>; those below a list or map hold any number of values a row.</summary>
    public static IReadOnlyDictionary<string, Leaf> Leaves(Schema schema)
    {
        var leaves = new Dictionary<string, Leaf>(StringComparer.Ordinal);
        foreach (var field in schema.Fields)
        {
            Add(field.Id, field.Type, SqlText.Identifier(field.Name), repeated: false);
        }

        return leaves;

        void Add(int id, IcebergType type, string path, bool repeated)
        {
            switch (type)
            {
                case StructType { Fields: var fields }:
                    foreach (var child in fields)
                    {
                        Add(child.Id, child.Type, $"{path}.{SqlText.Identifier(child.Name)}", repeated);
                    }

                    break;
                case ListType list:
                    Add(list.ElementId, list.Element, $"{path}.\"element\"", true);
                    break;
                case MapType map:
                    Add(map.KeyId, map.Key, $"{path}.\"key\"", true);
                    Add(map.ValueId, map.Value, $"{path}.\"value\"", true);
                    break;
                case PrimitiveType primitive:
                    leaves[path] = new Leaf(id, primitive, repeated);
                    break;
            }
        }
    }

    static string Value(int id, IcebergType type)
    {
        var children = type switch
        {
            StructType { Fields: var fields } => string.Join(", ", fields.Select(f => $"{SqlText.Identifier(f.Name)}: {Value(f.Id, f.Type)}")),
            ListType list => $"element: {Value(list.ElementId, list.Element)}",
            MapType map => $"key: {Value(map.KeyId, map.Key)}, value: {Value(map.ValueId, map.Value)}",
            _ => null,
        };
        return children is null ? SqlText.Literal(id) : $"{{__duckdb_field_id: {SqlText.Literal(id)}, {children}}}";
    }
}

/// <summary>A column of a Parquet file.</summary>
/// <param name="FieldId">Its field id.</param>
/// <param name="Type">Its type.</param>
/// <param name="Repeated">Whether it lies within a list or map.</param>
internal sealed record Leaf(int FieldId, PrimitiveType Type, bool Repeated);
