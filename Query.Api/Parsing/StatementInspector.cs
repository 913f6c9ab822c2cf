using System.Text.Json.Nodes;
using Lakehouse.Formats;
using Lakehouse.Tables;

namespace LakeAspire.Query.Parsing;

/// <summary>
/// Walks DuckDB's tree of a statement (json_serialize_sql): gathers the tables, and refuses what a query may not have. Every object is visited whatever it is called, so that nothing hides in a corner that this
/// code doesn't know: a kind of table reference that is not listed is refused.
/// </summary>
/// <param name="functions">What may be called.</param>
/// <param name="clauses">The versions of tables that stand in the text.</param>
/// <param name="defaultNamespace">Where a table without a namespace lies; null when it has to have one.</param>
internal sealed class StatementInspector(AllowedFunctions functions, VersionClauses clauses, string? defaultNamespace = null)
{
    /// <summary>The places that name a table of the lake, with their version clauses.</summary>
    public List<(JsonObject Node, TableIdentifier Table, VersionClause? Clause)> Tables { get; } = [];

    /// <summary>The places that ask who runs the statement.</summary>
    public List<CallerNode> Callers { get; } = [];

    public void Inspect(JsonNode? statement) => Visit(statement, null);

    void Visit(JsonNode? element, Scope? scope)
    {
        switch (element)
        {
            case JsonArray items:
                foreach (var item in items)
                {
                    Visit(item, scope);
                }

                break;
            case JsonObject node:
                VisitObject(node, scope);
                break;
        }
    }

    void VisitObject(JsonObject element, Scope? scope)
    {
        scope = WithTables(element, scope);
        if (CallerNode.Of(element) is { } caller)
        {
            Callers.Add(caller);
            return;
        }

        if (SqlTree.Text(element, "function_name") is { } function)
        {
            CheckFunction(function);
        }

        switch (SqlTree.Text(element, "type"))
        {
            case "BASE_TABLE":
                AddTable(element, scope);
                return;
            case "TABLE_FUNCTION":
                CheckTableFunction(element["function"] as JsonObject);
                break;
            case "SHOW_REF" when SqlTree.Text(element, "show_type") is not ("DESCRIBE" or "SUMMARY") || element["query"] is not JsonObject:
                throw SqlErrors.NotAllowed("SHOW is not available here: GET /api/tables of the catalog lists tables; DESCRIBE and SUMMARIZE take a table or a query.");
            case "VALUE_PARAMETER":
                throw SqlErrors.NotAllowed("The query has a parameter, and there is no value for it: write the value into the text.");
            case "COPY_TABLE" or "COLUMN_DATA" or "DELIM_GET" or "BOUND_TABLE_REF" or "CTE_REF":
                throw SqlErrors.NotAllowed($"A table reference of the kind {SqlTree.Text(element, "type")} is not available.");
        }

        foreach (var (_, member) in element)
        {
            Visit(member, scope);
        }
    }

    /// <summary>The names that a WITH gives, for what is below it. A name within its own definition counts as known: DuckDB says what is wrong with it.</summary>
    static Scope? WithTables(JsonObject element, Scope? scope)
    {
        if (element["cte_map"]?["map"] is JsonArray map)
        {
            foreach (var cte in map)
            {
                scope = new Scope(SqlTree.Text(cte as JsonObject, "key")!, scope);
            }
        }

        // A recursive one stands in a node of its own, too.
        return SqlTree.Text(element, "cte_name") is { } name ? new Scope(name, scope) : scope;
    }

    void AddTable(JsonObject element, Scope? scope)
    {
        var (catalog, schema, table) = (SqlTree.Text(element, "catalog_name") ?? "", SqlTree.Text(element, "schema_name") ?? "", SqlTree.Text(element, "table_name") ?? "");
        (table, var clause) = clauses.OfTable(table);
        if (element["at_clause"] is JsonObject at)
        {
            var behind = clauses.OfValue(SqlTree.Text((at["expr"] as JsonObject)?["value"] as JsonObject, "value"));
            clause = (clause is null ? behind : null)
                ?? throw SqlErrors.Syntax($"AT stands behind a table once, as in {(schema.Length == 0 ? "" : schema + ".")}{table} AT (VERSION => 123).");
        }

        if (schema.Length == 0)
        {
            if (Knows(scope, table))
            {
                if (clause is not null)
                {
                    throw SqlErrors.NotAllowed($"{table} is a part of this statement, and has no {clause.Unit}.");
                }

                return;
            }

            schema = defaultNamespace ?? throw SqlErrors.NoSuchTable(table, ": a table is named with its layer, as in gold.customer_360");
        }

        if (catalog.Length > 0 && !catalog.Equals(RelationName.Lake, StringComparison.OrdinalIgnoreCase))
        {
            throw SqlErrors.NoSuchTable($"{catalog}.{schema}.{table}", ": the only catalog is lake");
        }

        try
        {
            Tables.Add((element, new TableIdentifier(schema, table), clause));
        }
        catch (LakehouseException invalid)
        {
            throw SqlErrors.NoSuchTable($"{schema}.{table}", $": {invalid.Message}");
        }
    }

    void CheckTableFunction(JsonObject? function)
    {
        var name = SqlTree.Text(function, "function_name") ?? "";
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

    sealed record Scope(string Name, Scope? Outer);
}
