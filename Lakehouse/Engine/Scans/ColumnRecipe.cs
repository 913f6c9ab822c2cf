using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>How a column is read under the names and types of its file, and turned into the schema's type, matched by field id at every depth.</summary>
/// <param name="FileType">DuckDB's type to read it as; within structs only fields that the schema has.</param>
/// <param name="IsPlain">Whether what is read is the value already.</param>
/// <param name="Build">Turns the SQL of such a value into that of a value of the schema's type.</param>
internal sealed record ColumnRecipe(string FileType, bool IsPlain, Func<string, string> Build);

/// <summary>Makes the recipes of a file's columns.</summary>
/// <param name="file">The file, for errors.</param>
/// <param name="missing">The SQL of a field that the file lacks.</param>
/// <param name="valued">Ids of optional variant columns whose nulls, as DuckDB has them, are made nulls of variants; which of them are nulls of SQL is looked up by their rows.</param>
internal sealed class ColumnRecipes(string file, Func<NestedField, string> missing, IEnumerable<int> valued)
{
    public ColumnRecipe Of(IcebergType type, FileColumn inFile, int depth = 0) => type switch
    {
        StructType structure when inFile.Type is null => OfStruct(structure, inFile, depth),
        ListType list when inFile.Children is [{ } element] => OfList(Of(list.Element, element, depth + 1), depth),
        MapType map when inFile.Children is [{ } key, { } value] => OfMap(Of(map.Key, key, depth + 1), Of(map.Value, value, depth + 1), depth),
        PrimitiveType { Name: "unknown" } => new ColumnRecipe("VARCHAR", false, _ => DefaultSql.Null(type)),
        PrimitiveType { Name: "variant" } when inFile.Type is null => new ColumnRecipe("VARIANT", false, value => inFile.IsRequired || (inFile.FieldId is { } id && valued.Contains(id)) ? $"coalesce({VariantSql.Json(value)}, 'null')" : VariantSql.Json(value)),
        PrimitiveType primitive when inFile.Type is { } fileType => OfPrimitive(primitive, fileType, $"{file}, column {inFile.Name}"),
        _ => throw LakehouseException.InvalidData($"{file}: column {inFile.Name} is no {type}"),
    };

    static ColumnRecipe OfPrimitive(PrimitiveType type, string fileType, string place)
    {
        if (type is GeospatialType)
        {
            // DuckDB reads the annotated columns as its own type.
            return fileType == ParquetLayout.Geometry ? new ColumnRecipe(fileType, false, value => $"ST_AsWKB({value})") : Plain(type);
        }

        return (type.Name, fileType) switch
        {
            ("timestamptz_ns", _) => throw LakehouseException.Unsupported($"Unsupported: {place} is of type timestamptz_ns, which the engine reads only to the microsecond."),
            // Bytes that no annotation calls text, and the other way round: a cast would take them for escaped text.
            ("string", "BLOB") => new ColumnRecipe("BLOB", false, value => $"decode({value})"),
            ("binary", "VARCHAR") => new ColumnRecipe("VARCHAR", false, value => $"encode({value})"),
            ("uuid", "BLOB") => new ColumnRecipe("BLOB", false, value => $"CAST(lower(hex({value})) AS UUID)"),
            _ when type is FixedType && fileType == "VARCHAR" => new ColumnRecipe("VARCHAR", false, value => $"encode({value})"),
            _ when type is FixedType && fileType == "UUID" => new ColumnRecipe("UUID", false, value => $"from_hex(replace(CAST({value} AS VARCHAR), '-', ''))"),
            _ => IsExact(type, fileType) ? Plain(type) : new ColumnRecipe(fileType, false, value => $"CAST({value} AS {SqlTypes.Of(type)})"),
        };
    }

