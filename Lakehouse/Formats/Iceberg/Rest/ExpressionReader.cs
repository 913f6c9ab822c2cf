using System.Text.Json;
using Lakehouse.Formats.Expressions;

namespace Lakehouse.Formats.Iceberg.Rest;

/// <summary>Reads filters. Negation is pushed down while they are read, since it does not mean in Iceberg what it means in SQL.</summary>
internal sealed class ExpressionReader(RestFields fields)
{
    private static readonly Dictionary<string, (PredicateOperator Positive, PredicateOperator Negative)> Operators = new(StringComparer.Ordinal)
    {
        ["is-null"] = (PredicateOperator.IsNull, PredicateOperator.NotNull),
        ["not-null"] = (PredicateOperator.NotNull, PredicateOperator.IsNull),
        ["is-nan"] = (PredicateOperator.IsNaN, PredicateOperator.NotNaN),
        ["not-nan"] = (PredicateOperator.NotNaN, PredicateOperator.IsNaN),
        ["lt"] = (PredicateOperator.Less, PredicateOperator.GreaterOrEqual),
        ["lt-eq"] = (PredicateOperator.LessOrEqual, PredicateOperator.Greater),
        ["gt"] = (PredicateOperator.Greater, PredicateOperator.LessOrEqual),
        ["gt-eq"] = (PredicateOperator.GreaterOrEqual, PredicateOperator.Less),
        ["eq"] = (PredicateOperator.Equal, PredicateOperator.NotEqual),
        ["not-eq"] = (PredicateOperator.NotEqual, PredicateOperator.Equal),
        ["starts-with"] = (PredicateOperator.StartsWith, PredicateOperator.NotStartsWith),
        ["not-starts-with"] = (PredicateOperator.NotStartsWith, PredicateOperator.StartsWith),
        ["in"] = (PredicateOperator.In, PredicateOperator.NotIn),
        ["not-in"] = (PredicateOperator.NotIn, PredicateOperator.In),
    };

    public Expression Read(JsonElement json, bool negate)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                return new Always(json.GetBoolean() != negate);
            case JsonValueKind.Object:
                break;
            default:
                throw LakehouseException.InvalidData($"filter: a condition is true, false or an object, not {json.ValueKind}");
        }

        var type = Text(json, "type") ?? throw LakehouseException.InvalidData("filter: a condition has no \"type\"");
        switch (type)
        {
            case "true" or "false":
                return new Always(type == "true" != negate);
            case "not":
                return Read(Member(json, "child", type), !negate);
            case "and" or "or":
                Expression[] operands = [Read(Member(json, "left", type), negate), Read(Member(json, "right", type), negate)];
                return type == "and" != negate ? Expression.AllOf(operands) : Expression.AnyOf(operands);
            case "literal" when json.TryGetProperty("value", out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                return new Always(value.GetBoolean() != negate);
            default:
                return Operators.TryGetValue(type, out var pair)
                    ? Predicate(json, type, negate ? pair.Negative : pair.Positive)
                    : throw LakehouseException.InvalidData($"filter: the condition \"{Shown(type)}\" is not known");
        }
    }

    private Expression Predicate(JsonElement json, string type, PredicateOperator @operator)
    {
        if (type is "is-null" or "not-null" or "is-nan" or "not-nan")
        {
            return FieldOf(Operand(json, "child", type)) is { } tested ? Asked(tested, @operator, [], type) : new Opaque(json.GetRawText());
        }

        if (type is "in" or "not-in")
        {
            return FieldOf(Operand(json, "child", type)) is { } member
                ? Asked(member, @operator, LiteralJson.ReadAll(Member(json, "values", type), member.Type, $"filter: {type} of \"{member.Path}\""), type)
                : new Opaque(json.GetRawText());
        }

        var (left, right) = (Operand(json, "left", type), json.TryGetProperty("value", out var value) ? value : Member(json, "right", type));
        if (right.ValueKind == JsonValueKind.Null)
        {
            throw LakehouseException.InvalidData($"filter: {type} with null, which no value answers: ask \"is-null\"");
        }

        if (FieldOf(left) is { } field && IsLiteral(right))
        {
            return Compared(field, @operator, right, type);
        }

        // A literal on the left is the same question the other way round.
        return IsLiteral(left) && FieldOf(right) is { } other && Turned(@operator) is { } turned ? Compared(other, turned, left, type) : new Opaque(json.GetRawText());
    }

    private static Expression Compared(RestField field, PredicateOperator @operator, JsonElement literal, string type) =>
        Asked(field, @operator, [LiteralJson.Read(literal, field.Type, $"filter: {type} of \"{field.Path}\"")], type);

    private static Expression Asked(RestField field, PredicateOperator @operator, IReadOnlyList<Literal> literals, string type)
    {
        if (type is "is-nan" or "not-nan" && field.Type != IcebergType.Float && field.Type != IcebergType.Double)
        {
            throw LakehouseException.InvalidData($"filter: {type} of \"{field.Path}\", which is {field.Type} and no floating-point number");
        }

        if (type is "starts-with" or "not-starts-with" && field.Type != IcebergType.String)
        {
            throw LakehouseException.InvalidData($"filter: {type} of \"{field.Path}\", which is {field.Type} and no string");
        }

        var asked = new ColumnPredicate(field.Path, @operator, literals);
        return @operator is PredicateOperator.NotEqual or PredicateOperator.NotIn or PredicateOperator.NotStartsWith or PredicateOperator.NotNaN
            ? Expression.AnyOf([new ColumnPredicate(field.Path, PredicateOperator.IsNull, []), asked])
            : asked;
    }

    /// <summary>The field that a term is: a name, or a reference by name or id. Null when it is more than that, a transform for instance.</summary>
    private RestField? FieldOf(JsonElement term)
    {
        if (term.ValueKind == JsonValueKind.String)
        {
            return fields.Find(term.GetString()!);
        }

        if (term.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        switch (Text(term, "type"))
        {
            case "reference" when term.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var number):
                return fields.Find(number);
            case "reference" when (Text(term, "name") ?? Text(term, "term")) is { } name:
                return fields.Find(name);
            case "transform" when Text(term, "transform") == "identity" && Text(term, "term") is { } name:
                return fields.Find(name);
            case "transform" or "apply" or "literal":
                return null;
            default:
                throw LakehouseException.InvalidData($"filter: {Shown(term.GetRawText())} is no field, literal or function");
        }
    }

    private static bool IsLiteral(JsonElement json) =>
        json.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number or JsonValueKind.String || (json.ValueKind == JsonValueKind.Object && Text(json, "type") == "literal");

    private static PredicateOperator? Turned(PredicateOperator @operator) => @operator switch
    {
        PredicateOperator.Less => PredicateOperator.Greater,
        PredicateOperator.LessOrEqual => PredicateOperator.GreaterOrEqual,
        PredicateOperator.Greater => PredicateOperator.Less,
        PredicateOperator.GreaterOrEqual => PredicateOperator.LessOrEqual,
        PredicateOperator.Equal or PredicateOperator.NotEqual => @operator,
        _ => null,
    };

    private static JsonElement Operand(JsonElement json, string name, string type) => json.TryGetProperty("term", out var term) ? term : Member(json, name, type);

    private static JsonElement Member(JsonElement json, string name, string type) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : throw LakehouseException.InvalidData($"filter: the condition \"{type}\" has no \"{name}\"");

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Shown(string text) => text.Length > 60 ? string.Concat(text.AsSpan(0, 60), "…") : text;
}
