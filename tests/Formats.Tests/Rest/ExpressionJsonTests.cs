using FsCheck.Fluent;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Iceberg.Rest;
using Lakehouse.Formats.Tests.Scanning;

namespace Lakehouse.Formats.Tests.Rest;

/// <summary>Filters as REST clients write them.</summary>
public sealed class ExpressionJsonTests
{
    private static readonly Schema Schema = new(0, [
        new NestedField(1, "id", true, IcebergType.Long),
        new NestedField(2, "day", false, IcebergType.Date),
        new NestedField(3, "name", false, IcebergType.String),
        new NestedField(4, "price", false, new DecimalType(9, 2)),
        new NestedField(5, "at", false, IcebergType.TimestampTz),
        new NestedField(6, "weight", false, IcebergType.Float),
        new NestedField(7, "who", false, new StructType([new NestedField(8, "Age", false, IcebergType.Int)])),
        new NestedField(9, "tags", false, new ListType(10, IcebergType.String, false)),
        new NestedField(11, "raw", false, IcebergType.Binary),
    ]);

    private static readonly ColumnPredicate NameIsNull = new("name", PredicateOperator.IsNull);

    [Theory]
    [InlineData("""{"type":"eq","term":"id","value":5}""")]
    [InlineData("""{"type":"eq","left":{"type":"reference","name":"id"},"right":5}""")]
    [InlineData("""{"type":"eq","left":{"type":"reference","id":1},"right":{"type":"literal","value":5,"data-type":"long"}}""")]
    [InlineData("""{"type":"eq","left":5,"right":{"type":"reference","name":"id"}}""")]
    [InlineData("""{"type":"eq","term":{"type":"reference","term":"id"},"value":"5"}""")]
    [InlineData("""{"type":"not","child":{"type":"not-eq","term":"id","value":5}}""")]
    [InlineData("""{"type":"and","left":true,"right":{"type":"eq","term":{"type":"transform","transform":"identity","term":"id"},"value":5}}""")]
    [InlineData("""{"type":"or","left":{"type":"false"},"right":{"type":"eq","term":"id","value":5}}""")]
    public void One_condition_has_many_forms(string json) => Assert.Equal(new ColumnPredicate("id", PredicateOperator.Equal, new IntegerLiteral(5)), Read(json));

    [Fact]
    public void Literals_have_the_type_of_their_field()
    {
        Assert.Equal(new DateLiteral(1), Literal("day", "\"1970-01-02\""));
        Assert.Equal(new DateLiteral(1), Literal("day", "1"));
        Assert.Equal(new DecimalLiteral(150, 2), Literal("price", "\"1.50\""));
        Assert.Equal(new DecimalLiteral(15, 1), Literal("price", "1.5"));
        Assert.Equal(new TimestampLiteral(1_000_000, false, true), Literal("at", "\"1970-01-01T01:00:01+01:00\""));
        Assert.Equal(new TimestampLiteral(1_000_000, false, true), Literal("at", "1000000"));
        Assert.Equal(new FloatLiteral(0.1f), Literal("weight", "0.1"));
        Assert.Equal(new FloatLiteral(float.NaN), Literal("weight", "\"NaN\""));
        Assert.Equal(new BinaryLiteral([0xab, 0xcd]), Literal("raw", "\"ABCD\""));
        Assert.Equal(new IntegerLiteral(7), Literal("who.Age", "7"));
        Assert.Equal(new StringLiteral("7"), Literal("name", "\"7\""));
    }

    [Fact]
    public void Null_answers_negative_questions_as_Iceberg_has_it()
    {
        Assert.Equal(
            Expression.AnyOf([NameIsNull, new ColumnPredicate("name", PredicateOperator.NotEqual, new StringLiteral("x"))]),
            Read("""{"type":"not","child":{"type":"eq","term":"name","value":"x"}}"""));
        Assert.Equal(
            Expression.AnyOf([NameIsNull, new ColumnPredicate("name", PredicateOperator.NotIn, new StringLiteral("x"), new StringLiteral("y"))]),
            Read("""{"type":"not-in","term":"name","values":{"type":"literals","values":["x","y"],"data-type":"string"}}"""));
        // The negation of an order is the opposite order: no null there.
        Assert.Equal(new ColumnPredicate("id", PredicateOperator.GreaterOrEqual, new IntegerLiteral(5)), Read("""{"type":"not","child":{"type":"lt","term":"id","value":5}}"""));
    }

