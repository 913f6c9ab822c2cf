using System.Text.Json;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Filters;

/// <summary>Reads conditions of SQL as filters that statistics can be asked about.</summary>
public static class SqlFilter
{
    // DuckDB itself takes expressions a thousand levels deep, two of JSON for each.
    const int MaxDepth = 2500;

    /// <summary>
    /// The filter of a WHERE condition, or a weaker one: what is not understood is left out of conjunctions, and makes a disjunction as a whole unknown. Columns are named without the name of a table.
    /// </summary>
    /// <param name="connection">A trusted connection; parses, and runs nothing of the text.</param>
    /// <param name="where">The condition, without the word WHERE.</param>
    /// <param name="schema">Columns of the table, by which casts are judged; without them a column that is cast is not understood.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The filter; null when nothing is known, also when the text is no condition.</returns>
    public static async Task<Expression?> ParseAsync(DuckDbConnection connection, string where, Schema? schema = null, CancellationToken cancellationToken = default)
    {
        var columns = new SchemaColumns(schema);
        return await ReadAsync(connection, where, new SqlPredicates(columns.Find, isComplete: false), cancellationToken);
    }

    /// <summary>
    /// The filter of a WHERE condition on one table: what the parser shows and what the optimizer makes of it (constants computed, the session's time zone applied, functions turned into ranges).
    /// </summary>
    /// <param name="connection">A trusted connection, whose time zone counts.</param>
    /// <param name="schema">Columns of the table.</param>
    /// <param name="where">The condition, without the word WHERE. It may name the table as <paramref name="table"/>.</param>
    /// <param name="table">What the condition calls the table.</param>
    /// <param name="cancellationToken">Cancels the call, though not while DuckDB plans.</param>
    /// <returns>The filter; null when nothing is known.</returns>
    public static async Task<Expression?> OfConditionAsync(DuckDbConnection connection, Schema schema, string where, string table = "t", CancellationToken cancellationToken = default)
    {
        // A column of the table's own name would make a qualified name ambiguous.
        var parsed = schema.Fields.Any(field => field.Name.Equals(table, StringComparison.OrdinalIgnoreCase)) ? null : await ParseAsync(connection, where, schema, cancellationToken);
        return Expression.AllOf(new[] { parsed, await PlannedAsync(connection, schema, where, table, cancellationToken) }.OfType<Expression>()) is var both && both == Expression.True ? null : both;
    }

    static async Task<Expression?> PlannedAsync(DuckDbConnection connection, Schema schema, string where, string table, CancellationToken cancellationToken)
    {
        try
        {
            var zone = await connection.ScalarAsync<string>("SELECT current_setting('TimeZone')", cancellationToken: cancellationToken);
            var planning = new QueryPlanning([new PlanningTable("planned", "t", schema)]);
            using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
            using var empty = database.Connect();
            await empty.ExecuteAsync($"SET TimeZone = {SqlText.Literal(zone ?? "UTC")};\n{planning.Setup}", cancellationToken: cancellationToken);
            // The line break ends a comment at the condition's end.
            var plan = await QueryPlanning.ExplainAsync(empty, $"SELECT 1 FROM lake.planned.t AS {SqlText.Identifier(table)} WHERE (\n{where}\n)", cancellationToken);
            return (await planning.ReadAsync(connection, plan, cancellationToken))[0].Filter;
        }
        catch (Exception error) when (error is EngineException or Formats.LakehouseException && !cancellationToken.IsCancellationRequested)
        {
            // A condition that an empty table does not take (it names a metadata column, or nothing at all) prunes nothing here; running it says what is wrong.
            return null;
        }
    }

    /// <summary>Parses a condition and converts its tree; null when it is no condition.</summary>
    internal static async Task<Expression?> ReadAsync(DuckDbConnection connection, string where, SqlPredicates predicates, CancellationToken cancellationToken)
    {
        if (where.Contains('\0'))
        {
            return null;
        }

        var text = await connection.ScalarAsync<string>("SELECT json_serialize_sql('SELECT 1 WHERE ' || $1::VARCHAR)", [where], cancellationToken);
        try
        {
            using var tree = JsonDocument.Parse(text ?? "{}", new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Condition(tree.RootElement) is { } condition ? predicates.Read(condition) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static JsonElement? Condition(JsonElement root) =>
        root.TryGetProperty("statements", out var statements) && statements.GetArrayLength() == 1 && statements[0].TryGetProperty("node", out var node)
            && node.GetProperty("type").GetString() == "SELECT_NODE" && node.TryGetProperty("where_clause", out var condition) && condition.ValueKind == JsonValueKind.Object
            ? condition
            : null;
}
