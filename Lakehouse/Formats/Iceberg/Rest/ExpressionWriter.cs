using System.Text.Json;
using Lakehouse.Formats.Expressions;

namespace Lakehouse.Formats.Iceberg.Rest;

/// <summary>Writes filters without negations.</summary>
internal static class ExpressionWriter
{
    public static void Write(Utf8JsonWriter json, Expression expression)
    {
        switch (expression)
        {
            case Always(var value):
                json.WriteBooleanValue(value);
                break;
            case Opaque:
                json.WriteBooleanValue(true);
                break;
            case And(var operands):
                WriteAll(json, "and", operands, 0, operands.Count);
                break;
            case Or(var operands):
                WriteAll(json, "or", operands, 0, operands.Count);
                break;
            case ColumnPredicate { Operator: PredicateOperator.NotEqual or PredicateOperator.NotIn or PredicateOperator.NotStartsWith or PredicateOperator.NotNaN } predicate:
                // SQL's null answers none of them.
                WriteAll(json, "and", [predicate with { Operator = PredicateOperator.NotNull, Literals = [] }, predicate], 0, 2, WritePredicate);
                break;
            case ColumnPredicate predicate:
                WritePredicate(json, predicate);
                break;
            default:
                throw new ArgumentException($"No JSON form for {expression.GetType().Name}", nameof(expression));
        }
    }

    /// <summary>Two by two, in halves: a long list does not become a deep one.</summary>
    private static void WriteAll<T>(Utf8JsonWriter json, string type, IReadOnlyList<T> operands, int start, int end, Action<Utf8JsonWriter, T>? write = null)
        where T : Expression
    {
        if (end - start == 1)
        {
            (write ?? Write)(json, operands[start]);
            return;
        }

        var middle = start + ((end - start) / 2);
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WritePropertyName("left");
        WriteAll(json, type, operands, start, middle, write);
        json.WritePropertyName("right");
        WriteAll(json, type, operands, middle, end, write);
        json.WriteEndObject();
    }

    private static void WritePredicate(Utf8JsonWriter json, ColumnPredicate predicate)
    {
        json.WriteStartObject();
        json.WriteString("type", Name(predicate.Operator));
        json.WriteString("term", predicate.Column.ToString());
        if (predicate.Operator is PredicateOperator.In or PredicateOperator.NotIn)
        {
            json.WriteStartArray("values");
            foreach (var literal in predicate.Literals)
            {
                LiteralJson.Write(json, literal);
            }

            json.WriteEndArray();
        }
        else if (predicate.Literals.Count > 0)
        {
            json.WritePropertyName("value");
            LiteralJson.Write(json, predicate.Literals[0]);
        }

        json.WriteEndObject();
    }

    private static string Name(PredicateOperator @operator) => @operator switch
    {
        PredicateOperator.IsNull => "is-null",
        PredicateOperator.NotNull => "not-null",
        PredicateOperator.IsNaN => "is-nan",
        PredicateOperator.NotNaN => "not-nan",
        PredicateOperator.Less => "lt",
        PredicateOperator.LessOrEqual => "lt-eq",
        PredicateOperator.Greater => "gt",
        PredicateOperator.GreaterOrEqual => "gt-eq",
        PredicateOperator.Equal => "eq",
        PredicateOperator.NotEqual => "not-eq",
        PredicateOperator.In => "in",
        PredicateOperator.NotIn => "not-in",
        PredicateOperator.StartsWith => "starts-with",
        PredicateOperator.NotStartsWith => "not-starts-with",
        _ => throw new ArgumentOutOfRangeException(nameof(@operator), @operator, null),
    };
}
