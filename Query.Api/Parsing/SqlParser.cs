using System.Globalization;
using System.Text.Json.Nodes;
using Lakehouse.Engine;
using Microsoft.Extensions.Options;

namespace LakeAspire.Query.Parsing;

/// <summary>
/// Reads foreign SQL with DuckDB's own parser, in a small DuckDB of this service that has no tables and runs nothing of it: one SELECT, and nothing but tables of the lake and functions that compute.
/// </summary>
internal sealed partial class SqlParser(TrustedEngine engine, IOptions<QueryOptions> options) : IDisposable
{
    readonly SemaphoreSlim loading = new(1);
    AllowedFunctions? functions;

    /// <summary>Reads a caller's statement.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">It is not allowed, and why.</exception>
    public async Task<ParsedQuery> ParseAsync(string sql, CancellationToken cancellationToken)
    {
        CheckText(sql);
        var isExplain = Explain().Match(sql) is { Success: true };
        return await ParseAsync(isExplain ? Explain().Replace(sql, "") : sql, isExplain, defaultNamespace: null, cancellationToken);
    }

    /// <summary>Reads the SQL of a view of the catalog.</summary>
    /// <param name="sql">The SQL.</param>
    /// <param name="defaultNamespace">Where its tables without a namespace lie; null when there is no such place.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ServiceDefaults.Errors.ApiException">It is not allowed, and why.</exception>
    public async Task<ParsedQuery> ParseViewAsync(string sql, string? defaultNamespace, CancellationToken cancellationToken)
    {
        CheckText(sql);
        return await ParseAsync(sql, isExplain: false, defaultNamespace, cancellationToken);
    }

    /// <summary>One expression over the columns of a table, as text that holds just that: no query within, no table, and no function but those that queries may call.</summary>
    /// <param name="sql">The expression.</param>
    /// <param name="columnOf">The name that a column, or a path to a field, stands under instead; null to leave names as they are.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ServiceDefaults.Errors.ApiException">It is something else.</exception>
    public async Task<string> ParseExpressionAsync(string sql, Func<IReadOnlyList<string>, string>? columnOf, CancellationToken cancellationToken)
    {
        CheckText(sql);
        using var connection = engine.Connect();
        var tree = SqlTree.Parse(await connection.ScalarAsync<string>("SELECT json_serialize_sql('SELECT (' || $1::VARCHAR || '\n)')", [sql], cancellationToken));
        if (tree["statements"] is not JsonArray { Count: 1 } statements || statements[0]?["node"] is not JsonObject node || SqlTree.Text(node, "type") != "SELECT_NODE"
            || node["select_list"] is not JsonArray { Count: 1 } list || SqlTree.Text(node["from_table"] as JsonObject, "type") != "EMPTY" || HasQuery(list[0]))
        {
            throw SqlErrors.Syntax("This is not one expression over the columns of a table.");
        }

        new StatementInspector(await FunctionsAsync(connection, cancellationToken), VersionClauses.Of("")).Inspect(list);
        if (columnOf is not null)
        {
            Rename(list, columnOf);
        }

        var text = await connection.ScalarAsync<string>("SELECT json_deserialize_sql($1::VARCHAR::JSON)", [SqlTree.Write(tree)], cancellationToken) ?? "";
        return text["SELECT ".Length..];
    }

    public void Dispose() => loading.Dispose();

    async Task<ParsedQuery> ParseAsync(string sql, bool isExplain, string? defaultNamespace, CancellationToken cancellationToken)
    {
        var clauses = VersionClauses.Of(sql);
        using var connection = engine.Connect();
        var allowed = await FunctionsAsync(connection, cancellationToken);
        var tree = SqlTree.Parse(await connection.ScalarAsync<string>("SELECT json_serialize_sql($1::VARCHAR)", [clauses.Text], cancellationToken));
        if (tree["error"]!.GetValue<bool>())
        {
            throw Error(tree, sql, clauses);
        }

        var statements = (JsonArray)tree["statements"]!;
        if (statements.Count != 1)
        {
            throw statements.Count == 0 ? SqlErrors.Syntax("There is no statement.") : SqlErrors.NotAllowed("One statement at a time, please: a single SELECT.");
        }

        var inspector = new StatementInspector(allowed, clauses, defaultNamespace);
        inspector.Inspect(statements[0]);
        var tables = new List<(JsonObject, TableReference)>();
        foreach (var (node, table, clause) in inspector.Tables)
        {
            tables.Add((node, new TableReference(table, clause is null ? null : await VersionReader.ReadAsync(connection, clause, cancellationToken))));
        }

        return new ParsedQuery(clauses.Text, tree, tables, inspector.Callers, isExplain);
    }

