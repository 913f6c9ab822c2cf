using Lakehouse.Engine.Filters;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Tests.Filters;

public sealed class SqlFilterTests
{
    static readonly Schema Schema = new(0, [
        new NestedField(1, "a", false, IcebergType.Int), new NestedField(2, "s", false, IcebergType.String), new NestedField(3, "d", false, IcebergType.Date), new NestedField(4, "x", false, IcebergType.Double),
        new NestedField(5, "n", false, new DecimalType(10, 2)), new NestedField(6, "st", false, new StructType([new NestedField(7, "b", false, IcebergType.Long)])), new NestedField(8, "f", false, IcebergType.Boolean),
    ]);

    [Theory]
    [InlineData("a = 1 AND s LIKE 'x%'", "(a Equal IntegerLiteral { Value = 1 } AND s StartsWith StringLiteral { Value = x })")]
    [InlineData("a = 1 AND length(s) > 3", "a Equal IntegerLiteral { Value = 1 }")]
    [InlineData("a = 1 OR length(s) > 3", null)]
    [InlineData("NOT (a = 1 OR length(s) > 3)", "a NotEqual IntegerLiteral { Value = 1 }")]
    [InlineData("NOT (a = 1 AND length(s) > 3)", null)]
    [InlineData("a = 0 AND s = ''", "(a Equal IntegerLiteral { Value = 0 } AND s Equal StringLiteral { Value =  })")]
    [InlineData("a = NULL", "Always { Value = False }")]
    [InlineData("NOT (a = NULL)", "Always { Value = False }")]
    [InlineData("a NOT IN (1, NULL)", "Always { Value = False }")]
    [InlineData("a IN (1, NULL)", "a In IntegerLiteral { Value = 1 }")]
    [InlineData("a IS NOT DISTINCT FROM NULL", "a IsNull")]
    [InlineData("a IS DISTINCT FROM 3", "(a NotEqual IntegerLiteral { Value = 3 } OR a IsNull)")]
    [InlineData("NOT (a IS DISTINCT FROM 3)", "a Equal IntegerLiteral { Value = 3 }")]
    [InlineData("a NOT BETWEEN 1 AND 2", "(a Less IntegerLiteral { Value = 1 } OR a Greater IntegerLiteral { Value = 2 })")]
    [InlineData("5 > a", "a Less IntegerLiteral { Value = 5 }")]
    [InlineData("CAST(a AS DECIMAL(12,1)) < 7.5", "a Less DecimalLiteral { Unscaled = 75, Scale = 1 }")]
    [InlineData("CAST(a AS DOUBLE) < 7.5", "a Less DoubleLiteral { Value = 7.5 }")]
    [InlineData("CAST(x AS INTEGER) = 7", null)]
    [InlineData("CAST(s AS INTEGER) = 7", null)]
    [InlineData("TRY_CAST(a AS BIGINT) = 7", null)]
    [InlineData("CAST(n AS DECIMAL(10,1)) = 7.5", null)]
    [InlineData("d >= DATE '2024-02-03'", "d GreaterOrEqual DateLiteral { Days = 19756 }")]
    [InlineData("d >= DATE 'infinity'", null)]
    [InlineData("x = 'nan'::DOUBLE AND isnan(x)", "(x Equal DoubleLiteral { Value = NaN } AND x IsNaN)")]
    [InlineData("st.b = 3 AND struct_extract(st, 'b') < 4", "(st.b Equal IntegerLiteral { Value = 3 } AND st.b Less IntegerLiteral { Value = 4 })")]
    [InlineData("f AND NOT f", "(f Equal BooleanLiteral { Value = True } AND f Equal BooleanLiteral { Value = False })")]
    [InlineData("s LIKE 'a_c%'", "s StartsWith StringLiteral { Value = a }")]
    [InlineData("s NOT LIKE 'a_c%'", null)]
    [InlineData("s NOT LIKE 'ab%'", "s NotStartsWith StringLiteral { Value = ab }")]
    [InlineData("s LIKE '%a'", null)]
    [InlineData("s COLLATE NOCASE = 'a'", null)]
    [InlineData("nobody = 1", null)]
    [InlineData("a = (SELECT 1)", null)]
    [InlineData("a = 1 UNION ALL SELECT 2", null)]
    [InlineData("a = 1; DROP TABLE t", null)]
    [InlineData("this is no condition", null)]
    [InlineData("a = 170141183460469231731687303715884105727", "a Equal IntegerLiteral { Value = 170141183460469231731687303715884105727 }")]
    [InlineData("a > -5 AND n = -1.50", "(a Greater IntegerLiteral { Value = -5 } AND n Equal DecimalLiteral { Unscaled = -150, Scale = 2 })")]
    [InlineData("true", "Always { Value = True }")]
    public async Task A_condition_becomes_a_filter_that_is_as_strong_or_weaker(string where, string? expected)
    {
        using var lake = new Lake();
        var filter = await SqlFilter.ParseAsync(lake.Connection, where, Schema, TestContext.Current.CancellationToken);
        Assert.Equal(expected, filter?.ToString());
    }

