using System.Text.Json;
using Lakehouse.Formats;
using Lakehouse.Tables;

namespace LakeAspire.Query.Parsing;

/// <summary>
/// Walks DuckDB's tree of a statement (json_serialize_sql): gathers the tables, and refuses what a query may not have. Every object is visited whatever it is called, so that nothing hides in a corner that this
/// code doesn't know: a kind of table reference that is not listed is refused.
/// </summary>
internal sealed class StatementInspector(AllowedFunctions functions)
{
    const string Lake = "lake";
    readonly HashSet<TableIdentifier> tables = [];

    public IReadOnlyList<TableIdentifier> Inspect(JsonElement statement)
    {
        Visit(statement, null);
        return [.. tables];
    }

    void Visit(JsonElement element, Scope? scope)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Visit(item, scope);
                }

                break;
            case JsonValueKind.Object:
                VisitObject(element, scope);
                break;
        }
    }

    void VisitObject(JsonElement element, Scope? scope)
    {
        scope = WithTables(element, scope);
        if (Text(element, "function_name") is { } function)
        {
            CheckFunction(function);
        }

        switch (Text(element, "type"))
        {
            case "BASE_TABLE":
                AddTable(element, scope);
                break;
            case "TABLE_FUNCTION":
                CheckTableFunction(element.GetProperty("function"));
                break;
            case "SHOW_REF" when Text(element, "show_type") is not ("DESCRIBE" or "SUMMARY") || element.GetProperty("query").ValueKind != JsonValueKind.Object:
                throw SqlErrors.NotAllowed("SHOW is not available here: GET /api/tables of the catalog lists tables; DESCRIBE and SUMMARIZE take a table or a query.");
            case "VALUE_PARAMETER":
                throw SqlErrors.NotAllowed("The query has a parameter, and there is no value for it: write the value into the text.");
            case "COPY_TABLE" or "COLUMN_DATA" or "DELIM_GET" or "BOUND_TABLE_REF" or "CTE_REF":
                throw SqlErrors.NotAllowed($"A table reference of the kind {Text(element, "type")} is not available.");
        }

        foreach (var member in element.EnumerateObject())
        {
            Visit(member.Value, scope);
        }
    }

    /// <summary>The names that a WITH gives, for what is below it. A name within its own definition counts as known: DuckDB says what is wrong with it.</summary>
    static Scope? WithTables(JsonElement element, Scope? scope)
    {
        if (element.TryGetProperty("cte_map", out var ctes) && ctes.TryGetProperty("map", out var map))
        {
            foreach (var cte in map.EnumerateArray())
            {
                scope = new Scope(cte.GetProperty("key").GetString()!, scope);
            }
        }

        // A recursive one stands in a node of its own, too.
        return Text(element, "cte_name") is { } name ? new Scope(name, scope) : scope;
    }

    void AddTable(JsonElement element, Scope? scope)
    {
        var (catalog, schema, table) = (Text(element, "catalog_name") ?? "", Text(element, "schema_name") ?? "", Text(element, "table_name") ?? "");
        if (schema.Length == 0)
        {
            if (!Knows(scope, table))
            {
                throw SqlErrors.NoSuchTable(table, ": a table is named with its layer, as in gold.customer_360");
            }

            return;
        }

        if (element.TryGetProperty("at_clause", out var at) && at.ValueKind == JsonValueKind.Object)
        {
            throw SqlErrors.NotAllowed($"AT ({Text(at, "unit")} => …) on {schema}.{table}: earlier versions of a table cannot be queried yet.");
        }

        if (catalog.Length > 0 && !catalog.Equals(Lake, StringComparison.OrdinalIgnoreCase))
        {
            throw SqlErrors.NoSuchTable($"{catalog}.{schema}.{table}", ": the only catalog is lake");
        }

        try
        {
            tables.Add(new TableIdentifier(schema, table));
        }
        catch (LakehouseException invalid)
        {
            throw SqlErrors.NoSuchTable($"{schema}.{table}", $": {invalid.Message}");
        }
    }

    void CheckTableFunction(JsonElement function)
    {
        var name = Text(function, "function_name") ?? "";
        if (!functions.AllowsTable(name))
        {
            throw SqlErrors.NotAllowed($"The table function {name} is not available: queries read tables of the lake, as layer.table.");
        }
    }

    void CheckFunction(string name)
    {
        if (!functions.Allows(name))
        {
            throw SqlErrors.NotAllowed($"The function {name} is not available.");
        }
    }

    static bool Knows(Scope? scope, string name)
    {
        for (; scope is not null; scope = scope.Outer)
        {
            if (scope.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    sealed record Scope(string Name, Scope? Outer);
}