    void CheckText(string sql)
    {
        var max = options.Value.MaxTextLength;
        if (sql.Length > max)
        {
            throw SqlErrors.Limit($"The SQL text has {sql.Length.ToString(CultureInfo.InvariantCulture)} characters; {max.ToString(CultureInfo.InvariantCulture)} are the limit.");
        }

        if (sql.Contains('\0'))
        {
            throw SqlErrors.Syntax("The SQL text holds a NUL character.");
        }

        if (string.IsNullOrWhiteSpace(sql))
        {
            throw SqlErrors.Syntax("There is no statement.");
        }
    }

    static bool HasQuery(JsonNode? node) => node switch
    {
        JsonObject expression => SqlTree.Text(expression, "class") is "SUBQUERY" or "STAR" || expression.Any(member => HasQuery(member.Value)),
        JsonArray items => items.Any(HasQuery),
        _ => false,
    };

    static void Rename(JsonNode? node, Func<IReadOnlyList<string>, string> columnOf)
    {
        switch (node)
        {
            case JsonArray items:
                foreach (var item in items)
                {
                    Rename(item, columnOf);
                }

                break;
            case JsonObject expression when SqlTree.Text(expression, "class") == "COLUMN_REF":
                expression["column_names"] = new JsonArray(columnOf([.. ((JsonArray)expression["column_names"]!).Select(name => name!.GetValue<string>())]));
                break;
            case JsonObject expression:
                foreach (var (_, member) in expression)
                {
                    Rename(member, columnOf);
                }

                break;
        }
    }

    async Task<AllowedFunctions> FunctionsAsync(DuckDbConnection connection, CancellationToken cancellationToken)
    {
        if (functions is null)
        {
            await loading.WaitAsync(cancellationToken);
            try
            {
                functions ??= await AllowedFunctions.LoadAsync(connection, cancellationToken);
            }
            finally
            {
                loading.Release();
            }
        }

        return functions;
    }

    static Exception Error(JsonObject root, string sql, VersionClauses clauses)
    {
        var message = SqlTree.Text(root, "error_message") ?? "";
        if (SqlTree.Text(root, "error_type") == "not implemented")
        {
            return SqlErrors.NotAllowed("Only a SELECT is allowed here.");
        }

        return SqlErrors.Syntax(int.TryParse(SqlTree.Text(root, "position"), CultureInfo.InvariantCulture, out var position) ? $"{message} ({Place(sql, position, clauses)})" : message);
    }

    /// <summary>The one word before a SELECT that is ours to understand. EXPLAIN ANALYZE, which runs the query, is no SELECT and refused as such.</summary>
    [System.Text.RegularExpressions.GeneratedRegex(@"^\s*EXPLAIN\s+(?=SELECT\b|WITH\b|FROM\b|\()", System.Text.RegularExpressions.RegexOptions.IgnoreCase | System.Text.RegularExpressions.RegexOptions.CultureInvariant, 1000)]
    private static partial System.Text.RegularExpressions.Regex Explain();

    /// <summary>Line and column of a byte of the text that was parsed, in the one that was written.</summary>
    static string Place(string sql, int position, VersionClauses clauses)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(clauses.Text);
        var at = System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Clamp(position, 0, bytes.Length))).Length;
        var before = sql[..Math.Clamp(clauses.Original(at), 0, sql.Length)];
        var line = before.Count(c => c == '\n') + 1;
        var column = before.Length - before.LastIndexOf('\n');
        return string.Create(CultureInfo.InvariantCulture, $"line {line}, column {column}");
    }
}
