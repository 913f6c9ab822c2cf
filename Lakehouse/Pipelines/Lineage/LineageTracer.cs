using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lakehouse.Engine;

namespace Lakehouse.Pipelines.Lineage;

/// <summary>
/// Finds out what the columns of a query are made of. DuckDB's own parser reads the SQL (<c>json_serialize_sql</c>); names are resolved here by its rules, over the columns that the database has.
/// What cannot be told for sure is said to be untraced, with the reason: nothing is guessed.
/// </summary>
public static class LineageTracer
{
    static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1024 };

    /// <summary>Traces a query.</summary>
    /// <param name="connection">Connection to the database that has its tables.</param>
    /// <param name="sql">One SELECT, which the database accepts.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="EngineException">The database refuses the query.</exception>
    public static async Task<ModelLineage> TraceAsync(DuckDbConnection connection, string sql, CancellationToken cancellationToken = default)
    {
        var names = await ColumnsOfAsync(connection, sql, cancellationToken);
        var tables = await TablesAsync(connection, cancellationToken);
        var aggregates = (await RowsAsync(connection, "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'aggregate'", cancellationToken))
            .Select(row => row[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var macros = (await RowsAsync(connection, "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN ('macro', 'table_macro') AND NOT internal", cancellationToken))
            .Select(row => row[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var text = await connection.ScalarAsync<string>("SELECT json_serialize_sql($1::VARCHAR)", [sql], cancellationToken) ?? "{}";
        var tree = JsonNode.Parse(text, nodeOptions: null, Deep);
        if (tree?["error"]?.GetValue<bool>() != false || tree["statements"] is not JsonArray { Count: 1 } statements)
        {
            return Untraced(names, [], Trace.None, "its kind of statement cannot be read");
        }

        var query = new QueryTracer(tables, aggregates, macros);
        Relation result;
        try
        {
            result = query.Query(statements[0]!["node"]!, names: null, outer: null);
        }
        catch (Exception error) when (error is InvalidOperationException or NullReferenceException or FormatException)
        {
            // A tree of a form that is not known here: no reason to fail a run.
            return Untraced(names, query.Tables, Trace.None, "its SQL has a form that is not known");
        }

        if (result.Columns is not { } columns)
        {
            return Untraced(names, query.Tables, result.Rows, result.Unknown!);
        }

        // What the database says of the columns holds; anything else means that the SQL was not understood.
        return columns.Count != names.Count || columns.Zip(names).Any(c => c.First.Name is { } known && !known.Equals(c.Second, StringComparison.OrdinalIgnoreCase))
            ? Untraced(names, query.Tables, result.Rows, "its SELECT list gives other columns than could be read from it")
            : new ModelLineage(Ordered(query.Tables), [.. columns.Zip(names, (c, name) => new ColumnSources(name, c.Trace.Sources, c.Trace.Unknown))], result.Rows.Sources) { RowsUntraced = result.Rows.Unknown };
    }

    static ModelLineage Untraced(IReadOnlyList<string> names, IEnumerable<LineageTable> tables, Trace rows, string reason) =>
        new(Ordered(tables), [.. names.Select(name => new ColumnSources(name, [], reason))], rows.Sources) { RowsUntraced = rows.Unknown ?? reason };

    static IReadOnlyList<LineageTable> Ordered(IEnumerable<LineageTable> tables) =>
        [.. tables.Distinct().OrderBy(t => t.Namespace, StringComparer.Ordinal).ThenBy(t => t.Name, StringComparer.Ordinal)];

    static async Task<IReadOnlyList<string>> ColumnsOfAsync(DuckDbConnection connection, string sql, CancellationToken cancellationToken) =>
        [.. (await RowsAsync(connection, $"DESCRIBE {sql}", cancellationToken)).Select(row => row[0])];

    static async Task<Dictionary<(string Schema, string Table), TableColumns>> TablesAsync(DuckDbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await RowsAsync(
            connection,
            "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal ORDER BY database_name, schema_name, table_name, column_index",
            cancellationToken);
        return rows.GroupBy(row => (row[0].ToUpperInvariant(), row[1].ToUpperInvariant()))
            .ToDictionary(group => group.Key, group => new TableColumns(new LineageTable(group.First()[0], group.First()[1]), [.. group.Select(row => row[2])]));
    }

    static async Task<List<string[]>> RowsAsync(DuckDbConnection connection, string sql, CancellationToken cancellationToken)
    {
        var rows = new List<string[]>();
        await using var result = await connection.QueryAsync(sql, cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    rows.Add([.. Enumerable.Range(0, Math.Min(3, result.Columns.Count)).Select(column => batch.Columns[column].IsNull(row) ? "" : Encoding.UTF8.GetString(batch.Columns[column].Bytes(row)))]);
                }
            }
        }

        return rows;
    }
}

/// <summary>The columns of a table of the database, in their order.</summary>
internal sealed record TableColumns(LineageTable Table, IReadOnlyList<string> Columns);
