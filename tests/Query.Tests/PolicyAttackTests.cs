using System.Text.RegularExpressions;

namespace LakeAspire.Query.Api.Tests;

/// <summary>
/// What somebody tries who is bound by a filter and a mask: each statement goes to two tables that show the same and hide different things. Whatever the answer is, rows, errors or figures, it is the same for both.
/// </summary>
public sealed partial class PolicyAttackTests(QueryService service) : IClassFixture<QueryService>
{
    const string Seen = "SELECT i AS id, 'hr' AS dept, 'v' || i AS name, {1} || i AS ssn, 100 * i AS salary FROM range(0, 30, 3) t(i) WHERE i {0}";
    const string Hidden = "SELECT i AS id, 'zqhidden' AS dept, 'zqname' AS name, 'ZS' || i AS ssn, 900 + i AS salary FROM range(30, 60) t(i)";

    /// <summary>Statements in which <c>{t}</c> is the table.</summary>
    static readonly string[] Attacks =
    [
        // Errors that quote values or come of hidden rows.
        "SELECT CAST(ssn AS INTEGER) FROM {t}",
        "SELECT error(ssn) FROM {t} ORDER BY id",
        "SELECT CAST(dept AS DATE) FROM {t} WHERE dept <> 'hr'",
        "SELECT 1 // (CASE WHEN dept = 'hr' THEN 1 ELSE 0 END) FROM {t} ORDER BY 1",
        "SELECT sqrt(CASE WHEN dept LIKE 'zq%' THEN -1 ELSE 1 END) FROM {t}",
        "SELECT id + CASE WHEN dept = 'zqhidden' THEN 9223372036854775807 ELSE 0 END FROM {t} ORDER BY 1",
        "SELECT regexp_matches(ssn, '(') FROM {t}",
        "SELECT strptime(ssn, '%Y') FROM {t}",
        "SELECT list_extract([1], CASE WHEN salary > 900 THEN CAST(dept AS INTEGER) ELSE 1 END) FROM {t} ORDER BY ALL",
        "SELECT (SELECT id FROM {t} x WHERE x.salary >= y.salary) FROM {t} y",
        "SELECT json_extract(ssn, '$.a') FROM {t}",
        "SELECT CAST(ssn AS JSON) FROM {t}",
        "SELECT * FROM {t} WHERE id = (SELECT CAST(max(ssn) AS INTEGER) FROM {t})",
        "SELECT unnest(CASE WHEN dept = 'hr' THEN [1] ELSE error(name) END) FROM {t} ORDER BY ALL",
        "SELECT repeat(ssn, 100000000000) FROM {t}",

        // Limits, samples, order and duplicates.
        "SELECT id FROM {t} LIMIT (SELECT count(*) FROM {t})",
        "SELECT id FROM {t} ORDER BY id LIMIT 100%",
        "SELECT id FROM {t} ORDER BY id OFFSET (SELECT max(id) FROM {t}) - 2",
        "SELECT count(*) FROM (SELECT * FROM {t} LIMIT 20)",
        "SELECT count(*) FROM {t} TABLESAMPLE reservoir(1000 ROWS)",
        "SELECT count(*) FROM {t} USING SAMPLE 100%",
        "SELECT DISTINCT dept FROM {t}",
        "SELECT * FROM {t} ORDER BY ssn, id LIMIT 3",
        "SELECT arg_max(id, salary), arg_min(id, ssn), first(ssn ORDER BY ssn) FROM {t}",

        // Figures that could come of files.
        "SELECT count(*), min(id), max(id), min(salary), max(salary), min(ssn), max(ssn), count(ssn) FROM {t}",
        "SELECT approx_count_distinct(dept), approx_quantile(salary, 0.9), histogram(dept) FROM {t}",
        "SUMMARIZE {t}",
        "SUMMARIZE SELECT ssn, dept FROM {t}",
        "DESCRIBE {t}",
        "SELECT count(*) FROM {t} WHERE salary > 899",
        "SELECT count(*) FROM {t} WHERE ssn IS NOT NULL AND ssn >= 'Z'",
        "SELECT stats(salary) FROM {t} LIMIT 1",
        "SELECT 1 WHERE (SELECT max(salary) FROM {t}) > 3000",

        // Plans, settings, and what a database says of itself.
        "EXPLAIN SELECT * FROM {t} WHERE ssn = 'ZS31'",
        "EXPLAIN SELECT count(*) FROM {t} a JOIN {t} b ON a.ssn = b.ssn",
        "EXPLAIN ANALYZE SELECT * FROM {t}",
        "SELECT * FROM duckdb_views()",
        "SELECT * FROM duckdb_tables()",
        "SELECT * FROM duckdb_columns()",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM information_schema.views",
        "SELECT * FROM lake.information_schema.columns",
        "SELECT * FROM pg_catalog.pg_views",
        "SELECT * FROM pg_views",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM main.{n}",
        "SELECT * FROM system.main.duckdb_views",
        "SELECT list(pg_get_viewdef(i)) FROM range(0, 20000) r(i)",
        "SELECT obj_description(1, 'x'), col_description(1, 1)",
        "SELECT current_setting('temp_directory')",
        "SELECT getvariable('x')",
        "SELECT current_query()",
        "SELECT json_serialize_plan('SELECT * FROM {t}')",
        "SELECT * FROM pragma_table_info('{t}')",
        "SELECT * FROM parquet_metadata('*.parquet')",
        "SELECT * FROM read_parquet('**/*.parquet')",
        "SELECT * FROM glob('**')",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('{t}')",
        "SELECT filename, file_row_number FROM {t}",
        "SELECT rowid FROM {t}",

        // Names: what stands in a statement takes the place of nothing else.
        "WITH {n} AS (SELECT 1 AS id) SELECT * FROM {t} ORDER BY id",
        "WITH gold AS (SELECT 1 AS id) SELECT gold.id FROM gold, {t}",
        "WITH RECURSIVE r(n, s) AS (SELECT 0, NULL UNION ALL SELECT n + 1, (SELECT max(ssn) FROM {t} WHERE id = n) FROM r WHERE n < 62) SELECT s, count(*) FROM r GROUP BY s ORDER BY ALL",
        "SELECT COLUMNS(*) FROM {t} ORDER BY id",
        "SELECT COLUMNS('c.*|k.*') FROM {t}",
        "SELECT t_, r_ FROM {t}",
        "SELECT {n} FROM {t} ORDER BY id",
        "SELECT * FROM lake_1.{t}",
        "SELECT * FROM \"lake\".{t} ORDER BY id",
        "SELECT * EXCLUDE (dept) REPLACE (ssn || 'x' AS ssn) FROM {t} ORDER BY id",
        "FROM {t} SELECT max(ssn) GROUP BY ALL",
        "SELECT ssn FROM {t} AS x(id, dept, name, ssn, salary) ORDER BY ssn, id",

        // Joins, windows and reshaping.
        "SELECT count(*) FROM {t} a JOIN {t} b ON a.ssn = b.ssn",
        "SELECT r.i FROM range(60) r(i) ANTI JOIN {t} a ON a.id = r.i ORDER BY ALL",
        "SELECT r.i, a.id FROM range(60) r(i) ASOF LEFT JOIN {t} a ON r.i >= a.id ORDER BY ALL",
        "SELECT r.i, a.id FROM range(60) r(i) POSITIONAL JOIN (SELECT id FROM {t} ORDER BY id) a ORDER BY ALL",
        "SELECT r.i, l.s FROM range(60) r(i), LATERAL (SELECT max(salary) AS s FROM {t} WHERE id <= r.i) l ORDER BY ALL",
        "SELECT id, lag(salary) OVER (ORDER BY id), ntile(4) OVER (ORDER BY id), sum(salary) OVER () FROM {t} ORDER BY id",
        "PIVOT (SELECT dept, salary FROM {t}) ON dept IN ('hr', 'zqhidden') USING sum(salary)",
        "UNPIVOT (SELECT ssn, name FROM {t}) ON ssn, name INTO NAME n VALUE v ORDER BY ALL",
        "SELECT dept, grouping(dept), count(*) FROM {t} GROUP BY ROLLUP (dept) ORDER BY ALL",
        "SELECT list_filter([1, 2, 3], x -> x > (SELECT min(id) FROM {t} WHERE dept <> 'hr'))",
        "SELECT list_transform(list(ssn ORDER BY id), x -> CAST(x AS INTEGER)) FROM {t}",
        "SELECT id FROM {t} WHERE ssn IN (SELECT 'ZS' || i FROM range(60) r(i)) OR ssn = 'A3'",
        "SELECT is_member('hr'), current_user, count(*) FROM {t}",

        // Parameters and statements that are none.
        "SELECT * FROM {t} WHERE id = $1",
        "PREPARE p AS SELECT * FROM {t}",
        "EXECUTE p",
        "CREATE TABLE x AS SELECT * FROM {t}",
        "COPY {t} TO '/tmp/x'",
        "SET disabled_optimizers = ''",
        "SELECT 1; SELECT * FROM {t}",
        "CALL enable_logging()",
        "DESCRIBE (SELECT ssn FROM {t})",
    ];

