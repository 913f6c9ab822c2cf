using System.Globalization;
using Lakehouse.Formats.Expressions;

namespace Lakehouse.Engine.Filters;

/// <summary>Writes filters as SQL, for people to read.</summary>
public static class FilterSql
{
    /// <summary>The filter as a condition.</summary>
    public static string Of(Expression filter) => Of(filter, within: false);

    static string Of(Expression filter, bool within) => filter switch
    {
        Always always => always.Value ? "true" : "false",
        And { Operands: var operands } => Joined(operands, " AND ", within),
        Or { Operands: var operands } => Joined(operands, " OR ", within),
        Not { Operand: var operand } => $"NOT {Of(operand, within: true)}",
        ColumnPredicate predicate => Of(predicate),
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, message: null),
    };

    static string Joined(IReadOnlyList<Expression> operands, string word, bool within)
    {
        var text = string.Join(word, operands.Select(operand => Of(operand, within: true)));
        return within ? $"({text})" : text;
    }

    static string Of(ColumnPredicate predicate)
    {
        var column = string.Join('.', predicate.Column.Names.Select(name => IsPlain(name) ? name : SqlText.Identifier(name)));
        string Literal() => Of(predicate.Literals[0]);
        string List() => $"({string.Join(", ", predicate.Literals.Select(Of))})";
        return predicate.Operator switch
        {
            PredicateOperator.IsNull => $"{column} IS NULL",
            PredicateOperator.NotNull => $"{column} IS NOT NULL",
            PredicateOperator.IsNaN => $"isnan({column})",
            PredicateOperator.NotNaN => $"NOT isnan({column})",
            PredicateOperator.Less => $"{column} < {Literal()}",
            PredicateOperator.LessOrEqual => $"{column} <= {Literal()}",
            PredicateOperator.Greater => $"{column} > {Literal()}",
            PredicateOperator.GreaterOrEqual => $"{column} >= {Literal()}",
            PredicateOperator.Equal => $"{column} = {Literal()}",
            PredicateOperator.NotEqual => $"{column} <> {Literal()}",
            PredicateOperator.In => $"{column} IN {List()}",
            PredicateOperator.NotIn => $"{column} NOT IN {List()}",
            PredicateOperator.StartsWith => $"starts_with({column}, {Literal()})",
            PredicateOperator.NotStartsWith => $"NOT starts_with({column}, {Literal()})",
            _ => throw new ArgumentOutOfRangeException(nameof(predicate), predicate, message: null),
        };
    }

    static string Of(Literal literal) => literal switch
    {
        BooleanLiteral { Value: var value } => value ? "true" : "false",
        IntegerLiteral { Value: var value } => value.ToString(CultureInfo.InvariantCulture),
        DecimalLiteral { Unscaled: var unscaled, Scale: var scale } => Decimal(unscaled, scale),
        FloatLiteral { Value: var value } => value.ToString("R", CultureInfo.InvariantCulture),
        DoubleLiteral { Value: var value } => value.ToString("R", CultureInfo.InvariantCulture),
        StringLiteral { Value: var value } => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'",
        DateLiteral { Days: var days } => Dated(() => DateTimeOffset.UnixEpoch.AddDays(days), "yyyy-MM-dd", "DATE", days),
        TimeLiteral { Microseconds: var micros } => Dated(() => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond), "HH:mm:ss.FFFFFF", "TIME", micros),
        TimestampLiteral { Value: var value, IsNanoseconds: var nanos, HasZone: var zone } =>
            Dated(() => DateTimeOffset.UnixEpoch.AddTicks(nanos ? value / TimeSpan.NanosecondsPerTick : checked(value * TimeSpan.TicksPerMicrosecond)), zone ? "yyyy-MM-dd HH:mm:ss.FFFFFFF+00" : "yyyy-MM-dd HH:mm:ss.FFFFFFF", zone ? "TIMESTAMPTZ" : "TIMESTAMP", value),
        UuidLiteral { Value: var value } => $"'{value}'",
        BinaryLiteral { Value: var value } => $"from_hex('{Convert.ToHexString(value)}')",
        _ => throw new ArgumentOutOfRangeException(nameof(literal), literal, message: null),
    };

    static string Decimal(Int128 unscaled, int scale)
    {
        var digits = Int128.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return (unscaled < 0 ? "-" : "") + (scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}");
    }

    /// <summary>Beyond the years that .NET knows, the number itself.</summary>
    static string Dated(Func<DateTimeOffset> time, string format, string type, long number)
    {
        try
        {
            return $"{type} '{time().ToString(format, CultureInfo.InvariantCulture)}'";
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or OverflowException)
        {
            return number.ToString(CultureInfo.InvariantCulture);
        }
    }

    static bool IsPlain(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