    [Theory]
    [InlineData("""{"type":"eq","term":{"type":"transform","transform":"bucket[16]","term":"id"},"value":5}""")]
    [InlineData("""{"type":"eq","left":{"type":"apply","function":"upper","arguments":[{"type":"reference","name":"name"}]},"right":"A"}""")]
    [InlineData("""{"type":"lt","left":{"type":"reference","name":"id"},"right":{"type":"reference","name":"id"}}""")]
    public void What_is_not_understood_rules_nothing_out_also_when_negated(string json)
    {
        var table = Tables.Unpartitioned();
        var file = Tables.File("a");
        foreach (var text in new[] { json, $$"""{"type":"not","child":{{json}}}""", $$"""{"type":"not","child":{"type":"and","left":{{json}},"right":{"type":"gt","term":"id","value":5} } }""" })
        {
            var filter = new FileFilter(Read(text), table);
            Assert.True(filter.MayPass(file));
            Assert.False(filter.AllPass(file));
        }
    }

    [Theory]
    [InlineData("""{"type":"eq","term":"nothing","value":5}""", "nothing")]
    [InlineData("""{"type":"eq","term":"ID","value":5}""", "ID")]
    [InlineData("""{"type":"eq","left":{"type":"reference","id":99},"right":5}""", "99")]
    [InlineData("""{"type":"eq","term":"id","value":"five"}""", "five")]
    [InlineData("""{"type":"eq","term":"id","value":null}""", "null")]
    [InlineData("""{"type":"eq","term":"id"}""", "right")]
    [InlineData("""{"type":"almost","term":"id","value":5}""", "almost")]
    [InlineData("""{"type":"is-nan","term":"id"}""", "is-nan")]
    [InlineData("""{"type":"starts-with","term":"id","value":"5"}""", "starts-with")]
    [InlineData("""{"type":"in","term":"id","values":[1,null]}""", "null")]
    [InlineData("""{"type":"in","term":"id","values":5}""", "values")]
    [InlineData("""{"type":"and","left":true}""", "right")]
    [InlineData("""{"type":"eq","term":"who","value":5}""", "struct")]
    [InlineData("""{"type":"eq","term":"name","value":"\ud800"}""", "filter")]
    [InlineData("5", "condition")]
    [InlineData("{", "JSON")]
    public void What_is_wrong_is_named(string json, string named)
    {
        var error = Assert.Throws<LakehouseException>(() => Read(json));
        Assert.Equal(LakehouseErrorKind.InvalidData, error.Kind);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_case_of_names_counts_unless_the_client_says_not()
    {
        var fields = new RestFields(new Schema(0, [new NestedField(1, "a", false, IcebergType.Int), new NestedField(2, "B", false, IcebergType.Int), new NestedField(3, "b", false, IcebergType.Int)]), isCaseSensitive: false);
        Assert.Equal(1, fields.Find("A").Id);
        Assert.Equal(2, fields.Find("B").Id);
        Assert.Contains("ambiguous", Assert.Throws<LakehouseException>(() => new RestFields(new Schema(0, [new NestedField(2, "Bb", false, IcebergType.Int), new NestedField(3, "bB", false, IcebergType.Int)]), isCaseSensitive: false).Find("bb")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_of_many_conditions_is_read()
    {
        var json = Enumerable.Range(0, 900).Aggregate("""{"type":"eq","term":"id","value":-1}""", (inner, i) => $$"""{"type":"or","right":{"type":"eq","term":"id","value":{{i}} },"left":{{inner}} }""");
        Assert.Equal(901, Assert.IsType<Or>(Read(json)).Operands.Count);
    }

    [Fact]
    public void What_is_written_is_read_with_the_same_meaning() => Properties.Hold(Gen.Choose(0, int.MaxValue - 1), seed =>
    {
        var random = new Random(seed);
        var type = RandomColumn.Types[random.Next(RandomColumn.Types.Length)];
        var column = new RandomColumn(type, random);
        var fields = new RestFields(new Schema(0, [new NestedField(1, "s", false, new StructType([new NestedField(2, "a", false, type)]))]));
        var filter = Filter(random, column, depth: 3);
        var text = ExpressionJson.ToText(filter);
        var read = ExpressionJson.Parse(text, fields);
        for (var i = 0; i < 20; i++)
        {
            var value = column.Value();
            Assert.True((Answer(filter, column, value) == true) == (Answer(read, column, value) == true), $"{value ?? "null"} of {type}: {filter} is written as {text} and read as {read}");
        }
    }, full: 20_000);

    private static Expression Filter(Random random, RandomColumn column, int depth) => random.Next(depth == 0 ? 1 : 5) switch
    {
        1 => new And([Filter(random, column, depth - 1), Filter(random, column, depth - 1), Filter(random, column, depth - 1)]),
        2 => new Or([Filter(random, column, depth - 1), Filter(random, column, depth - 1)]),
        3 => new Not(Filter(random, column, depth - 1)),
        4 => random.Next(2) == 0 ? Expression.True : Expression.False,
        _ => Predicate(random, column),
    };

    private static ColumnPredicate Predicate(Random random, RandomColumn column)
    {
        var predicate = column.Predicate("a") with { Column = ColumnPath.Of("s", "a") };
        var isFloating = column.Type == IcebergType.Float || column.Type == IcebergType.Double;
        return predicate with
        {
            Operator = !isFloating && predicate.Operator is PredicateOperator.IsNaN or PredicateOperator.NotNaN ? PredicateOperator.IsNull : predicate.Operator,
            Literals = [.. predicate.Literals.Select(literal => literal is StringLiteral || random.Next(8) == 0 && literal is IntegerLiteral ? literal : Natural(column))],
        };
    }

    /// <summary>A literal of the column's own type: others become one on their way.</summary>
    private static Literal Natural(RandomColumn column) => column.NotNull() switch
    {
        int days when column.Type == IcebergType.Date => new DateLiteral(days),
        int number => new IntegerLiteral(number),
        long time when column.Type == IcebergType.Time => new TimeLiteral(time),
        long instant when column.Type.Name.StartsWith("timestamp", StringComparison.Ordinal) => new TimestampLiteral(instant, column.Type == IcebergType.TimestampNs, column.Type == IcebergType.TimestampTz),
        long number => new IntegerLiteral(number),
        Int128 unscaled => new DecimalLiteral(unscaled, ((DecimalType)column.Type).Scale),
        float number => new FloatLiteral(number),
        double number => new DoubleLiteral(number),
        string text => new StringLiteral(text),
        byte[] bytes => new BinaryLiteral(bytes),
        Guid uuid => new UuidLiteral(uuid),
        var flag => new BooleanLiteral((bool)flag),
    };

    private static bool? Answer(Expression filter, RandomColumn column, object? value) => filter switch
    {
        Always(var constant) => constant,
        ColumnPredicate predicate => column.Answer(predicate, value),
        Not(var operand) => !Answer(operand, column, value),
        And(var operands) => operands.Select(operand => Answer(operand, column, value)).Aggregate((bool?)true, (x, y) => x & y),
        Or(var operands) => operands.Select(operand => Answer(operand, column, value)).Aggregate((bool?)false, (x, y) => x | y),
        _ => throw new NotSupportedException(),
    };

    private static Literal Literal(string field, string json) => Assert.Single(Assert.IsType<ColumnPredicate>(Read($$"""{"type":"lt-eq","term":"{{field}}","value":{{json}}}""")).Literals);

    private static Expression Read(string json) => ExpressionJson.Parse(json, new RestFields(Schema));
}
