using System.Text.Json;
using LakeAspire.Query.Policies;
using Lakehouse.Engine;

namespace LakeAspire.Query.Api.Tests;

/// <summary>What DuckDB's optimizer makes of a relation with a wall: every condition of the query stays above it.</summary>
public sealed class WallTests
{
    const string Limit = "STREAMING_LIMIT";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("SELECT * FROM seen WHERE id = 12345", "12345")]
    [InlineData("SELECT * FROM seen WHERE id = 12345 AND dept > 0", "12345")]
    [InlineData("SELECT sum(id) FROM seen WHERE id IN (12345, 12346, 99)", "12345")]
    [InlineData("SELECT * FROM (SELECT id + 0 AS x FROM seen) WHERE x = 12345", "12345")]
    [InlineData("SELECT a.id FROM seen a, seen b WHERE a.id = b.id AND a.id = 12345", "12345")]
    [InlineData("SELECT * FROM seen WHERE s LIKE 's12345%'", "12345")]
    [InlineData("SELECT * FROM seen WHERE hidden = '12345'", "12345")]
    [InlineData("WITH c AS MATERIALIZED (SELECT * FROM seen) SELECT * FROM c WHERE id = 12345", "12345")]
    [InlineData("SELECT dept, count(*) FROM seen GROUP BY dept HAVING dept = 12345", "12345")]
    [InlineData("SELECT row_number() OVER (PARTITION BY id) AS n FROM seen QUALIFY id = 12345", "12345")]
    public async Task No_condition_of_a_query_gets_below_it(string sql, string mark)
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        var guard = new PolicyGuard(
            [new GuardColumn("id", null), new GuardColumn("dept", null), new GuardColumn("s", null), new GuardColumn("hidden", new ValueMask("left(hidden, 1)", "VARCHAR"))],
            [new PolicyColumn("id", "id"), new PolicyColumn("dept", "dept"), new PolicyColumn("hidden", "hidden")], ["dept = 3"]);
        await connection.ExecuteAsync("CREATE TABLE raw AS SELECT i AS id, i % 10 AS dept, 's' || i AS s, 'h' || i AS hidden FROM range(1000) t(i)", cancellationToken: Token);
        await connection.ExecuteAsync($"CREATE VIEW seen AS {guard.Around("raw")}; SET disabled_optimizers = '{Wall.DisabledOptimizers}'", cancellationToken: Token);
        using var plan = await PlanAsync(connection, sql);
        var below = Below(plan.RootElement).ToList();
        Assert.NotEmpty(below);
        Assert.Contains(mark, plan.RootElement.GetRawText(), StringComparison.Ordinal);
        Assert.All(below, part => Assert.DoesNotContain(mark, part, StringComparison.Ordinal));
        Assert.All(below, part => Assert.Contains("dept = 3", part, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_it_conditions_get_to_the_scan()
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        await connection.ExecuteAsync("CREATE TABLE raw AS SELECT i AS id, i % 10 AS dept FROM range(1000) t(i); CREATE VIEW seen AS SELECT * FROM raw WHERE TRY(dept = 3)", cancellationToken: Token);
        using var plan = await PlanAsync(connection, "SELECT * FROM seen WHERE id = 345");
        Assert.Empty(Below(plan.RootElement));
        var scan = plan.RootElement[0].GetProperty("name").GetString() == "PROJECTION" ? plan.RootElement[0].GetProperty("children")[0] : plan.RootElement[0];
        Assert.Contains("345", scan.GetProperty("extra_info").GetProperty("Filters").GetRawText(), StringComparison.Ordinal);
    }

    /// <summary>What lies below each wall of a plan.</summary>
    static IEnumerable<string> Below(JsonElement node) => node.ValueKind switch
    {
        JsonValueKind.Array => node.EnumerateArray().SelectMany(Below),
        JsonValueKind.Object when node.TryGetProperty("name", out var name) && name.GetString() == Limit => [node.GetProperty("children").GetRawText()],
        JsonValueKind.Object when node.TryGetProperty("children", out var children) => Below(children),
        _ => [],
    };

    static async Task<JsonDocument> PlanAsync(DuckDbConnection connection, string sql)
    {
        var plan = new System.Text.StringBuilder();
        await using var result = await connection.QueryAsync("EXPLAIN (FORMAT json) " + sql, cancellationToken: Token);
        await foreach (var batch in result.ReadAsync(Token))
        {
            using (batch)
            {
                plan.Append(System.Text.Encoding.UTF8.GetString(batch.Columns[1].Bytes(0)));
            }
        }

        return JsonDocument.Parse(plan.ToString());
    }
}
