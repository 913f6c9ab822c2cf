using System.Text.Json;
using System.Text.Json.Nodes;
using Lakehouse.Formats.Expressions;

namespace Lakehouse.Engine.Delta;

/// <summary>A filter taken apart at its ANDs.</summary>
/// <param name="Text">The filter.</param>
/// <param name="Conjuncts">The conditions, each as SQL; one that cannot be written as SQL again is left out.</param>
/// <param name="NotNull">What follows for nulls: a comparison of two columns is true of none that is null.</param>
internal sealed record WhereConditions(string Text, IReadOnlyList<string> Conjuncts, Expression NotNull)
{
    const string Select = "SELECT 1 WHERE ";

    static readonly JsonSerializerOptions Deep = new() { MaxDepth = 2500 };

    public static async Task<WhereConditions> ParseAsync(DuckDbConnection connection, string where, CancellationToken cancellationToken)
    {
        var none = new WhereConditions(where, [], Expression.True);
        if (where.Contains('\0', StringComparison.Ordinal))
        {
            return none;
        }

        var text = await connection.ScalarAsync<string>($"SELECT json_serialize_sql('{Select}' || $1::VARCHAR)", [where], cancellationToken);
        JsonNode? tree;
        try
        {
            tree = JsonNode.Parse(text ?? "{}", documentOptions: new JsonDocumentOptions { MaxDepth = Deep.MaxDepth });
        }
        catch (JsonException)
        {
            return none;
        }

        if (tree?["statements"] is not JsonArray { Count: 1 } statements || statements[0]?["node"] is not JsonObject node || node["where_clause"] is not JsonObject condition)
        {
            return none;
        }

        if ((string?)condition["type"] != "CONJUNCTION_AND" || condition["children"] is not JsonArray children)
        {
            return new WhereConditions(where, [$"({where})"], NotNullOf(condition));
        }

        var conjuncts = new List<string>();
        foreach (var child in children.ToArray())
        {
            node["where_clause"] = child!.DeepClone();
            if (await SqlOfAsync(connection, tree, cancellationToken) is { } sql)
            {
                conjuncts.Add(sql);
            }
        }

        return new WhereConditions(where, conjuncts, Expression.AllOf(children.Select(child => NotNullOf(child!))));
    }

    static async Task<string?> SqlOfAsync(DuckDbConnection connection, JsonNode tree, CancellationToken cancellationToken)
    {
        try
        {
            var sql = await connection.ScalarAsync<string>("SELECT json_deserialize_sql($1::JSON)", [tree.ToJsonString(Deep)], cancellationToken);
            return sql?.StartsWith(Select, StringComparison.Ordinal) == true ? $"({sql[Select.Length..].TrimEnd(';')})" : null;
        }
        catch (EngineException error) when (error.EngineKind is not (EngineErrorKind.Interrupted or EngineErrorKind.OutOfMemory))
        {
            return null;
        }
    }

    static Expression NotNullOf(JsonNode condition) =>
        (string?)condition["class"] == "COMPARISON" && (string?)condition["type"] is "COMPARE_EQUAL" or "COMPARE_NOTEQUAL" or "COMPARE_LESSTHAN" or "COMPARE_GREATERTHAN" or "COMPARE_LESSTHANOREQUALTO" or "COMPARE_GREATERTHANOREQUALTO"
        && ColumnOf(condition["left"]) is { } left && ColumnOf(condition["right"]) is { } right
            ? Expression.AllOf([new ColumnPredicate(left, PredicateOperator.NotNull), new ColumnPredicate(right, PredicateOperator.NotNull)])
            : Expression.True;

    static string? ColumnOf(JsonNode? operand) =>
        (string?)operand?["class"] == "COLUMN_REF" && operand["column_names"] is JsonArray { Count: 1 } names ? (string?)names[0] : null;
}