    [Theory]
    [InlineData("application/json", "")]
    [InlineData("text/csv", "")]
    [InlineData("application/json", "?explain=true")]
    public async Task Answers_tell_nothing_of_what_is_hidden(string accept, string query)
    {
        var (a, b) = (await TableAsync("'A'", Hidden), await TableAsync("'B'", "SELECT i AS id, 'zqother' AS dept, 'zqno' AS name, 'ZT' || i AS ssn, 5 AS salary FROM range(100, 107) t(i)"));
        var answered = 0;
        foreach (var attack in Attacks)
        {
            var (first, second) = (await AnswerAsync(attack, a, accept, query), await AnswerAsync(attack, b, accept, query));
            Assert.Equal($"{attack}\n{first}", $"{attack}\n{second}");
            foreach (var secret in new[] { "zqname", "ZS3", "A3", "polmark", ".parquet", service.Warehouse })
            {
                Assert.DoesNotContain(secret, first.Replace(attack, "", StringComparison.Ordinal).Replace("'ZS31'", "", StringComparison.Ordinal), StringComparison.Ordinal);
            }

            answered += first.StartsWith("200", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.True(answered > (query.Length == 0 ? 40 : 30), $"{answered} were answered");
    }

    [Fact]
    public async Task A_view_shows_whom_it_is_for_what_its_definer_sees_and_no_more()
    {
        var table = await TableAsync("'A'", Hidden);
        var view = "v_" + Guid.NewGuid().ToString("N")[..8];
        service.Catalog.Bind("maker", $"gold.{table}", "id < 12", ("ssn", "'made'"));
        service.Catalog.PutView("gold", view, $"SELECT id, ssn, salary FROM {table}", "maker", "id", "ssn", "salary");

        // Names in the caller's statement are nothing to the view's.
        Assert.Equal(["0|made", "3|made", "6|made", "9|made"], await service.RowsAsync("guest", $"WITH {table} AS (SELECT 99 AS id, 'x' AS ssn, 1 AS salary) SELECT id, ssn FROM gold.{view} ORDER BY id"));
        Assert.Equal("withheld", await AnswerAsync("SELECT CAST(ssn AS INTEGER) FROM {t}", view, "application/json", "") is var answer && answer.StartsWith("400", StringComparison.Ordinal) && !answer.Contains("made", StringComparison.Ordinal) ? "withheld" : answer);
        Assert.Equal(4, (await service.JsonAsync("guest", $"SELECT * FROM gold.{view} WHERE CASE WHEN id > 11 THEN error('seen') ELSE true END")).GetProperty("rowCount").GetInt32());

        // Whoever makes the view is bound in it.
        Assert.Equal(["4"], await service.RowsAsync("maker", $"SELECT count(*) FROM gold.{view}"));
    }

    [Theory]
    [InlineData("pg_get_viewdef(1)")]
    [InlineData("pg_get_constraintdef(1)")]
    [InlineData("format_type(1, 1)")]
    public async Task Functions_that_look_into_the_database_are_not_there(string call) =>
        Assert.Equal("SqlNotAllowedException", (await service.JsonAsync("bob", $"SELECT {call}", status: 403)).GetProperty("type").GetString());

    [Fact]
    public async Task No_state_of_a_table_is_without_its_policy()
    {
        var table = await TableAsync("'A'", Hidden);
        service.Catalog.Branch(table);
        foreach (var at in new[] { "", $" AT (BRANCH => '{table}')", " AT (TIMESTAMP => '2026-01-01 00:00:00')" })
        {
            Assert.Equal(["10|***"], await service.RowsAsync("bob", $"SELECT count(*), max(ssn) FROM gold.{table}{at}"));
            Assert.Equal(["10|***"], await service.RowsAsync("bob", $"SELECT count(*), max(ssn) FROM lake.gold.{table.ToUpperInvariant()}{at}"));
        }

        Assert.Equal(["10|***"], await service.RowsAsync("bob", $"SELECT count(*), max(ssn) FROM gold.{table}", $"?branch={table}"));
    }

    async Task<string> AnswerAsync(string attack, string table, string accept, string query)
    {
        using var response = await service.AsAsync("bob", attack.Replace("{t}", $"gold.{table}", StringComparison.Ordinal).Replace("{n}", table, StringComparison.Ordinal), query, query.Length == 0 ? accept : "application/json");
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var trailers = string.Join(';', response.TrailingHeaders.Concat(response.Headers).Where(header => header.Key.StartsWith("Lake", StringComparison.OrdinalIgnoreCase)).Select(header => $"{header.Key}={string.Join(',', header.Value)}"));
        return Varying().Replace($"{(int)response.StatusCode} {text} {trailers}".Replace(table, "TABLE", StringComparison.Ordinal), "${key}");
    }

    /// <summary>A table of three files with ten visible rows.</summary>
    async Task<string> TableAsync(string secret, string hidden)
    {
        var name = "attacked_" + Guid.NewGuid().ToString("N")[..8];
        await service.AddTableAsync("gold", name, [string.Format(null, Seen, "< 15", secret), string.Format(null, Seen, ">= 15", secret), hidden]);
        service.Catalog.Bind("bob", $"gold.{name}", "dept = 'hr' AND name <> 'polmark'", ("ssn", "CASE WHEN name = 'polmark' THEN ssn ELSE '***' END"));
        return name;
    }

    // Times, ids of requests and commits, snapshots.
    [GeneratedRegex("(?<key>\"(?:elapsedMs|milliseconds|elapsedMilliseconds|traceId|requestId|instance|version|commit|ref|bytes)\":)\"?[^,}\"]*\"?", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Varying();
}
