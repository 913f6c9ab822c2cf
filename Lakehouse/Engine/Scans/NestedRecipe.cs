using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>How a nested column is read under the names of its file, and rebuilt under the names of the schema, matched by field id.</summary>
/// <param name="FileType">DuckDB's type under the file's names; fields that only the file has are left out.</param>
/// <param name="Build">Turns the SQL of such a value into that of a value of the schema's type.</param>
internal sealed record NestedRecipe(string FileType, Func<string, string> Build)
{
    public static NestedRecipe Of(IcebergType type, ParquetLayout inFile, int depth = 0) => type switch
    {
        StructType structure => OfStruct(structure, inFile, depth),
        ListType list when inFile.Child(list.ElementId) is { } element => OfList(Of(list.Element, element, depth + 1), depth),
        MapType map when inFile.Child(map.KeyId) is { } key && inFile.Child(map.ValueId) is { } value => OfMap(Of(map.Key, key, depth + 1), Of(map.Value, value, depth + 1), depth),
        PrimitiveType => new NestedRecipe(SqlTypes.Of(type), value => value),
        _ => new NestedRecipe(SqlTypes.Of(type), _ => $"CAST(NULL AS {SqlTypes.Of(type)})"),
    };

    static NestedRecipe OfStruct(StructType structure, ParquetLayout inFile, int depth)
    {
        var fields = structure.Fields.Select(field => (Field: field, InFile: inFile.Child(field.Id))).Select(f => (f.Field, f.InFile, Recipe: f.InFile is null ? null : Of(f.Field.Type, f.InFile, depth))).ToArray();
        var present = fields.Where(f => f.InFile is not null).Select(f => $"{SqlText.Identifier(f.InFile!.Name)} {f.Recipe!.FileType}").ToArray();

        // A struct of which no field is left can still be null or not: any field of the file tells.
        var fileType = present.Length > 0 ? $"STRUCT({string.Join(", ", present)})" : $"STRUCT({SqlText.Identifier(inFile.Children[0].Name)} VARCHAR)";
        return new NestedRecipe(fileType, value =>
        {
            var members = fields.Select(f =>
            {
                var member = f.InFile is null ? $"CAST(NULL AS {SqlTypes.Of(f.Field.Type)})" : f.Recipe!.Build($"struct_extract({value}, {SqlText.Literal(f.InFile.Name)})");
                return $"{SqlText.Identifier(f.Field.Name)} := {member}";
            });
            return $"CASE WHEN {value} IS NULL THEN NULL ELSE struct_pack({string.Join(", ", members)}) END";
        });
    }

    static NestedRecipe OfList(NestedRecipe element, int depth)
    {
        var name = $"e{depth}";
        return new NestedRecipe($"{element.FileType}[]", value => $"list_transform({value}, lambda {name}: {element.Build(name)})");
    }

    static NestedRecipe OfMap(NestedRecipe key, NestedRecipe item, int depth)
    {
        var name = $"e{depth}";
        return new NestedRecipe(
            $"MAP({key.FileType}, {item.FileType})",
            value => $"CASE WHEN {value} IS NULL THEN NULL ELSE map_from_entries(list_transform(map_entries({value}), lambda {name}: struct_pack(k := {key.Build($"{name}.key")}, v := {item.Build($"{name}.value")}))) END");
    }
}