    [Fact]
    public async Task What_a_plan_prints_is_taken_apart_only_outside_of_texts()
    {
        var schema = new Schema(0, [new NestedField(1, "id", false, IcebergType.Int), new NestedField(2, "s", false, IcebergType.String)]);
        var planning = new QueryPlanning([new PlanningTable("gold", "t", schema)]);
        var uses = await planning.PlanAsync("SELECT id FROM gold.t WHERE s = e'x\\nid=5\\ny''z\\n' AND id > 2", TestContext.Current.CancellationToken);
        Assert.Equal("(id Greater IntegerLiteral { Value = 2 } AND s Equal StringLiteral { Value = x\nid=5\ny'z\n })", uses[0].Filter?.ToString());
        Assert.Equal(["id"], uses[0].Columns);
    }

    [Theory]
    [InlineData("SELECT a.v FROM gold.t a JOIN lake.gold.t b ON a.id = b.id WHERE a.id = 1 AND b.id < 9", "id Equal IntegerLiteral { Value = 1 }")]
    [InlineData("SELECT * FROM gold.t WHERE id = 1 UNION ALL SELECT * FROM gold.t WHERE id = 2", "(id Equal IntegerLiteral { Value = 1 } OR id Equal IntegerLiteral { Value = 2 })")]
    [InlineData("SELECT * FROM gold.t WHERE id = 1 UNION ALL SELECT * FROM gold.t", null)]
    [InlineData("WITH c AS (SELECT * FROM gold.t WHERE id = 3) SELECT count(*) FROM c", "id Equal IntegerLiteral { Value = 3 }")]
    [InlineData("SELECT v FROM gold.t WHERE id = 3 ORDER BY v LIMIT 2", "id Equal IntegerLiteral { Value = 3 }")]
    [InlineData("SELECT v FROM gold.t WHERE id = 3 OR v = 'x'", "(id Equal IntegerLiteral { Value = 3 } OR v Equal StringLiteral { Value = x })")]
    [InlineData("SELECT v FROM gold.t", null)]
    public async Task A_table_that_is_scanned_several_times_needs_what_any_scan_needs(string sql, string? expected)
    {
        var schema = new Schema(0, [new NestedField(1, "id", false, IcebergType.Int), new NestedField(2, "v", false, IcebergType.String)]);
        var uses = await new QueryPlanning([new PlanningTable("gold", "t", schema)]).PlanAsync(sql, TestContext.Current.CancellationToken);
        var filter = uses[0].Filter?.ToString();
        Assert.True(expected is null ? filter is null : filter?.StartsWith(expected, StringComparison.Ordinal) == true, filter);
    }

    [Fact]
    public async Task A_query_that_asks_for_types_is_planned_with_those_that_the_table_has()
    {
        var schema = new Schema(0, [new NestedField(1, "id", false, IcebergType.Int)]);
        const string sql = "SELECT id FROM gold.t WHERE CASE WHEN typeof(id) = 'TINYINT' THEN id = 1 ELSE id = 2 END";
        foreach (var (types, expected) in new[] { ((string[]?)["TINYINT"], 1), (null, 2) })
        {
            var uses = await new QueryPlanning([new PlanningTable("gold", "t", schema) { Types = types }]).PlanAsync(sql, TestContext.Current.CancellationToken);
            Assert.Equal($"id Equal IntegerLiteral {{ Value = {expected} }}", uses[0].Filter?.ToString());
        }
    }

    /// <summary>A boolean column of that name is printed as the word. The plan can't tell them apart, so it says nothing.</summary>
    [Fact]
    public async Task Names_that_read_as_SQL_mislead_nobody()
    {
        var schema = new Schema(0, [
            new NestedField(1, "false", false, IcebergType.Boolean), new NestedField(2, "id", false, IcebergType.Int), new NestedField(3, "c IS NULL) AND (false AND (c", false, IcebergType.Int),
            new NestedField(4, "id=3 OR id", false, IcebergType.Int), new NestedField(5, "st", false, new StructType([new NestedField(6, "x<3 AND id", false, IcebergType.Int)])),
        ]);
        var planning = new QueryPlanning([new PlanningTable("gold", "t", schema)]);
        foreach (var condition in new[]
        {
            "\"false\" OR id = 3", "(\"false\" IS NULL) OR id = 3", "\"c IS NULL) AND (false AND (c\" + 1 > 5 OR id = 3", "\"id=3 OR id\" = 4 OR id + 1 = 3", "st.\"x<3 AND id\" = 4 OR id = 3",
        })
        {
            var uses = await planning.PlanAsync($"SELECT * FROM (SELECT \"false\", id, \"c IS NULL) AND (false AND (c\", \"id=3 OR id\", st FROM gold.t) WHERE {condition}", TestContext.Current.CancellationToken);
            Assert.False(uses[0].Filter?.ToString() == "id Equal IntegerLiteral { Value = 3 }", condition);
        }
    }
}
