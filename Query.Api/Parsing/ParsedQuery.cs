using System.Text.Json.Nodes;
using Lakehouse.Engine;
using Lakehouse.Tables;

namespace LakeAspire.Query.Parsing;

/// <summary>A place of a statement that names a table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Version">The state of it that is meant, if it is not the statement's.</param>
internal sealed record TableReference(TableIdentifier Table, TableVersion? Version);

/// <summary>A SELECT that is allowed.</summary>
internal sealed class ParsedQuery
{
    readonly JsonObject tree;
    readonly IReadOnlyList<(JsonObject Node, TableReference Reference)> tables;
    readonly IReadOnlyList<CallerNode> callers;

    public ParsedQuery(string sql, JsonObject tree, IReadOnlyList<(JsonObject Node, TableReference Reference)> tables, IReadOnlyList<CallerNode> callers, bool isExplain)
    {
        this.tree = tree;
        this.tables = tables;
        this.callers = callers;
        (Sql, IsExplain) = (sql, isExplain);
        References = [.. tables.Select(table => table.Reference).Distinct()];
    }

    /// <summary>Its text, without what DuckDB's grammar does not have.</summary>
    public string Sql { get; }

    /// <summary>The tables that it names, each state of one once.</summary>
    public IReadOnlyList<TableReference> References { get; }

    /// <summary>Whether its plan is asked for, and not its rows.</summary>
    public bool IsExplain { get; }

    /// <summary>Whether the text runs as it is when its tables go by their own names.</summary>
    public bool RunsAsWritten => callers.Count == 0 && tables.All(table => table.Reference.Version is null);

    /// <summary>The text with each table under the name that it has in a worker, and with the caller as a literal. Once only: the tree is changed.</summary>
    public async Task<string> RewriteAsync(DuckDbConnection connection, Func<TableReference, RelationName> nameOf, QueryCaller caller, CancellationToken cancellationToken)
    {
        foreach (var (node, reference) in tables)
        {
            var name = nameOf(reference);
            (node["catalog_name"], node["schema_name"], node["table_name"], node["at_clause"]) = (name.Catalog, name.Schema, name.Name, null);
        }

        foreach (var node in callers)
        {
            node.Become(caller);
        }

        try
        {
            return await connection.ScalarAsync<string>("SELECT json_deserialize_sql($1::VARCHAR::JSON)", [SqlTree.Write(tree)], cancellationToken) ?? "";
        }
        catch (EngineException error) when (error.EngineKind is not (EngineErrorKind.Interrupted or EngineErrorKind.OutOfMemory or EngineErrorKind.Fatal))
        {
            throw SqlErrors.Bind($"This statement cannot be read together with versions of tables or the name of its caller: {error.Message}");
        }
    }
}

/// <summary>The name of a relation in the database of a worker.</summary>
internal sealed record RelationName(string Catalog, string Schema, string Name)
{
    /// <summary>The catalog whose tables answer to the names that the caller writes.</summary>
    public const string Lake = "lake";

    public string Sql => SqlText.Identifier(Catalog, Schema, Name);
}

/// <summary>Who runs a query.</summary>
/// <param name="Name">The name of the principal.</param>
/// <param name="Groups">Groups and roles that it is in.</param>
/// <param name="IsOperator">Whether it may do everything.</param>
/// <param name="SeesAll">Whether it is the installation itself, whom no row filter binds.</param>
internal sealed record QueryCaller(string Name, IReadOnlyList<string> Groups, bool IsOperator, bool SeesAll);
