using System.Text.Json;
using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Query.Api.Tests;

/// <summary>Rights, row filters and masks.</summary>
public sealed class PolicyTests(QueryService service) : IClassFixture<QueryService>
{
    const string People = "SELECT i AS id, CASE WHEN i % 3 = 0 THEN 'hr' ELSE 'it' END AS dept, 1000 * i AS salary, 'S-' || i AS ssn, DATE '2000-01-01' + CAST(i AS INTEGER) AS born FROM range({0}, {1}) t(i)";

    [Fact]
    public async Task Rows_and_values_are_as_the_policy_says_wherever_they_are_looked_at()
    {
        var table = await PeopleAsync("bob", "dept = 'hr'", ("ssn", "left(ssn, 2) || '***'"), ("salary", "NULL"), ("born", "'not a date'"));
        Assert.Equal(["0|hr||S-***|", "3|hr||S-***|"], await service.RowsAsync("bob", $"SELECT * FROM {table} WHERE id < 6 ORDER BY id"));
        Assert.Equal(["4|0|1|0"], await service.RowsAsync("bob", $"SELECT count(*), count(salary), count(DISTINCT ssn), count(born) FROM {table} WHERE id < 12"));
        Assert.Empty(await service.RowsAsync("bob", $"SELECT * FROM {table} WHERE ssn = 'S-3'"));
        Assert.Equal(["it|20"], await service.RowsAsync("user", $"SELECT dept, count(*) FROM {table} WHERE dept = 'it' GROUP BY ALL"));
        var columns = (await service.JsonAsync("bob", $"SELECT * FROM {table}")).GetProperty("columns").GetRawText();
        Assert.Equal((await service.JsonAsync("user", $"SELECT * FROM {table}")).GetProperty("columns").GetRawText(), columns);
        Assert.Equal(["10"], await service.RowsAsync("bob", $"SELECT count(*) FROM {table}"));
        Assert.Equal(["0|27"], await service.RowsAsync("bob", $"SELECT min(id), max(id) FROM {table}"));
        Assert.DoesNotContain("S-1", (await service.JsonAsync("bob", $"SUMMARIZE {table}")).GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT * FROM {t} WHERE CASE WHEN dept = 'it' THEN error('seen') ELSE true END")]
    [InlineData("SELECT * FROM {t} WHERE CASE WHEN ssn LIKE 'S-1%' THEN CAST(ssn AS INTEGER) > 0 ELSE true END")]
    [InlineData("SELECT id, CASE WHEN dept = 'it' THEN error('seen') END FROM {t}")]
    [InlineData("SELECT count(*) FILTER (WHERE CASE WHEN dept = 'it' THEN error('seen') ELSE true END) FROM {t}")]
    [InlineData("SELECT * FROM {t} ORDER BY CASE WHEN dept = 'it' THEN error('seen') ELSE id END LIMIT 1")]
    [InlineData("SELECT * FROM {t} a JOIN range(100) r(i) ON CASE WHEN a.dept = 'it' THEN error('seen') ELSE a.id = r.i END")]
    [InlineData("SELECT * FROM range(30) r(i) WHERE EXISTS (SELECT 1 FROM {t} a WHERE a.id = r.i AND CASE WHEN a.dept = 'it' THEN error('seen') ELSE true END)")]
    [InlineData("SELECT (SELECT max(CASE WHEN a.dept = 'it' THEN error('seen') ELSE a.id END) FROM {t} a WHERE a.id <= r.i) FROM range(30) r(i)")]
    [InlineData("SELECT sum(CASE WHEN dept = 'it' THEN error('seen') ELSE id END) OVER (ORDER BY id) FROM {t} QUALIFY CASE WHEN dept = 'it' THEN error('seen') ELSE true END")]
    [InlineData("SELECT dept FROM {t} GROUP BY dept HAVING CASE WHEN dept = 'it' THEN error('seen') ELSE true END")]
    [InlineData("WITH c AS MATERIALIZED (SELECT * FROM {t}) SELECT * FROM c WHERE CASE WHEN dept = 'it' THEN error('seen') ELSE true END")]
    [InlineData("SELECT DISTINCT ON (dept) * FROM {t} WHERE CASE WHEN dept = 'it' THEN error('seen') ELSE true END")]
    [InlineData("SELECT * FROM {t} USING SAMPLE 100 ROWS")]
    [InlineData("SELECT * FROM {t} TABLESAMPLE 100%")]
    [InlineData("SELECT * FROM {t} WHERE list_contains([1, 2], CASE WHEN dept = 'it' THEN error('seen') ELSE 1 END)")]
    [InlineData("SELECT t FROM {t} t WHERE CASE WHEN t.dept = 'it' THEN error('seen') ELSE true END")]
    [InlineData("SELECT * FROM {t} UNION ALL SELECT * FROM {t} WHERE CASE WHEN dept = 'it' THEN error('seen') ELSE true END")]
    [InlineData("SELECT * FROM (SELECT * FROM {t} LIMIT 100) WHERE CASE WHEN dept = 'it' THEN error('seen') ELSE true END")]
    public async Task Nothing_of_a_query_runs_on_a_hidden_row(string sql)
    {
        var table = await PeopleAsync("bob", "dept = 'hr'", ("ssn", "'none'"));
        var answer = await service.JsonAsync("bob", sql.Replace("{t}", table, StringComparison.Ordinal));
        Assert.NotEqual(0, answer.GetProperty("rowCount").GetInt32());
        Assert.DoesNotContain("it", answer.GetProperty("rows").GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("S-", answer.GetProperty("rows").GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT filename FROM {t}")]
    [InlineData("SELECT file_row_number FROM {t}")]
    [InlineData("SELECT rowid FROM {t}")]
    [InlineData("SELECT _pos FROM {t}")]
    [InlineData("SELECT * FROM lake_1.gold.x")]
    [InlineData("SELECT * FROM parquet_metadata('x')")]
    [InlineData("SELECT stats(salary) FROM {t}")]
    public async Task There_is_no_other_way_to_its_files(string sql)
    {
        var table = await PeopleAsync("bob", "dept = 'hr'");
        using var response = await service.AsAsync("bob", sql.Replace("{t}", table, StringComparison.Ordinal));
        Assert.True((int)response.StatusCode is 400 or 403 or 404, $"{sql}: {(int)response.StatusCode}");
    }

    [Fact]
    public async Task Numbers_of_files_and_plans_do_not_tell_of_hidden_rows()
    {
        var table = await PeopleAsync("bob", "dept = 'hr'");
        foreach (var where in new[] { "id = 1", "id = 3", "salary > 10000000", "id = 29" })
        {
            var answer = await service.JsonAsync("bob", $"SELECT * FROM {table} WHERE {where}");
            Assert.Equal((where, 0, 0), (where, answer.GetProperty("files").GetInt32(), answer.GetProperty("filesTotal").GetInt32()));
            var explained = await service.RowsAsync("bob", $"EXPLAIN SELECT * FROM {table} WHERE {where}");
            Assert.Equal([$"files|{table}: a row filter applies"], explained);
            var plan = (await service.JsonAsync("bob", $"SELECT * FROM {table} WHERE {where}", "?explain=true")).GetRawText();
            Assert.DoesNotContain("files", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("dept", plan.Replace("\"dept\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain("'hr'", plan, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Files_without_visible_rows_are_not_opened_and_masked_columns_leave_none_out()
    {
        var table = await PeopleAsync("bob", "id < 10", ("salary", "salary + 1"));
        foreach (var path in Directory.EnumerateFiles(Path.Combine(service.Warehouse, "gold", table["gold.".Length..], "data"), "*.parquet"))
        {
            using var database = Lakehouse.Engine.DuckDbDatabase.Open(new Lakehouse.Engine.DuckDbOptions { Threads = 1 });
            using var connection = database.Connect();
            if (await connection.ScalarAsync<long>($"SELECT min(id) FROM read_parquet({Lakehouse.Engine.SqlText.Literal(path)})", cancellationToken: TestContext.Current.CancellationToken) > 0)
            {
                File.Delete(path);
            }
        }

        Assert.Equal(["10|1|9001"], await service.RowsAsync("bob", $"SELECT count(*), min(salary), max(salary) FROM {table}"));
        Assert.Equal(["9"], await service.RowsAsync("bob", $"SELECT id FROM {table} WHERE salary = 9001 AND ssn = 'S-9'"));
        service.Catalog.Bind("eve", table, rowFilter: null, ("salary", "salary + 1"));
        using var all = await service.AsAsync("eve", $"SELECT id FROM {table} WHERE salary < 0");
        Assert.Equal(500, (int)all.StatusCode);
    }

    [Fact]
    public async Task What_may_not_be_known_is_not_there_and_what_may_not_be_read_is_forbidden()
    {
        await service.AddTableAsync("closed", "hidden", "SELECT 1 AS v");
        await service.AddTableAsync("closed", "shut", "SELECT 1 AS v");
        service.Catalog.Deny("bob", "closed.hidden");
        service.Catalog.Deny("bob", "closed.shut", "bob may not select table closed.shut on branch main.");
        var hidden = await service.JsonAsync("bob", "FROM closed.hidden", status: 404);
        var absent = await service.JsonAsync("bob", "FROM closed.absent", status: 404);
        Assert.Equal(absent.GetRawText(), hidden.GetRawText().Replace("hidden", "absent", StringComparison.Ordinal));
        Assert.Equal("ForbiddenException", (await service.JsonAsync("bob", "FROM closed.shut", status: 403)).GetProperty("type").GetString());
        Assert.Equal(["1"], await service.RowsAsync("ann", "FROM closed.shut"));
        await service.JsonAsync("bob", "EXPLAIN SELECT * FROM closed.shut", status: 403);
        await service.JsonAsync("bob", "SELECT 1 WHERE EXISTS (FROM closed.hidden)", "?explain=true", 404);
    }

    [Theory]
    [InlineData("nope = 1", null)]
    [InlineData("dept = (SELECT 'hr')", null)]
    [InlineData("dept = 'hr' --", null)]
    [InlineData("current_setting('x') = 'y'", null)]
    [InlineData("true; SELECT 1", null)]
    [InlineData("true", "nope")]
    [InlineData("true", "(SELECT 1)")]
    public async Task A_policy_that_cannot_be_applied_closes_the_table_and_keeps_its_text(string filter, string? mask)
    {
        var table = await PeopleAsync("bob", filter, mask is null ? [] : [("ssn", mask)]);
        using var response = await service.AsAsync("bob", $"SELECT * FROM {table}");
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (filter.EndsWith("--", StringComparison.Ordinal))
        {
            Assert.Equal(200, (int)response.StatusCode);
            return;
        }

        Assert.True((int)response.StatusCode is 400 or 403, text);
        Assert.Contains("row filter or a mask", text, StringComparison.Ordinal);
        Assert.DoesNotContain("nope", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_that_fails_on_a_row_hides_it()
    {
        var table = await PeopleAsync("bob", "CASE WHEN id = 5 THEN true ELSE CAST(ssn AS INTEGER) > 0 END");
        Assert.Equal(["5"], await service.RowsAsync("bob", $"SELECT id FROM {table}"));
    }

    [Fact]
    public async Task Who_asks_stands_in_the_query_as_a_literal()
    {
        Assert.Equal(["""o'neil "x" \|False|o'neil "x" \"""], await service.RowsAsync("""o'neil "x" \""", "SELECT current_user, is_member('hr'), session_user"));
        Assert.Equal(["ann|True"], await service.RowsAsync("ann", "SELECT current_user(), is_member('hr') FROM range(1)"));
    }

    [Fact]
    public async Task Masks_follow_a_column_through_renames_into_other_states()
    {
        var name = "renamed_" + Guid.NewGuid().ToString("N")[..8];
        var before = new Schema(0, [new NestedField(1, "number", Required: false, PrimitiveType.Int), new NestedField(2, "plain", Required: false, PrimitiveType.String)], []);
        using var table = ChangedTable.Create(service, name, 2, before);
        await table.CommitAsync(new SnapshotChange { AddedDataFiles = [await table.WriteAsync("SELECT i::INTEGER AS number, 's' || i AS plain FROM range(1, 4) t(i)")] });
        var commit = service.Catalog.Put("gold", name, table.Metadata);
        var after = new Schema(1, [new NestedField(1, "code", Required: false, PrimitiveType.Int), new NestedField(2, "secret", Required: false, PrimitiveType.String)], []);
        service.Catalog.Put("gold", name, table.Metadata with { Schemas = [before, after], CurrentSchemaId = 1 });
        service.Catalog.Bind("bob", $"gold.{name}", "code <> 2", ("secret", "'***'"));
        Assert.Equal(["1|***", "3|***"], await service.RowsAsync("bob", $"SELECT * FROM gold.{name} ORDER BY 1"));
        Assert.Equal(["1|***", "3|***"], await service.RowsAsync("bob", $"SELECT * FROM gold.{name} AT (COMMIT => {commit}) ORDER BY 1"));
        var columns = (await service.JsonAsync("bob", $"SELECT * FROM gold.{name} AT (COMMIT => {commit})")).GetProperty("columns");
        Assert.Equal(["number", "plain"], columns.EnumerateArray().Select(column => column.GetProperty("name").GetString()));
    }

    async Task<string> PeopleAsync(string principal, string filter, params (string, string)[] masks)
    {
        var name = "people_" + Guid.NewGuid().ToString("N")[..8];
        await service.AddTableAsync("gold", name, [string.Format(null, People, 0, 10), string.Format(null, People, 10, 20), string.Format(null, People, 20, 30)]);
        service.Catalog.Bind(principal, $"gold.{name}", filter, masks);
        return $"gold.{name}";
    }
}
