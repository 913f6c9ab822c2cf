using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>Rebuilds nested values under the names that their fields have in files. Both types have the same fields in the same order.</summary>
internal static class NestedRenaming
{
    /// <param name="value">SQL of a value under the names of the schema.</param>
    /// <param name="type">Its type.</param>
    /// <param name="inFile">The same type under the names of the file.</param>
    public static string Build(string value, IcebergType type, IcebergType inFile) => type.Equals(inFile) ? value : Build(value, type, inFile, 0);

    static string Build(string value, IcebergType type, IcebergType inFile, int depth)
    {
        var name = $"r{depth}";
        return (type, inFile) switch
        {
            (StructType from, StructType to) => $"CASE WHEN {value} IS NULL THEN NULL ELSE struct_pack({string.Join(", ", from.Fields.Zip(to.Fields, (a, b) =>
                $"{SqlText.Identifier(b.Name)} := {Build($"struct_extract({value}, {SqlText.Literal(a.Name)})", a.Type, b.Type, depth)}"))}) END",
            (ListType from, ListType to) => $"list_transform({value}, lambda {name}: {Build(name, from.Element, to.Element, depth + 1)})",
            (MapType from, MapType to) => $"CASE WHEN {value} IS NULL THEN NULL ELSE map_from_entries(list_transform(map_entries({value}), lambda {name}: struct_pack("
                + $"k := {Build($"{name}.key", from.Key, to.Key, depth + 1)}, v := {Build($"{name}.value", from.Value, to.Value, depth + 1)}))) END",
            _ => value,
        };
    }
}
