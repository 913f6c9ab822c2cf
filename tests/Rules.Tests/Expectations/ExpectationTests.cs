using System.Text.Json;
using Lakehouse.Engine;
using Lakehouse.Rules.Expectations;

namespace Lakehouse.Rules.Tests.Expectations;

/// <summary>Each built-in rule: what keeps it, what breaks it, and what is said of wrong uses.</summary>
public sealed class ExpectationTests
{
    // Rule, arguments, rows of the column x, and those that break the rule.
    public static readonly TheoryData<string, string, string, string> Values = new()
    {
        { "not_null", "{}", "1;NULL", "NULL" },
        { "is_null", "{}", "1;NULL", "1" },
        { "accepted_values", """{"values":["a","it's"]}""", "'a';'it''s';'b';NULL", "b" },
        { "accepted_values", """{"values":[1,2]}""", "1;3", "3" },
        { "rejected_values", """{"values":["N/A"]}""", "'a';'N/A';NULL", "N/A" },
        { "between", """{"min":0,"max":10}""", "0;10;-1;11;NULL", "-1,11" },
        { "between", """{"min":0,"strict":true}""", "0;1", "0" },
        { "between", """{"max":"2024-01-31"}""", "DATE '2024-01-31';DATE '2024-02-01'", "2024-02-01" },
        { "positive", "{}", "1;0;-1", "0,-1" },
        { "not_negative", "{}", "1;0;-1", "-1" },
        { "finite", "{}", "1.5::DOUBLE;'nan'::DOUBLE;'-inf'::DOUBLE;NULL", "nan,-inf" },
        { "multiple_of", """{"of":0.05}""", "0.10;0.12", "0.12" },
        { "decimal_places", """{"max":2}""", "1.25;1.255;1", "1.255" },
        { "of_type", """{"type":"int"}""", "'12';'x';NULL", "x" },
        { "size_between", """{"min":1,"max":2}""", "[1];[1,2,3];[]::INTEGER[]", "[1, 2, 3],[]" },
        { "json_valid", "{}", "'{}';'{'", "{" },
        { "not_empty", "{}", "'a';' ';''", " ," },
        { "matches", """{"pattern":"[A-Z]{2}\\d+"}""", "'AB1';'xAB1'", "xAB1" },
        { "not_matches", """{"pattern":"\\d"}""", "'ab';'a1'", "a1" },
        { "like", """{"pattern":"a%"}""", "'ab';'ba'", "ba" },
        { "not_like", """{"pattern":"a%"}""", "'ab';'ba'", "ab" },
        { "length_between", """{"min":2,"max":3}""", "'ab';'añb';'a';'abcd'", "a,abcd" },
        { "length_equals", """{"value":16}""", "'1234567890123456';'123'", "123" },
        { "trimmed", "{}", "'a b';'';' a';'a '", " a,a " },
        { "printable", "{}", "'a';'a' || chr(9)", "a\t" },
        { "upper_case", "{}", "'AB1';'Ab'", "Ab" },
        { "lower_case", "{}", "'ab1';'Ab'", "Ab" },
        { "email", "{}", "'a.b+c@x-y.org';'o''neil@x.org';'a@b';'a b@x.org';'@x.org'", "a@b,a b@x.org,@x.org" },
        { "url", "{}", "'https://x.org/a?b#c';'x.org';'http:// x'", "x.org,http:// x" },
        { "uuid", "{}", "'0b5c9a3e-0000-4000-8000-00000000000f';'0b5c'", "0b5c" },
        { "ipv4", "{}", "'10.0.255.1';'10.0.256.1';'10.0.1'", "10.0.256.1,10.0.1" },
        { "date_format", """{"format":"%d/%m/%Y"}""", "'29/02/2024';'29/02/2023'", "29/02/2023" },
        { "not_in_future", """{"by":"1 hour"}""", "TIMESTAMPTZ '2020-01-01 00:00:00+00';TIMESTAMPTZ '2999-01-01 00:00:00+00';NULL", "2999-01-01 00:00:00+00" },
        { "not_older_than", """{"age":"30 days"}""", "TIMESTAMP '2999-01-01 00:00:00';TIMESTAMP '2001-01-01 00:00:00'", "2001-01-01 00:00:00" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Rows_keep_a_rule_or_break_it(string rule, string arguments, string rows, string broken)
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        await connection.ExecuteAsync("SET TimeZone = 'UTC'");
        var check = Assert.IsType<RowCheck>(ExpectationRules.Compile(new Expectation(rule, ExpectationAction.Quarantine) { Column = "x", Arguments = Arguments(arguments) }));
        var relation = string.Join(" UNION ALL ", rows.Split(';').Select((value, i) => $"SELECT {value} AS x, {i} AS n"));
        var found = await connection.ScalarAsync<string>($"SELECT string_agg(coalesce({check.Observed}, 'NULL'), ',' ORDER BY n) FROM ({relation}) WHERE {check.Broken}");
        Assert.Equal(broken, found);
    }

    // Rule, column, arguments, whether it holds (null: nothing to judge), what was observed.
    public static readonly TheoryData<string, string?, string, bool?, string?> Tables = new()
    {
        { "unique", "id", "{}", true, null },
        { "unique", "k", "{}", false, "1 values more than once, such as a" },
        { "unique", null, """{"columns":["k","n"]}""", true, null },
        { "row_count_between", null, """{"min":4,"max":4}""", true, "4" },
        { "row_count_equals", null, """{"table":"main.other"}""", false, "4" },
        { "references", "k", """{"table":"other","column":"name"}""", false, "1 values are not there, such as c" },
        { "determines", "k", """{"columns":["n"]}""", false, "1 values with several, such as a" },
        { "determines", "id", """{"columns":["n"]}""", true, null },
        { "ascending", "n", """{"by":"id"}""", false, "1 times it does" },
        { "ascending", "id", """{"by":"id","strict":true}""", true, null },
        { "sum_equals", "n", """{"table":"other","column":"m"}""", true, "60" },
        { "sum_equals", "n", """{"table":"other","column":"m2","by":5}""", false, "60" },
        { "null_share_between", "k", """{"max":0.25}""", true, "0.25" },
        { "distinct_between", "k", """{"min":3}""", false, "2" },
        { "distinct_share_between", "id", """{"min":1}""", true, "1.0" },
        { "sum_between", "n", """{"min":60,"max":60}""", true, "60" },
        { "mean_between", "n", """{"min":21}""", false, "20.0" },
        { "median_between", "n", """{"min":20,"max":20}""", true, "20.0" },
        { "quantile_between", "n", """{"quantile":1,"max":29}""", false, "30.0" },
        { "stddev_between", "n", """{"max":10}""", true, "10.0" },
        { "min_between", "d", """{"min":"2024-01-02"}""", false, "2024-01-01" },
        { "max_between", "d", """{"max":"2024-01-04"}""", true, "2024-01-04" },
        { "fresh_within", "d", """{"age":"2 days"}""", false, "2024-01-04 00:00:00" },
        { "distribution", "k", """{"expected":{"a":0.6667,"c":0.3333}}""", true, "index 0.0" },
        { "distribution", "k", """{"expected":{"a":0.1,"b":0.9}}""", false, "index 11.9717" },
        { "mean_between", "nothing", """{"min":1}""", null, null },
        { "distribution", "nothing", """{"expected":{"a":1}}""", null, "index " },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Tables_keep_a_rule_or_break_it(string rule, string? column, string arguments, bool? holds, string? observed)
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        await connection.ExecuteAsync("""
            CREATE TABLE t AS SELECT * FROM (VALUES (1, 'a', 10, DATE '2024-01-01', NULL::INTEGER), (2, 'a', 30, DATE '2024-01-02', NULL), (3, 'c', 20, DATE '2024-01-03', NULL), (4, NULL, NULL, DATE '2024-01-04', NULL)) AS v (id, k, n, d, nothing);
            CREATE TABLE other AS SELECT 'a' AS name, 60 AS m, 50 AS m2;
            """);
        var check = Assert.IsType<TableCheck>(ExpectationRules.Compile(new Expectation(rule, ExpectationAction.Fail) { Column = column, Arguments = Arguments(arguments) }));
        var found = (await connection.ScalarAsync<string>(
            $"SELECT concat_ws('|', count(*), coalesce(CAST(any_value(holds) AS VARCHAR), 'nothing'), any_value(observed)) FROM ({check.Query("t")})"))!.Split('|');
        Assert.Equal(("1", holds?.ToString().ToLowerInvariant() ?? "nothing"), (found[0], found[1]));
        if (observed is not null)
        {
            Assert.Equal(observed, found[2]);
        }
    }

    [Theory]
    [InlineData("has_columns", null, """{"columns":["ID","b"]}""", "missing: b")]
    [InlineData("columns_equal", null, """{"columns":["id"]}""", "not expected: name")]
    [InlineData("columns_equal", null, """{"columns":["name","id"]}""", null)]
    [InlineData("columns_equal", null, """{"columns":["name","id"],"in_order":true}""", "the order is id, name")]
    [InlineData("column_type", "id", """{"type":"bigint"}""", null)]
    [InlineData("column_type", "name", """{"type":"BIGINT"}""", "name is VARCHAR")]
    [InlineData("schema_drift", null, "{}", "gone: old")]
    [InlineData("schema_drift", null, """{"allow":"any"}""", null)]
    public void Columns_keep_a_rule_or_break_it(string rule, string? column, string arguments, string? wrong)
    {
        var check = Assert.IsType<SchemaCheck>(ExpectationRules.Compile(new Expectation(rule, ExpectationAction.Warn) { Column = column, Arguments = Arguments(arguments) }));
        Assert.Equal(wrong, check.Judge([("id", "BIGINT"), ("name", "VARCHAR")], [("id", "INTEGER"), ("old", "DATE")]));
    }

    [Theory]
    [InlineData("none", "new: b")]
    [InlineData("add", "of another type: a (INTEGER to BIGINT), p (DECIMAL(10,2) to DECIMAL(12,3)), t (DATE to VARCHAR)")]
    [InlineData("widen", "of another type: t (DATE to VARCHAR)")]
    public void Drift_is_allowed_as_far_as_is_said(string allow, string wrong)
    {
        var check = (SchemaCheck)ExpectationRules.Compile(new Expectation("schema_drift", ExpectationAction.Fail) { Arguments = Arguments($$"""{"allow":"{{allow}}"}""") });
        Assert.Equal(wrong, check.Judge([("a", "BIGINT"), ("p", "DECIMAL(12,3)"), ("t", "VARCHAR"), ("b", "DATE")], [("a", "INTEGER"), ("p", "DECIMAL(10,2)"), ("t", "DATE")]));
        Assert.Null(check.Judge([("a", "BIGINT")], null));
    }

    [Theory]
    [InlineData("compare", """{"column":"b","is":"<="}""", "x > 1", "5 and 3")]
    [InlineData("expression", """{"sql":"x < b"}""", null, "NULL")]
    [InlineData("any_not_null", """{"columns":["b","c"]}""", null, null)]
    [InlineData("exactly_one_not_null", """{"columns":["b","c"]}""", null, "NULL")]
    public async Task Rules_about_several_columns_hold_where_they_apply(string rule, string arguments, string? where, string? broken)
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        var check = (RowCheck)ExpectationRules.Compile(new Expectation(rule, ExpectationAction.Drop) { Column = rule == "compare" ? "x" : null, Where = where, Arguments = Arguments(arguments) });
        Assert.Equal(broken, await connection.ScalarAsync<string?>(
            $"SELECT string_agg(coalesce({check.Observed}, 'NULL'), ',') FROM (VALUES (1, 0, NULL), (5, 3, 2), (6, NULL, 2), (0, 7, NULL), (0, 9, NULL)) AS v (x, b, c) WHERE {(rule == "expression" ? "x = 1 AND " : "")}{check.Broken}"));
    }

