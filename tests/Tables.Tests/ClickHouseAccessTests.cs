using System.Net.Http.Json;
using System.Text.Json;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Engine;
using Lakehouse.Engine.Writes;
using Lakehouse.Storage;

namespace Lakehouse.Tables.Tests;

/// <summary>ClickHouse attaches the lake with an OAuth2 credential: what it lists and reads is what the principal may see, on the branch that its warehouse names.</summary>
[Collection(nameof(ClickHouse))]
public sealed class ClickHouseAccessTests(PostgresServer postgres)
{
    [Fact]
    public async Task ClickHouse_lists_and_reads_tables_on_main_and_on_a_branch_by_a_credential()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await AppendAsync(lake, "gold.t", "SELECT i AS id, 'n' || i AS name FROM range(100) t(i)");
        await SendAsync(lake, HttpMethod.Post, "api/branches", new { name = "run/7" });
        await AppendAsync(lake, "gold.t", "SELECT i AS id, 'n' || i AS name FROM range(100, 110) t(i)", "run~2F7");
        await AppendAsync(lake, "gold.only", "SELECT 5 AS v", "run~2F7");
        var credential = await PrincipalAsync(lake, "clicks", new { principal = "clicks", privilege = "select" });
        using var clickHouse = new ClickHouse(LocalPath.FromLocation(lake.Server.Warehouse));
        Attach(clickHouse, lake, "trunk", "main", credential);
        Attach(clickHouse, lake, "branch", "run/7", credential);
        Assert.Equal(["gold.t"], Tables(clickHouse, "trunk"));
        Assert.Equal(["gold.only", "gold.t"], Tables(clickHouse, "branch"));
        Assert.Equal("100|4950|n99", Row(clickHouse, "SELECT concat(toString(count()), '|', toString(sum(id)), '|', max(name)) AS r FROM trunk.`gold.t`"));
        Assert.Equal("110|5995|n99", Row(clickHouse, "SELECT concat(toString(count()), '|', toString(sum(id)), '|', max(name)) AS r FROM branch.`gold.t`"));
        Assert.Equal("5", Row(clickHouse, "SELECT toString(v) AS r FROM branch.`gold.only`"));
    }

    [Fact]
    public async Task A_caller_without_the_right_gets_nothing()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await AppendAsync(lake, "gold.t", "SELECT 1 AS id");
        await AppendAsync(lake, "silver.s", "SELECT 2 AS id");
        await AppendAsync(lake, "silver.bound", "SELECT 3 AS id");
        await SendAsync(lake, HttpMethod.Post, "api/branches", new { name = "dev" });
        var nothing = await PrincipalAsync(lake, "nothing");
        var some = await PrincipalAsync(lake, "some", new { principal = "some", privilege = "select", @namespace = "silver", branch = "main" });
        await SendAsync(lake, HttpMethod.Put, "api/policies/silver/bound", new { rowFilter = "false" });
        using var clickHouse = new ClickHouse(LocalPath.FromLocation(lake.Server.Warehouse));
        Attach(clickHouse, lake, "nobody", "main", nothing);
        Assert.Empty(Tables(clickHouse, "nobody"));
        Assert.Throws<InvalidOperationException>(() => clickHouse.Query("SELECT * FROM nobody.`gold.t`"));
        Attach(clickHouse, lake, "silver", "main", some);
        Assert.Equal(["silver.bound", "silver.s"], Tables(clickHouse, "silver"));
        Assert.Equal("2", Row(clickHouse, "SELECT toString(id) AS r FROM silver.`silver.s`"));
        Assert.Throws<InvalidOperationException>(() => clickHouse.Query("SELECT * FROM silver.`gold.t`"));
        Assert.Throws<InvalidOperationException>(() => clickHouse.Query("SELECT * FROM silver.`silver.bound`"));
        Assert.Throws<InvalidOperationException>(() => Attach(clickHouse, lake, "elsewhere", "dev", some));
        Assert.Throws<InvalidOperationException>(() => Attach(clickHouse, lake, "wrong", "main", some[..^3] + "xxx"));
    }

    static void Attach(ClickHouse clickHouse, TestLake lake, string name, string warehouse, string credential)
    {
        clickHouse.Query("SET allow_database_iceberg = 1");
        clickHouse.Query($"""
            CREATE DATABASE {name} ENGINE = DataLakeCatalog('{lake.Server.Address}iceberg/v1')
            SETTINGS catalog_type = 'rest', warehouse = '{warehouse}', catalog_credential = '{credential}', oauth_server_uri = '{lake.Server.Address}iceberg/v1/oauth/tokens', vended_credentials = 0
            """);
    }

    static IReadOnlyList<string> Tables(ClickHouse clickHouse, string database) => [.. clickHouse.Query($"SHOW TABLES FROM {database}").Select(row => row.GetProperty("name").GetString()!).Order(StringComparer.Ordinal)];

    static string Row(ClickHouse clickHouse, string sql) => Assert.Single(clickHouse.Query(sql)).GetProperty("r").GetString()!;

    /// <summary>Appends the rows of a query to a table, which is made if need be.</summary>
    static async Task AppendAsync(TestLake lake, string table, string select, string? prefix = null)
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        await using var transaction = lake.Open(prefix is null ? null : new Prefixed(prefix)).BeginTransaction("test", "write");
        var opened = await transaction.OpenOrCreateAsync(TableIdentifier.Parse(table), await SchemaInference.InferAsync(connection, select));
        await transaction.AppendQueryAsync(connection, opened, select);
        Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
    }

    /// <summary>A principal; gives its OAuth2 credential.</summary>
    static async Task<string> PrincipalAsync(TestLake lake, string name, params object[] grants)
    {
        await SendAsync(lake, HttpMethod.Post, "api/principals", new { kind = "service", name });
        var key = (await SendAsync(lake, HttpMethod.Post, "api/api-keys", new { principal = name, name = "ClickHouse" })).GetProperty("key").GetString();
        foreach (var grant in grants)
        {
            await SendAsync(lake, HttpMethod.Post, "api/grants", grant);
        }

        return $"{name}:{key}";
    }

    static async Task<JsonElement> SendAsync(TestLake lake, HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var response = await lake.Server.User.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Brings a client that knows no branches to one.</summary>
    sealed class Prefixed(string prefix) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(request.RequestUri!.AbsoluteUri.Replace("/iceberg/v1/", $"/iceberg/v1/{prefix}/", StringComparison.Ordinal));
            return base.SendAsync(request, cancellationToken);
        }
    }
}
