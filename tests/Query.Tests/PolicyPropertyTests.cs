using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LakeAspire.Testing;
using Lakehouse.Engine;

namespace LakeAspire.Query.Api.Tests;

/// <summary>
/// Whatever filter and masks bind the caller and whatever the query asks: the answer is that of a table which holds nothing but the visible rows and values, and a query fails only over a row of that table.
/// </summary>
public sealed class PolicyPropertyTests(QueryService service) : IClassFixture<QueryService>
{
    const string Rows = """
        SELECT i AS id, ['hr', 'it', 'ops', NULL][1 + i % 4] AS dept, CASE WHEN i % 7 = 0 THEN NULL ELSE 1000 * (i % 13) END AS salary,
            'S-' || (i * 37 % 101) AS ssn, DATE '2020-01-01' + CAST(i % 50 AS INTEGER) AS born, i % 5 / 2.0 AS rate
        FROM range({0}, {1}) t(i)
        """;

    static readonly string[] Filters =
    [
        "dept = 'hr'", "dept <> 'it'", "id % 3 = 0", "salary < 6000", "salary IS NULL OR dept IN ('hr', 'ops')", "born >= DATE '2020-01-20'", "NOT (dept = 'ops')", "ssn LIKE 'S-1%'", "id BETWEEN 20 AND 60",
        "CAST(replace(ssn, 'S-', '') AS INTEGER) < 50", "CASE WHEN id % 2 = 0 THEN CAST(ssn AS INTEGER) > 0 ELSE dept = 'it' END", "false", "true", "rate > 0.4 AND dept IS NOT NULL", "coalesce(dept, 'none') = 'none'",
    ];

    static readonly (string Column, string Sql)[] Masks =
    [
        ("ssn", "'***'"), ("ssn", "NULL"), ("ssn", "left(ssn, 3)"), ("ssn", "md5(ssn)"), ("salary", "round(salary, -4)"), ("salary", "NULL"), ("salary", "CAST(ssn AS INTEGER)"), ("salary", "'no number'"),
        ("dept", "CASE WHEN dept = 'hr' THEN 'x' ELSE dept END"), ("born", "date_trunc('month', born)"), ("rate", "rate * 100"), ("id", "id % 10"),
    ];

    static readonly string[] Predicates =
    [
        "dept = 'hr'", "dept = 'it'", "ssn = 'S-37'", "ssn LIKE 'S-1%'", "salary > 5000", "salary IS NULL", "id IN (1, 2, 30, 59)", "born < DATE '2020-01-10'", "rate = 0.5", "id > 40", "id = 33", "length(ssn) > 3",
        "CASE WHEN dept = 'it' THEN error('seen') ELSE true END", "CASE WHEN salary > 9000 THEN error('seen') ELSE id > 5 END", "CAST(replace(ssn, 'S-', '') AS INTEGER) > 50", "CAST(ssn AS INTEGER) IS NULL",
        "CASE WHEN ssn = 'S-0' THEN error(ssn) ELSE true END", "CASE WHEN id > 70 THEN CAST('x' || id AS INTEGER) > 0 ELSE true END", "sqrt(salary - 3000) > 10", "1 // (id - 50) >= 0", "list_contains([1, 5, 9], id % 10)",
        "id + 9223372036854775800 > 0", "dept IS NULL",
    ];

    static readonly string[] Shapes =
    [
        "SELECT * FROM {t} WHERE {p}",
        "SELECT id, ssn FROM {t} WHERE {p} AND {q}",
        "SELECT id, dept FROM {t} WHERE {p} OR {q}",
        "SELECT count(*), count(ssn), min(salary), max(ssn), sum(id) FROM {t} WHERE {p}",
        "SELECT dept, count(*) AS n FROM {t} GROUP BY dept HAVING bool_or({p})",
        "SELECT a.id, b.id FROM {t} a JOIN {t} b ON a.id = b.id WHERE {a.p}",
        "SELECT a.id FROM {t} a SEMI JOIN (SELECT * FROM {t} WHERE {p}) b ON a.ssn = b.ssn",
        "SELECT r.i, a.ssn FROM range(0, 100, 7) r(i) LEFT JOIN {t} a ON a.id = r.i AND {a.p}",
        "SELECT id, row_number() OVER (PARTITION BY dept ORDER BY id) AS n FROM {t} QUALIFY n < 3 AND {p}",
        "SELECT id FROM (SELECT * FROM {t} WHERE {p} ORDER BY id LIMIT 5) x WHERE {q}",
        "SELECT id, CASE WHEN {p} THEN 'yes' ELSE 'no' END AS c FROM {t}",
        "SELECT id FROM {t} ORDER BY CASE WHEN {p} THEN 0 ELSE 1 END, id LIMIT 7",
        "WITH c AS (SELECT * FROM {t} WHERE {p}) SELECT x.id FROM c x WHERE EXISTS (SELECT 1 FROM c y WHERE y.id = x.id + 1)",
        "SELECT r.i, (SELECT max(id) FROM {t} WHERE id <= r.i AND {p}) AS m FROM range(0, 100, 11) r(i)",
        "SELECT DISTINCT salary FROM {t} WHERE {p}",
        "SELECT count(*) FILTER (WHERE {p}) AS n FROM {t}",
        "SELECT id FROM {t} WHERE {p} EXCEPT SELECT id FROM {t} WHERE {q}",
        "SELECT * FROM (SELECT ssn, salary FROM {t}) x UNION ALL SELECT ssn, salary FROM {t} WHERE {p}",
        "SELECT id FROM {t} WHERE (id, ssn) IN (SELECT id, ssn FROM {t} WHERE {p})",
        "SELECT id FROM {t}, (SELECT avg(salary) AS mean FROM {t} WHERE {p}) m WHERE salary > mean",
    ];

