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
