using System.Globalization;

namespace LakeAspire.Query.Api.Tests;

/// <summary>Branches, commits, times and snapshots in requests and in SQL.</summary>
public sealed class TimeTravelTests(QueryService service) : IClassFixture<QueryService>
{
    const string Me = "user";

    [Fact]
    public async Task Tables_are_read_as_of_a_branch_a_commit_or_a_snapshot_however_that_is_written()
    {
        var first = await service.AddTableAsync("trip", "t", "SELECT 1 AS v");
        var second = await service.AddTableAsync("trip", "t", "SELECT 2 AS v");
        service.Catalog.Branch("dev");
        await service.AddTableAsync("trip", "t", ["SELECT 3 AS v"], "dev");
        await service.AddTableAsync("trip", "t", "SELECT 4 AS v");
        var plan = await service.JsonAsync(Me, $"SELECT * FROM trip.t AT (VERSION => {second})", "?explain=true");
        var snapshot = plan.GetProperty("tables")[0].GetProperty("version").GetInt64();
        foreach (var (from, rows) in new (string, string)[]
        {
            ("trip.t", "4"),
            ($"trip.t AT (VERSION => {first})", "1"),
            ($"trip.t AT (COMMIT => {second})", "2"),
            ($"trip.t x AT (VERSION => {second})", "2"),
            ($"trip.t AT (VERSION => {second}) AS x", "2"),
            ($"trip.t FOR VERSION AS OF {first}", "1"),
            ($"trip.t FOR VERSION AS OF {first} AS x", "1"),
            ($"lake.trip.\"t\" version as of {first} x", "1"),
            ($"trip.t FOR SYSTEM_VERSION AS OF '{first}'", "1"),
            ("trip.t AT (BRANCH => 'dev')", "3"),
            ("trip.t x AT (BRANCH => 'dev')", "3"),
            ("trip.t /* here */ AT ( -- ' \n BRANCH => 'dev' ) x", "3"),
            ("trip.t AT (VERSION => 'dev')", "3"),
            ($"trip.t AT (VERSION => 'dev@{first}')", "1"),
            ("trip.t AT (TAG => 'dev')", "3"),
            ("trip.t AT (TIMESTAMP => now())", "4"),
            ("trip.t AT (TIMESTAMP => now() - INTERVAL 1 HOUR)", "4"),
            ("trip.t FOR TIMESTAMP AS OF TIMESTAMP '2026-01-01 00:00:00'", "4"),
            ("trip.t TIMESTAMP AS OF '2026-11-21T10:00Z'", "4"),
            ("trip.T AT (BRANCH => 'dev')", "3"),
        })
        {
            Assert.Equal((from, rows), (from, string.Join(',', await service.RowsAsync(Me, $"SELECT v FROM {from}"))));
        }

        Assert.Equal(["1|2|3|4"], await service.RowsAsync(Me, $"SELECT a.v, b.v, c.v, t.v FROM trip.t AT (VERSION => {first}) a, trip.t b AT (COMMIT => {second}), trip.t AT (BRANCH => 'dev') c, trip.t"));
        Assert.Equal(["3"], await service.RowsAsync(Me, "SELECT trip.t.v FROM trip.t AT (BRANCH => 'dev')"));
        Assert.Equal(["3"], await service.RowsAsync(Me, "WITH c AS (SELECT * FROM trip.t AT (BRANCH => 'dev')) SELECT v FROM c WHERE EXISTS (FROM trip.t AT (BRANCH => 'dev') WHERE v = c.v)"));
        Assert.Equal(["AT (BRANCH => 'x') of"], await service.RowsAsync(Me, "SELECT 'AT (BRANCH => ''x'') of' AS version FROM trip.t"));
        Assert.Equal(snapshot.ToString(CultureInfo.InvariantCulture), (await service.JsonAsync(Me, $"SELECT * FROM trip.t AT (VERSION => {second})", "?explain=true")).GetProperty("tables")[0].GetProperty("version").ToString());
    }