    /// <summary>
    /// Whether DuckDB may bring the column to the type while it reads. It then compares in the file's type with a constant that it brought there too, which is right only where no constant is changed by that:
    /// 0.1 is another number as a float than as a double, and noon is midnight as a date.
    /// </summary>
    static bool IsExact(PrimitiveType type, string fileType) => type switch
    {
        { Name: "int" or "long" } => fileType is "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "UTINYINT" or "USMALLINT" or "UINTEGER",
        DecimalType { Scale: var scale } => fileType.StartsWith("DECIMAL(", StringComparison.Ordinal) && fileType.EndsWith(FormattableString.Invariant($",{scale})"), StringComparison.Ordinal),
        { Name: "timestamptz" } => fileType == "TIMESTAMP WITH TIME ZONE",
        FixedType => fileType == "BLOB",
        _ => fileType == SqlTypes.Of(type),
    };

    static ColumnRecipe Plain(IcebergType type) => new(SqlTypes.Of(type), true, value => value);

    ColumnRecipe OfStruct(StructType structure, FileColumn inFile, int depth)
    {
        var fields = structure.Fields.Select(field => (Field: field, InFile: inFile.Child(field.Id))).Select(f => (f.Field, f.InFile, Recipe: f.InFile is null ? null : Of(f.Field.Type, f.InFile, depth))).ToArray();
        var present = fields.Where(f => f.InFile is not null).ToArray();
        if (present.Length == fields.Length && inFile.Children.Count == fields.Length && fields.All(f => f.Recipe!.IsPlain)
            && fields.Zip(inFile.Children).All(pair => pair.First.InFile == pair.Second && pair.First.Field.Name == pair.Second.Name))
        {
            return Plain(structure);
        }

        // A struct of which no field is left can still be null or not: any field of the file tells.
        var fileType = present.Length > 0
            ? $"STRUCT({string.Join(", ", present.Select(f => $"{SqlText.Identifier(f.InFile!.Name)} {f.Recipe!.FileType}"))})"
            : $"STRUCT({SqlText.Identifier(inFile.Children[0].Name)} {WholeType(inFile.Children[0])})";
        return new ColumnRecipe(fileType, false, value =>
        {
            var members = fields.Select(f => $"{SqlText.Identifier(f.Field.Name)} := {(f.InFile is null ? missing(f.Field) : f.Recipe!.Build($"struct_extract({value}, {SqlText.Literal(f.InFile.Name)})"))}");
            return $"CASE WHEN {value} IS NULL THEN NULL ELSE struct_pack({string.Join(", ", members)}) END";
        });
    }

    static ColumnRecipe OfList(ColumnRecipe element, int depth)
    {
        var name = $"e{depth}";
        return new ColumnRecipe($"{element.FileType}[]", element.IsPlain, value => element.IsPlain ? value : $"list_transform({value}, lambda {name}: {element.Build(name)})");
    }

    static ColumnRecipe OfMap(ColumnRecipe key, ColumnRecipe item, int depth)
    {
        var name = $"e{depth}";
        var isPlain = key.IsPlain && item.IsPlain;
        return new ColumnRecipe(
            $"MAP({key.FileType}, {item.FileType})",
            isPlain,
            value => isPlain ? value : $"CASE WHEN {value} IS NULL THEN NULL ELSE map_from_entries(list_transform(map_entries({value}), lambda {name}: struct_pack(k := {key.Build($"{name}.key")}, v := {item.Build($"{name}.value")}))) END");
    }

    /// <summary>DuckDB's type of a column as it is in the file.</summary>
    static string WholeType(FileColumn column) => column switch
    {
        { Type: { } type } => type,
        { Children: [{ Name: "element" } element] } => $"{WholeType(element)}[]",
        { Children: [{ Name: "key" } key, { Name: "value" } value] } => $"MAP({WholeType(key)}, {WholeType(value)})",
        { Children: [{ Name: "metadata" }, { Name: "value" }, ..] } => "VARIANT",
        _ => $"STRUCT({string.Join(", ", column.Children.Select(child => $"{SqlText.Identifier(child.Name)} {WholeType(child)}"))})",
    };
}
