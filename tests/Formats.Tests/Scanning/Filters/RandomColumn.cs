using System.Globalization;
using System.Numerics;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Scanning;

/// <summary>Values, literals and answers of one type: what rows hold and what a SQL engine says of them, without any statistics.</summary>
internal sealed class RandomColumn(PrimitiveType type, Random random)
{
    private const long Day = 86_400_000_000;

    public static readonly PrimitiveType[] Types =
    [
        IcebergType.Int, IcebergType.Long, IcebergType.Float, IcebergType.Double, new DecimalType(9, 2), new DecimalType(38, 4), IcebergType.Date, IcebergType.Time, IcebergType.Timestamp,
        IcebergType.TimestampTz, IcebergType.TimestampNs, IcebergType.String, IcebergType.Binary, IcebergType.Uuid, IcebergType.Boolean,
    ];

    private static readonly string[] Texts = ["", "a", "ab", "abc", "abd", "b", "é", "éa", "Z", "\u7530", "\ufffd", "\U0001F600", "\U0001F600b", "\U0010ffff", "\U0010ffff\U0010ffffx", "a\0"];
    private static readonly byte[][] Binaries = [[], [0], [1, 2], [1, 2, 3], [0x80], [0xff], [0xff, 0xff], [0xff, 0xff, 0xff, 1]];

    private static readonly Guid[] Uuids =
        [Guid.Empty, new("10000000-0000-0000-0000-000000000001"), new("90000000-0000-0000-0000-000000000001"), new("ffffffff-ffff-ffff-ffff-ffffffffffff"), new("01020304-0506-0708-090a-0b0c0d0e0f10")];

    public PrimitiveType Type => type;

    public object? Value() => random.Next(6) == 0 ? null : NotNull();

    public object NotNull() => type switch
    {
        DecimalType { Scale: var scale } => (Int128)random.Next(-300, 300) * (random.Next(3) == 0 ? 1 : (Int128)Math.Pow(10, scale)),
        { Name: "int" } => Pick(random.Next(-20, 20), int.MinValue, int.MinValue + 3, int.MaxValue, random.Next(-20, 20)),
        { Name: "long" } => Pick<long>(random.Next(-20, 20), long.MinValue, long.MaxValue, (1L << 53) + random.Next(4), int.MaxValue + (long)random.Next(5)),
        { Name: "float" } => Pick(random.Next(-3, 4) * 0.5f, -0.0f, 0.0f, float.NaN, 1.1f, float.PositiveInfinity, 16777216f),
        { Name: "double" } => Pick(random.Next(-3, 4) * 0.5, -0.0, 0.0, double.NaN, 1.1, double.NegativeInfinity, 9007199254740992.0),
        { Name: "date" } => random.Next(-800, 800),
        { Name: "time" } => (long)random.Next(0, 1000) * 1000,
        { Name: "timestamp" or "timestamptz" } => random.Next(4) == 0 ? random.Next(-800, 800) * Day : random.NextInt64(-800 * Day, 800 * Day),
        { Name: "timestamp_ns" } => random.NextInt64(-5000, 5000) + (random.Next(3) == 0 ? 0 : random.Next(-3, 3) * Day * 1000),
        { Name: "string" } => Texts[random.Next(Texts.Length)],
        { Name: "binary" } => Binaries[random.Next(Binaries.Length)],
        { Name: "uuid" } => Uuids[random.Next(Uuids.Length)],
        _ => random.Next(2) == 0,
    };

    public Literal Literal()
    {
        var value = NotNull();
        return (value, random.Next(4)) switch
        {
            (int or long or Int128 or float or double, 0) when IsNumber => new DecimalLiteral(random.Next(-350, 350), random.Next(0, 3)),
            (int or long or Int128 or float or double, 1) when IsNumber => Pick<Literal>(new DoubleLiteral(random.Next(-5, 5) * 0.5), new DoubleLiteral(double.NaN), new DoubleLiteral(1.1), new DoubleLiteral(9007199254740993.0), new DoubleLiteral(double.PositiveInfinity)),
            (int or long or Int128 or float or double, 2) when IsNumber => new IntegerLiteral(Pick<Int128>(random.Next(-20, 20), 3_000_000_000, -3_000_000_000, Int128.MaxValue, (1L << 53) + 1, (1 << 24) + 1)),
            (int days, _) when type == IcebergType.Date => random.Next(2) == 0 ? new DateLiteral(days) : new TimestampLiteral((days * Day) + random.Next(-1, 2), false, false),
            (long, 0) when type == IcebergType.Timestamp || type == IcebergType.TimestampNs => new DateLiteral(random.Next(-800, 800)),
            (long instant, 1) when type == IcebergType.Timestamp && Math.Abs(instant) < long.MaxValue / 1000 => new TimestampLiteral((instant * 1000) + random.Next(-1, 2), true, false),
            (long, 1) when type == IcebergType.TimestampNs => new TimestampLiteral(random.Next(-6, 6), false, false),
            (long instant, _) when type.Name.StartsWith("timestamp", StringComparison.Ordinal) => new TimestampLiteral(instant, type == IcebergType.TimestampNs, type == IcebergType.TimestampTz),
            (long time, _) when type == IcebergType.Time => new TimeLiteral(time),
            (int number, _) => new IntegerLiteral(number),
            (long number, _) => new IntegerLiteral(number),
            (Int128 unscaled, _) => new DecimalLiteral(unscaled, ((DecimalType)type).Scale),
            (float single, _) => new FloatLiteral(single),
            (double wide, _) => new DoubleLiteral(wide),
            (string text, _) => new StringLiteral(text),
            (byte[] bytes, _) => new BinaryLiteral(bytes),
            (Guid uuid, _) => new UuidLiteral(uuid),
            _ => new BooleanLiteral((bool)value),
        };
    }