    [Fact]
    public async Task Requests_name_a_branch_and_a_point_in_address_or_body()
    {
        var first = await service.AddTableAsync("trip", "r", "SELECT 1 AS v");
        await service.AddTableAsync("trip", "r", "SELECT 2 AS v");
        service.Catalog.Branch("work");
        await service.AddTableAsync("trip", "r", ["SELECT 3 AS v"], "work");
        Assert.Equal(["3"], await service.RowsAsync(Me, "FROM trip.r", "?branch=work"));
        Assert.Equal(["1"], await service.RowsAsync(Me, "FROM trip.r", $"?asOf={first}"));
        Assert.Equal(["1"], await service.RowsAsync(Me, "FROM trip.r", $"?branch=work&asOf={first}"));
        Assert.Equal(["3|2"], await service.RowsAsync(Me, "SELECT r.v, m.v FROM trip.r, trip.r AT (BRANCH => 'main') m", "?branch=work"));
        using var response = await service.AsAsync(Me, """{"sql": "FROM trip.r", "branch": "work"}""", mediaType: "application/json");
        Assert.Contains("[[3]]", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("NoSuchBranchException", (await service.JsonAsync(Me, "FROM trip.r", "?branch=nowhere", 404)).GetProperty("type").GetString());
        Assert.Equal("NoSuchCommitException", (await service.JsonAsync(Me, "FROM trip.r AT (COMMIT => 99999)", status: 404)).GetProperty("type").GetString());
        await service.JsonAsync(Me, "FROM trip.r", "?explain=perhaps", 400);
        using var twice = await service.AsAsync(Me, """{"sql": "FROM trip.r", "branch": "work"}""", "?branch=main", mediaType: "application/json");
        Assert.Equal(400, (int)twice.StatusCode);
    }

    [Theory]
    [InlineData("FROM trip.x AT (VERSION => 1.5)", "id of a snapshot")]
    [InlineData("FROM trip.x AT (VERSION => (SELECT 1))", "one value|id of a snapshot")]
    [InlineData("FROM trip.x AT (TIMESTAMP => 'yesterday')", "a time")]
    [InlineData("FROM trip.x AT (TIMESTAMP => (SELECT now()))", "a time|one value")]
    [InlineData("FROM trip.x AT (TIMESTAMP => getenv('PATH'))", "a time")]
    [InlineData("FROM trip.x AT (TIMESTAMP => now() - (range(100000000))[1])", "a time")]
    [InlineData("FROM trip.x AT (SNAPSHOT => 'a')", "a number")]
    [InlineData("FROM trip.x AT (BRANCH => 3)", "a name")]
    [InlineData("FROM trip.x AT (BRANCH => 'a@b')", "a name")]
    [InlineData("FROM trip.x AT (BRANCH => 'a') AT (BRANCH => 'b')", "syntax|once")]
    [InlineData("WITH c AS (SELECT 1) SELECT * FROM c AT (VERSION => 1)", "no VERSION")]
    [InlineData("FROM trip.x AT (PLACE => 1)", "syntax error")]
    [InlineData("FROM trip.x AT (VERSION => 1", "syntax error")]
    public async Task Values_that_are_none_are_refused_with_what_is_wanted(string sql, string says)
    {
        await service.AddTableAsync("trip", "x", "SELECT 1 AS v");
        using var response = await service.AsAsync(Me, sql);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode is 400 or 403, $"{(int)response.StatusCode} {text}");
        Assert.Contains(says.Split('|'), part => text.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_heads_of_all_branches_of_a_statement_are_asked_for_in_one_call()
    {
        await service.AddTableAsync("trip", "h", "SELECT 1 AS v");
        await service.AddTableAsync("trip", "i", "SELECT 1 AS v");
        service.Catalog.Branch("other");
        service.Catalog.PutView("trip", "both", "SELECT h.v FROM trip.h, i, lake.trip.h AT (BRANCH => 'other') o", Me, "v");
        service.Catalog.Requests.Clear();
        await service.RowsAsync(Me, "SELECT * FROM trip.h, trip.i AT (BRANCH => 'other'), trip.both");
        var requests = service.Catalog.Requests.ToList();
        Assert.Equal(3, requests[0].Tables.Count);
        Assert.All(requests.Skip(1).SelectMany(request => request.Tables).Where(table => table.At != "other"), table => Assert.Contains("main@", table.At, StringComparison.Ordinal));
    }
}
