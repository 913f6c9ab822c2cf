using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Writes;

/// <summary>The SELECT that turns the columns of a query into exactly those of a table: by name, in order, cast, missing optional ones null, nested required values checked.</summary>
internal static class WriteProjection
{
    /// <param name="schema">Schema of the table.</param>
    /// <param name="fileSchema">The same fields under their names in files.</param>
    /// <param name="columns">Columns of the query.</param>
    /// <param name="table">Name of the table, for errors.</param>
    /// <returns>The items of the select list, each named as in files.</returns>
    public static IReadOnlyList<string> Items(Schema schema, Schema fileSchema, IReadOnlyList<ResultColumn> columns, string table)
    {
        // DuckDB's names ignore case, and so does this match; names that come twice DuckDB has made distinct already.
        var given = columns.ToDictionary(column => column.Name, StringComparer.OrdinalIgnoreCase);
        var items = schema.Fields.Zip(fileSchema.Fields).Where(pair => IsStored(pair.First)).Select(pair => Item(pair.First, pair.Second, given, table)).ToArray();
        var surplus = columns.Where(column => !schema.Fields.Any(field => field.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase))).Select(column => column.Name).ToArray();
        return surplus.Length == 0
            ? items
            : throw LakehouseException.InvalidData($"The query for table {table} gives columns that the table does not have: {string.Join(", ", surplus)}.");
    }

    /// <summary>Columns of the type unknown hold nothing but null, and are left out of files (specification, "Schemas and Data Types").</summary>
    public static bool IsStored(NestedField field) => field.Type != IcebergType.Unknown;

    static string Item(NestedField field, NestedField inFile, Dictionary<string, ResultColumn> given, string table)
    {
        CheckWritable(field.Type, field.Name, table);
        var name = SqlText.Identifier(inFile.Name);
        var type = SqlTypes.Of(field.Type);
        if (!given.TryGetValue(field.Name, out var column))
        {
            return field is { Required: true, WriteDefault: null }
                ? throw LakehouseException.InvalidData($"The query for table {table} lacks the column {field.Name}, which is required.")
                : $"{(field.WriteDefault is null ? $"CAST(NULL AS {SqlTypes.Of(inFile.Type)})" : WriteDefaults.Sql(field, table))} AS {name}";
        }

        var source = $"q.{SqlText.Identifier(column.Name)}";
        var value = column.Type == field.Type && SameText(column.DuckDbType, type) ? source : $"CAST({source} AS {type})";

        // Nulls of a required column itself are seen in the statistics, at no cost; those within are not.
        var violation = field.Type is PrimitiveType ? null : Violation(value, field.Type, required: false, 0);
        var written = NestedRenaming.Build(value, field.Type, inFile.Type);
        return violation is null
            ? $"{written} AS {name}"
            : $"CASE WHEN {violation} THEN CAST(error({SqlText.Literal($"Column {field.Name} of table {table}: a required value within it is null")}) AS {SqlTypes.Of(inFile.Type)}) ELSE {written} END AS {name}";
    }

    static bool SameText(string duckDbType, string type) => duckDbType.Replace(" WITH TIME ZONE", "TZ", StringComparison.Ordinal) == type;

    static void CheckWritable(IcebergType type, string column, string table)
    {
        switch (type)
        {
            case FixedType:
                throw LakehouseException.Unsupported($"Unsupported: column {column} of table {table} is {type}, which DuckDB's Parquet writer does not write; binary can be.");
            case PrimitiveType { Name: "timestamptz_ns" }:
                throw LakehouseException.Unsupported($"Unsupported: column {column} of table {table} is {type}, of which DuckDB's Parquet writer would lose the nanoseconds; timestamptz and timestamp_ns can be written.");
            case PrimitiveType { Name: "variant" or "unknown" }:
            case PrimitiveType { Name: var name } when name.StartsWith("geo", StringComparison.Ordinal):
                throw LakehouseException.Unsupported($"Unsupported: column {column} of table {table} is {type}, which is not written.");
            case StructType { Fields: var fields }:
                foreach (var field in fields)
                {
                    CheckWritable(field.Type, $"{column}.{field.Name}", table);
                }

                break;
            case ListType list:
                CheckWritable(list.Element, $"{column}.element", table);
                break;
            case MapType map:
                CheckWritable(map.Key, $"{column}.key", table);
                CheckWritable(map.Value, $"{column}.value", table);
                break;
        }
    }

    /// <summary>A condition that holds where a required value is null; null when there is nothing required.</summary>
    static string? Violation(string value, IcebergType type, bool required, int depth)
    {
        var within = type switch
        {
            StructType { Fields: var fields } => Any(fields.Select(f => Violation($"struct_extract({value}, {SqlText.Literal(f.Name)})", f.Type, f.Required, depth))),
            ListType list => InElements(value, list.Element, list.ElementRequired, depth),
            MapType map => Any([InElements($"map_keys({value})", map.Key, true, depth), InElements($"map_values({value})", map.Value, map.ValueRequired, depth)]),
            _ => null,
        };
        within = within is null ? null : $"({value} IS NOT NULL AND {within})";
        return required ? Any([$"{value} IS NULL", within]) : within;
    }

    static string? InElements(string list, IcebergType element, bool required, int depth)
    {
        var name = $"e{depth}";
        return Violation(name, element, required, depth + 1) is { } violation ? $"len(list_filter({list}, lambda {name}: {violation})) > 0" : null;
    }

    static string? Any(IEnumerable<string?> conditions)
    {
        var all = conditions.OfType<string>().ToArray();
        return all.Length == 0 ? null : $"({string.Join(" OR ", all)})";
    }
}
