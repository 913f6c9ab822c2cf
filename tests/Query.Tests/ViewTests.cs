namespace LakeAspire.Query.Api.Tests;

/// <summary>Views of the catalog: read with the rights of whoever wrote them, whole and walled.</summary>
public sealed class ViewTests(QueryService service) : IClassFixture<QueryService>
{
    readonly string ns = "v" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task The_definers_rights_count_within_and_the_callers_at_the_door()
    {
        await BaseAsync();
        service.Catalog.Deny("bob", $"{ns}.base");
        service.Catalog.PutView(ns, "evens", $"SELECT id AS number, secret FROM {ns}.base WHERE id % 2 = 0", "ann", "number long", "hidden string");
        Assert.Equal(["0|s0", "2|s2"], await service.RowsAsync("bob", $"SELECT * FROM {ns}.evens ORDER BY number"));
        await service.JsonAsync("bob", $"SELECT * FROM {ns}.base", status: 404);
        service.Catalog.Deny("eve", $"{ns}.evens");
        await service.JsonAsync("eve", $"SELECT * FROM {ns}.evens", status: 404);
        service.Catalog.Deny("ann", $"{ns}.base");
        var lost = await service.JsonAsync("bob", $"SELECT * FROM {ns}.evens", status: 400);
        Assert.DoesNotContain("base", lost.GetRawText(), StringComparison.Ordinal);
        Assert.Contains($"{ns}.base does not exist", (await service.JsonAsync("user", $"SELECT * FROM {ns}.evens", status: 400)).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policies_of_the_definer_and_of_the_caller_each_count_where_they_bind()
    {
        await BaseAsync();
        service.Catalog.PutView(ns, "all", "SELECT id, secret, current_user AS who, is_member('hr') AS hr FROM base", "ann", "id", "secret string", "who", "hr");
        service.Catalog.Bind("ann", $"{ns}.base", "id <> 1", ("secret", "'by ann'"));
        service.Catalog.Bind("bob", $"{ns}.base", "false");
        Assert.Equal(["0|by ann|bob|False", "2|by ann|bob|False", "3|by ann|bob|False"], await service.RowsAsync("bob", $"SELECT * FROM {ns}.all ORDER BY id"));
        service.Catalog.Bind("bob", $"{ns}.all", "id > 0", ("secret", "'by bob'"));
        Assert.Equal(["2|by bob|bob|False", "3|by bob|bob|False"], await service.RowsAsync("bob", $"SELECT * FROM {ns}.all ORDER BY id"));
        Assert.Equal(["0|by ann|ann|True", "2|by ann|ann|True", "3|by ann|ann|True"], await service.RowsAsync("ann", $"SELECT * FROM {ns}.all ORDER BY id"));
        Assert.Equal(["0|2"], await service.RowsAsync("bob", $"SELECT (SELECT count(*) FROM {ns}.base), count(*) FROM {ns}.all"));
    }

    [Fact]
    public async Task Views_lie_within_views_as_deep_as_allowed_and_never_in_themselves()
    {
        await BaseAsync();
        service.Catalog.PutView(ns, "w0", "SELECT id FROM base", "ann", "id");
        for (var i = 1; i <= 17; i++)
        {
            service.Catalog.PutView(ns, $"w{i}", $"SELECT id FROM w{i - 1} JOIN (SELECT id AS other FROM w{i - 1}) o ON id = other", "ann", "id");
        }

        Assert.Equal(["4"], await service.RowsAsync("bob", $"SELECT count(*) FROM {ns}.w4"));
        var deep = (await service.JsonAsync("bob", $"SELECT count(*) FROM {ns}.w17", status: 400)).GetRawText();
        Assert.Contains($"{ns}.w17 → {ns}.w16", System.Text.RegularExpressions.Regex.Unescape(deep), StringComparison.Ordinal);
        service.Catalog.PutView(ns, "a", "SELECT * FROM b", "ann");
        service.Catalog.PutView(ns, "b", $"SELECT * FROM {ns}.C", "eve");
        service.Catalog.PutView(ns, "c", "SELECT * FROM a", "ann");
        var round = await service.JsonAsync("bob", $"SELECT * FROM {ns}.a", status: 400);
        Assert.Equal($"A view reads itself: {ns}.a → {ns}.b → {ns}.c → {ns}.a.", round.GetProperty("title").GetString());
    }

    [Fact]
    public async Task Nothing_of_the_callers_runs_below_a_view_and_nothing_below_it_is_told()
    {
        await BaseAsync();
        service.Catalog.PutView(ns, "few", "SELECT id, CAST(replace(secret, 's2', 'x') = 'x' AS BOOLEAN) AS flag FROM base WHERE id < 2", "ann", "id long", "flag boolean");
        service.Catalog.PutView(ns, "fails", "SELECT CAST(secret AS INTEGER) AS id FROM base", "ann", "id int");
        Assert.Equal(["0", "1"], await service.RowsAsync("bob", $"SELECT id FROM {ns}.few WHERE CASE WHEN id > 1 THEN error('seen') ELSE true END ORDER BY id"));
        var answer = await service.JsonAsync("bob", $"SELECT * FROM {ns}.few");
        Assert.Equal(0, answer.GetProperty("filesTotal").GetInt32());
        var plan = (await service.JsonAsync("bob", $"SELECT * FROM {ns}.few", "?explain=true")).GetRawText();
        Assert.DoesNotContain("base", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("base", string.Join(' ', await service.RowsAsync("bob", $"EXPLAIN SELECT * FROM {ns}.few")), StringComparison.Ordinal);
        Assert.Contains($"{ns}.base", (await service.JsonAsync("user", $"SELECT * FROM {ns}.few", "?explain=true")).GetRawText(), StringComparison.Ordinal);
        var failed = (await service.JsonAsync("bob", $"SELECT * FROM {ns}.fails", status: 400)).GetRawText();
        Assert.DoesNotContain("s0", failed, StringComparison.Ordinal);
        Assert.Contains("s0", (await service.JsonAsync("user", $"SELECT * FROM {ns}.fails", status: 400)).GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT 1 AS a, 2 AS b", new[] { "a" })]
    [InlineData("SELECT 1 AS a", new[] { "a", "b" })]
    [InlineData("SELECT nope FROM base", new[] { "a" })]
    [InlineData("DELETE FROM base", new[] { "a" })]
    [InlineData("SELECT * FROM read_text('/etc/passwd')", new[] { "a" })]
    [InlineData("SELECT * FROM nowhere", new[] { "a" })]
    [InlineData("SELECT 1 AS a; SELECT 2", new[] { "a" })]
    public async Task A_view_that_does_not_fit_is_refused_by_name(string sql, string[] columns)
    {
        await BaseAsync();
        service.Catalog.PutView(ns, "wrong", sql, "ann", columns);
        foreach (var principal in new[] { "bob", "ann" })
        {
            Assert.Contains($"The view {ns}.wrong cannot be read", (await service.JsonAsync(principal, $"SELECT * FROM {ns}.wrong", status: 400)).GetProperty("title").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_state_of_the_lake_goes_on_into_views()
    {
        await BaseAsync();
        var commit = service.Catalog.PutView(ns, "seen", "SELECT id FROM base", "ann", "id");
        service.Catalog.Branch($"{ns}-dev");
        await service.AddTableAsync(ns, "base", ["SELECT 7 AS id, 'x' AS secret"], $"{ns}-dev");
        await service.AddTableAsync(ns, "base", "SELECT 8 AS id, 'x' AS secret");
        Assert.Equal(["8"], await service.RowsAsync("bob", $"FROM {ns}.seen"));
        Assert.Equal(["7"], await service.RowsAsync("bob", $"FROM {ns}.seen", $"?branch={ns}-dev"));
        Assert.Equal(["7|8|4"], await service.RowsAsync("bob", $"SELECT d.id, m.id, (SELECT count(*) FROM {ns}.seen AT (COMMIT => {commit})) FROM {ns}.seen d AT (BRANCH => '{ns}-dev'), {ns}.seen m"));
    }

    Task BaseAsync() => service.AddTableAsync(ns, "base", "SELECT i AS id, 's' || i AS secret FROM range(4) t(i)");
}
