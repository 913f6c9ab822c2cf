using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Delta.Schemas;

namespace Lakehouse.Engine.Delta;

/// <summary>How a column is read from a data file, and made one of the table's type and names.</summary>
/// <param name="ReadType">DuckDB's type under the file's names; null when nothing of it is in the file.</param>
/// <param name="Build">Turns the SQL of such a value into that of a value of the table's type.</param>
/// <param name="IsPlain">Whether the value read is that value already.</param>
internal sealed record DeltaRecipe(string? ReadType, Func<string, string> Build, bool IsPlain = false)
{
    /// <summary>A column that the file does not have.</summary>
    public static DeltaRecipe Missing(DeltaType type) => new(null, _ => $"CAST(NULL AS {DeltaSqlTypes.Of(type)})");

    /// <param name="type">The type of the table.</param>
    /// <param name="names">How names within are found.</param>
    /// <param name="node">The column in the file; null when the file was not looked into, so that its names are trusted.</param>
    /// <param name="depth">Depth of lambdas around it.</param>
    public static DeltaRecipe Of(DeltaType type, FieldNames names, ParquetNode? node, int depth = 0) => type switch
    {
        DeltaPrimitive { Name: "void" } => Missing(type),
        DeltaPrimitive { Name: "variant" } => new DeltaRecipe("VARIANT", VariantSql.Json),
        DeltaStruct structure => OfStruct(structure, names, node, depth),
        DeltaArray array => OfArray(array, names, node, depth),
        DeltaMap map => OfMap(map, names, node, depth),
        _ => new DeltaRecipe(DeltaSqlTypes.Of(type), value => value, IsPlain: true),
    };

    static DeltaRecipe OfStruct(DeltaStruct structure, FieldNames names, ParquetNode? node, int depth)
    {
        var members = structure.Fields.Select(field =>
        {
            var child = names.Find(field, node);
            var name = child?.Name ?? names.NameOf(field);
            return (Field: field, Name: name, Recipe: node is not null && child is null ? Missing(field.Type) : Of(field.Type, names, child, depth));
        }).ToArray();
        var read = members.Where(member => member.Recipe.ReadType is not null).ToArray();
        if (read.Length == 0 && node is not { Children.Count: > 0 })
        {
            return Missing(structure);
        }

        // A struct of which no field is left can still be null or not: any field of the file tells.
        var readType = read.Length > 0 ? $"STRUCT({string.Join(", ", read.Select(member => $"{SqlText.Identifier(member.Name)} {member.Recipe.ReadType}"))})" : $"STRUCT({SqlText.Identifier(node!.Children[0].Name)} VARCHAR)";
        if (read.Length == members.Length && members.All(member => member.Recipe.IsPlain && member.Name == member.Field.Name))
        {
            return new DeltaRecipe(readType, value => value, IsPlain: true);
        }

        return new DeltaRecipe(readType, value =>
        {
            var built = members.Select(member =>
                $"{SqlText.Identifier(member.Field.Name)} := {(member.Recipe.ReadType is null ? member.Recipe.Build("") : member.Recipe.Build($"struct_extract({value}, {SqlText.Literal(member.Name)})"))}");
            return $"CASE WHEN {value} IS NULL THEN NULL ELSE struct_pack({string.Join(", ", built)}) END";
        });
    }

    static DeltaRecipe OfArray(DeltaArray array, FieldNames names, ParquetNode? node, int depth)
    {
        var element = Of(array.Element, names, node?.Element, depth + 1);
        if (element.ReadType is null)
        {
            return Missing(array);
        }

        var name = $"e{SqlText.Literal(depth)}";
        return element.IsPlain
            ? new DeltaRecipe($"{element.ReadType}[]", value => value, IsPlain: true)
            : new DeltaRecipe($"{element.ReadType}[]", value => $"list_transform({value}, lambda {name}: {element.Build(name)})");
    }

    static DeltaRecipe OfMap(DeltaMap map, FieldNames names, ParquetNode? node, int depth)
    {
        var (key, item) = (Of(map.Key, names, node?.Key, depth + 1), Of(map.Value, names, node?.Value, depth + 1));
        if (key.ReadType is null || item.ReadType is null)
        {
            return Missing(map);
        }

        var type = $"MAP({key.ReadType}, {item.ReadType})";
        var name = $"e{SqlText.Literal(depth)}";
        return key.IsPlain && item.IsPlain
            ? new DeltaRecipe(type, value => value, IsPlain: true)
            : new DeltaRecipe(type, value => $"CASE WHEN {value} IS NULL THEN NULL ELSE map_from_entries(list_transform(map_entries({value}), lambda {name}: struct_pack(k := {key.Build($"{name}.key")}, v := {item.Build($"{name}.value")}))) END");
    }
}