    const string Failed = "failed";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    sealed record Case(string? Filter, IReadOnlyList<(string Column, string Sql)> Masks, string Sql, IReadOnlyList<string> Predicates, bool ThroughView);

    [Fact]
    public async Task Answers_are_those_of_a_table_of_the_visible_rows_and_values()
    {
        await service.AddTableAsync("prop", "t", [.. Enumerable.Range(0, 4).Select(part => string.Format(null, Rows, part * 20, (part + 1) * 20))]);
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        await connection.ExecuteAsync($"CREATE TABLE whole AS {string.Format(null, Rows, 0, 80)}", cancellationToken: Token);
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {Soak.Seed}");
        var (hidden, failed) = (0, 0);
        foreach (var one in Cases.Sample(Soak.Scale(600), new Rnd((ulong)(uint)Soak.Seed), 40))
        {
            var principal = $"p{Guid.NewGuid():N}";
            var view = $"v{Guid.NewGuid():N}";
            service.Catalog.Bind(one.ThroughView ? "definer" + principal : principal, "prop.t", one.Filter, [.. one.Masks]);
            if (one.ThroughView)
            {
                service.Catalog.PutView("prop", view, "SELECT * FROM t", "definer" + principal, "id", "dept", "salary", "ssn", "born", "rate");
            }

            await connection.ExecuteAsync($"CREATE OR REPLACE TABLE visible AS SELECT {Columns(one)} FROM whole WHERE TRY(({one.Filter ?? "true"}))", cancellationToken: Token);
            var expected = await ExpectedAsync(connection, one.Sql.Replace("{t}", "visible", StringComparison.Ordinal));
            var actual = await ActualAsync(principal, one.Sql.Replace("{t}", one.ThroughView ? $"prop.{view}" : "prop.t", StringComparison.Ordinal));
            if (expected != actual && (expected == Failed || actual == Failed) && await FailsAsync(connection, one.Predicates))
            {
                // Which of two conditions is asked first, and so whether one of them comes to a row that it fails over, is DuckDB's choice each time.
                failed++;
                continue;
            }

            Assert.Equal($"{one}\n{expected}", $"{one}\n{actual}");
            hidden += one.Filter is null or "true" ? 0 : 1;
            failed += expected == Failed ? 1 : 0;
        }

        Assert.True(hidden > 0 && failed > 0, $"{hidden} cases hid rows, {failed} failed");
    }

    static Gen<Case> Cases =>
        from filter in Gen.Elements(Filters.Append(null))
        from other in Gen.Elements(Filters)
        from both in Gen.Elements(true, false)
        from masks in Gen.ListOf(Gen.Elements(Masks), 2)
        from shape in Gen.Elements(Shapes)
        from p in Gen.Elements(Predicates)
        from q in Gen.Elements(Predicates)
        from throughView in Gen.Elements(true, false, false)
        select new Case(
            filter is null ? null : both ? $"({filter}) AND ({other})" : filter,
            [.. masks.DistinctBy(mask => mask.Column)],
            shape.Replace("{p}", $"({p})", StringComparison.Ordinal).Replace("{q}", $"({q})", StringComparison.Ordinal).Replace("{a.p}", $"({Qualified(p)})", StringComparison.Ordinal),
            [p, q],
            throughView);

    /// <summary>Whether one of the conditions fails over some visible row.</summary>
    static async Task<bool> FailsAsync(DuckDbConnection connection, IReadOnlyList<string> predicates)
    {
        foreach (var predicate in predicates)
        {
            if (await ExpectedAsync(connection, $"SELECT ({predicate}) AS p FROM visible") == Failed)
            {
                return true;
            }
        }

        return false;
    }

    static string Qualified(string predicate) => System.Text.RegularExpressions.Regex.Replace(predicate, @"\b(id|dept|salary|ssn|born|rate)\b", "a.$1");

    static string Columns(Case one) => string.Join(", ", new[] { ("id", "BIGINT"), ("dept", "VARCHAR"), ("salary", "BIGINT"), ("ssn", "VARCHAR"), ("born", "DATE"), ("rate", "DOUBLE") }.Select(column =>
        one.Masks.FirstOrDefault(mask => mask.Column == column.Item1) is { Sql: { } sql } ? $"TRY(CAST(({sql}) AS {column.Item2})) AS {column.Item1}" : column.Item1));

    async Task<string> ActualAsync(string principal, string sql)
    {
        using var response = await service.AsAsync(principal, Texts(sql));
        var text = await response.Content.ReadAsStringAsync(Token);
        return !response.IsSuccessStatusCode ? (int)response.StatusCode == 400 ? Failed : text
            : string.Join('\n', JsonDocument.Parse(text).RootElement.GetProperty("rows").EnumerateArray().Select(row => row[0].GetString()));
    }

    static async Task<string> ExpectedAsync(DuckDbConnection connection, string sql)
    {
        try
        {
            var rows = new List<string>();
            await using var result = await connection.QueryAsync(Texts(sql), cancellationToken: Token);
            await foreach (var batch in result.ReadAsync(Token))
            {
                using (batch)
                {
                    rows.AddRange(Enumerable.Range(0, batch.RowCount).Select(row => System.Text.Encoding.UTF8.GetString(batch.Columns[0].Bytes(row))));
                }
            }

            return string.Join('\n', rows);
        }
        catch (EngineException)
        {
            return Failed;
        }
    }

    static string Texts(string sql) => $"SELECT CAST(r AS VARCHAR) AS r FROM ({sql}) AS r ORDER BY ALL";
}