    [Theory]
    [InlineData("betwen", "x", "{}", "there is no rule 'betwen'")]
    [InlineData("NotNull", "x", "{}", "(is it not_null?)")]
    [InlineData("between", "x", "{}", "between(x): needs min, max or both")]
    [InlineData("between", "x", """{"min":1,"maximum":2}""", "between(x): has no argument 'maximum'; it has max, min, strict")]
    [InlineData("between", null, """{"min":1}""", "between: stands under a column")]
    [InlineData("matches", "x", "{}", "matches(x): needs pattern")]
    [InlineData("accepted_values", "x", """{"values":[]}""", "accepted_values(x): values must not be empty")]
    [InlineData("not_older_than", "x", """{"age":"soon"}""", "no length of time")]
    [InlineData("row_count_between", null, """{"min":1}""", "it cannot quarantine rows")]
    [InlineData("distribution", "x", """{"expected":{"a":0.5}}""", "add up to 1; they add up to 0.5")]
    public void A_wrong_use_is_named(string rule, string? column, string arguments, string message) =>
        Assert.Contains(message, Assert.Throws<ExpectationException>(() => ExpectationRules.Compile(new Expectation(rule, ExpectationAction.Quarantine) { Column = column, Arguments = Arguments(arguments) })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("12", 12, 100, false)]
    [InlineData("12", 13, 100, true)]
    [InlineData("2.5%", 25, 1000, false)]
    [InlineData("2.5%", 26, 1000, true)]
    [InlineData("0.05", 5, 100, false)]
    [InlineData("0.0", 1, 100, true)]
    public void Tolerances_are_rows_or_shares(string text, long broken, long rows, bool exceeded) => Assert.Equal(exceeded, Tolerance.Parse(text).IsExceededBy(broken, rows));

    [Theory]
    [InlineData("-1")]
    [InlineData("101%")]
    [InlineData("1.5")]
    [InlineData("few")]
    public void Tolerances_that_make_no_sense_are_refused(string text) => Assert.Throws<ExpectationException>(() => Tolerance.Parse(text));

    [Fact]
    public void There_are_forty_rules_and_more_and_each_is_tried_here()
    {
        Assert.True(ExpectationRules.All.Count >= 40);
        var tried = Values.Select(row => row.Data.Item1).Concat(Tables.Select(row => row.Data.Item1))
            .Concat(["has_columns", "columns_equal", "column_type", "schema_drift", "compare", "expression", "any_not_null", "exactly_one_not_null"]);
        Assert.Empty(ExpectationRules.All.Select(rule => rule.Name).Except(tried));
    }

    static Dictionary<string, object?> Arguments(string json) => JsonDocument.Parse(json).RootElement.EnumerateObject().ToDictionary(p => p.Name, p => ValueOf(p.Value), StringComparer.Ordinal);

    static object? ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDecimal(),
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        JsonValueKind.Array => value.EnumerateArray().Select(ValueOf).ToList(),
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(p => p.Name, p => ValueOf(p.Value), StringComparer.Ordinal),
        JsonValueKind.String => value.GetString(),
        _ => null,
    };
}