    private bool IsNumber => type is DecimalType || type.Name is "int" or "long" or "float" or "double";

    public ColumnPredicate Predicate(string column)
    {
        var operators = Enum.GetValues<PredicateOperator>().Where(o => type == IcebergType.String || o is not (PredicateOperator.StartsWith or PredicateOperator.NotStartsWith)).ToArray();
        var chosen = operators[random.Next(operators.Length)];
        var count = chosen switch
        {
            PredicateOperator.IsNull or PredicateOperator.NotNull or PredicateOperator.IsNaN or PredicateOperator.NotNaN => 0,
            PredicateOperator.In or PredicateOperator.NotIn => random.Next(1, 4),
            _ => 1,
        };
        return new ColumnPredicate(column, chosen, [.. Enumerable.Range(0, count).Select(_ => Literal())]);
    }

    /// <summary>What an engine answers for one value; null = unknown.</summary>
    public bool? Answer(ColumnPredicate predicate, object? value)
    {
        if (predicate.Operator is PredicateOperator.IsNull or PredicateOperator.NotNull)
        {
            return (value is null) == (predicate.Operator == PredicateOperator.IsNull);
        }

        if (value is null)
        {
            return null;
        }

        var isNan = value is float.NaN or double.NaN;
        return predicate.Operator switch
        {
            PredicateOperator.IsNaN => isNan,
            PredicateOperator.NotNaN => !isNan,
            PredicateOperator.Less => Compare(value, predicate.Literals[0]) < 0,
            PredicateOperator.LessOrEqual => Compare(value, predicate.Literals[0]) <= 0,
            PredicateOperator.Greater => Compare(value, predicate.Literals[0]) > 0,
            PredicateOperator.GreaterOrEqual => Compare(value, predicate.Literals[0]) >= 0,
            PredicateOperator.Equal => Compare(value, predicate.Literals[0]) == 0,
            PredicateOperator.NotEqual => Compare(value, predicate.Literals[0]) != 0,
            PredicateOperator.In => predicate.Literals.Any(literal => Compare(value, literal) == 0),
            PredicateOperator.NotIn => predicate.Literals.All(literal => Compare(value, literal) != 0),
            PredicateOperator.StartsWith => ((string)value).StartsWith(((StringLiteral)predicate.Literals[0]).Value, StringComparison.Ordinal),
            _ => !((string)value).StartsWith(((StringLiteral)predicate.Literals[0]).Value, StringComparison.Ordinal),
        };
    }

    private int Compare(object value, Literal literal) => (value, literal) switch
    {
        (float a, FloatLiteral(var b)) => Floats(a, b),
        (float a, DoubleLiteral(var b)) => Floats(a, b),
        (float a, IntegerLiteral(var b)) => Floats(a, (float)b),
        (float a, DecimalLiteral d) => Floats(a, float.Parse(Text(d), CultureInfo.InvariantCulture)),
        (double a, FloatLiteral(var b)) => Floats(a, b),
        (double a, DoubleLiteral(var b)) => Floats(a, b),
        (double a, IntegerLiteral(var b)) => Floats(a, (double)b),
        (double a, DecimalLiteral d) => Floats(a, double.Parse(Text(d), CultureInfo.InvariantCulture)),
        (int a, DoubleLiteral(var b)) => Floats(a, b),
        (long a, DoubleLiteral(var b)) => Floats(a, b),
        (Int128 a, DoubleLiteral(var b)) => Floats(double.Parse(Text(new DecimalLiteral(a, ((DecimalType)type).Scale)), CultureInfo.InvariantCulture), b),
        (int or long or Int128, IntegerLiteral(var b)) => Exact(value).CompareTo((BigInteger)b * Wide),
        (int or long or Int128, DecimalLiteral(var b, var scale)) => Exact(value).CompareTo(b * Wide / BigInteger.Pow(10, scale)),
        (int a, DateLiteral(var b)) => a.CompareTo(b),
        (int a, TimestampLiteral(var b, _, _)) => (a * Day).CompareTo(b),
        (long a, DateLiteral(var b)) => ((Int128)a).CompareTo((Int128)b * Day * (type == IcebergType.TimestampNs ? 1000 : 1)),
        (long a, TimestampLiteral t) => (type == IcebergType.TimestampNs ? (Int128)a : (Int128)a * 1000).CompareTo(t.IsNanoseconds ? (Int128)t.Value : (Int128)t.Value * 1000),
        (long a, TimeLiteral(var b)) => a.CompareTo(b),
        (string a, StringLiteral(var b)) => SingleValue.Compare(a, b),
        (byte[] a, BinaryLiteral(var b)) => SingleValue.Compare(a, b),
        (Guid a, UuidLiteral(var b)) => SingleValue.Compare(a, b),
        (bool a, BooleanLiteral(var b)) => a.CompareTo(b),
        _ => throw new NotSupportedException($"{value} and {literal}"),
    };

    private static BigInteger Wide => BigInteger.Pow(10, 10);

    private BigInteger Exact(object value) => value switch
    {
        int number => number * Wide,
        long number => number * Wide,
        Int128 unscaled => (BigInteger)unscaled * Wide / BigInteger.Pow(10, ((DecimalType)type).Scale),
        _ => throw new NotSupportedException(),
    };

    private static string Text(DecimalLiteral literal) => string.Create(CultureInfo.InvariantCulture, $"{literal.Unscaled}E-{literal.Scale}");

    private static int Floats(double left, double right) => double.IsNaN(left) || double.IsNaN(right) ? double.IsNaN(left).CompareTo(double.IsNaN(right)) : left == right ? 0 : left.CompareTo(right);

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];
}
