using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Engine;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.Query.Api.Tests.Lake;

/// <summary>The real catalog, the real query service and its workers, over HTTP; principals with keys of their own.</summary>
internal sealed class RealLake : IAsyncDisposable
{
    readonly TempFolder folder = new();
    readonly QueryFactory factory;
    readonly Dictionary<string, string> keys = new(StringComparer.Ordinal) { ["user"] = CatalogServer.UserKey };

    RealLake(CatalogServer catalog)
    {
        Catalog = catalog;
        factory = new QueryFactory(new Dictionary<string, string>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["services:catalog-api:http:0"] = catalog.Address.ToString(),
            ["Lake:Auth:UserKey"] = CatalogServer.UserKey,
            ["Lake:Auth:ServiceKey"] = CatalogServer.ServiceKey,
            ["Lake:Storage:Warehouse"] = catalog.Warehouse,
            ["Lake:Storage:Scratch"] = folder.Below("scratch"),
        });
        factory.UseKestrel();
        factory.StartServer();
        Client = factory.CreateClient();
        Client.Timeout = TimeSpan.FromMinutes(2);

        // The catalog asks it what it makes of policies.
        catalog.Services.GetRequiredService<IConfiguration>()["services:query-api:http:0"] = Client.BaseAddress!.ToString();
    }

    public CatalogServer Catalog { get; }

    public HttpClient Client { get; }

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<RealLake> StartAsync(PostgresServer postgres) => new(await CatalogServer.StartAsync(postgres));

    /// <summary>Appends the rows of a query to a table of a branch, which is made if need be; gives the commit.</summary>
    public Task<long> AppendAsync(string table, string select, string branch = "main") => AppendAsync([(table, select)], branch);

    /// <summary>Appends to several tables of a branch in one commit; gives the commit.</summary>
    public async Task<long> AppendAsync(IReadOnlyList<(string Table, string Select)> tables, string branch = "main")
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        var lake = new Lakehouse.Tables.Lake(new CatalogClient(Catalog.Client(CatalogServer.ServiceKey, new OnBranch(branch))), Catalog.Store);
        await using var transaction = lake.BeginTransaction("test", "append");
        foreach (var (table, select) in tables)
        {
            var opened = await transaction.OpenOrCreateAsync(TableIdentifier.Parse(table), await SchemaInference.InferAsync(connection, select, Token), cancellationToken: Token);
            await transaction.AppendQueryAsync(connection, opened, select, cancellationToken: Token);
        }

        return Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync(cancellationToken: Token)).CommitId;
    }

    /// <summary>A principal with a key; gives the key.</summary>
    public async Task<string> PrincipalAsync(string name, params object[] grants)
    {
        await PostAsync("api/principals", new { kind = "user", name });
        keys[name] = (await PostAsync("api/api-keys", new { principal = name, name = "test" })).GetProperty("key").GetString()!;
        foreach (var grant in grants)
        {
            await PostAsync("api/grants", grant);
        }

        return keys[name];
    }

    /// <summary>A view that the operator writes.</summary>
    public async Task ViewAsync(string ns, string name, string sql, string branch, params (string Name, string Type)[] columns) => await PostAsync($"iceberg/v1/{branch}/namespaces/{ns}/views", new Dictionary<string, object?>
    {
        ["name"] = name,
        ["schema"] = new Dictionary<string, object?> { ["type"] = "struct", ["schema-id"] = 0, ["fields"] = columns.Select((column, i) => new { id = i + 1, name = column.Name, required = false, type = column.Type }) },
        ["view-version"] = new Dictionary<string, object?>
        {
            ["version-id"] = 1, ["schema-id"] = 0, ["timestamp-ms"] = 1_700_000_000_000, ["summary"] = new Dictionary<string, string>(), ["default-namespace"] = new[] { ns },
            ["representations"] = new[] { new { type = "sql", sql, dialect = "duckdb" } },
        },
        ["properties"] = new Dictionary<string, string>(),
    });

    public Task<JsonElement> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, body);

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var response = await Catalog.User.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Catalog.User.GetAsync(new Uri(path, UriKind.Relative), Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>What the catalog says to a request that it refuses.</summary>
    public async Task<string> RefusedAsync(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var response = await Catalog.User.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.False(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement.GetProperty("title").GetString()!;
    }

    /// <summary>The catalog looks for the query service where nobody is.</summary>
    public void LoseQueries() => Catalog.Services.GetRequiredService<IConfiguration>()["services:query-api:http:0"] = "http://127.0.0.1:9";

    public async Task<JsonElement> SqlAsync(string principal, string sql, string query = "", int status = 200)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sql" + query) { Content = new StringContent(sql, Encoding.UTF8, "text/plain") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys.GetValueOrDefault(principal, principal));
        using var response = await Client.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True((int)response.StatusCode == status, $"{principal}: {sql}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public async Task<IReadOnlyList<string>> RowsAsync(string principal, string sql, string query = "") =>
        [.. (await SqlAsync(principal, sql, query)).GetProperty("rows").EnumerateArray().Select(row => string.Join('|', row.EnumerateArray().Select(value => value.ToString())))];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await factory.DisposeAsync();
        await Catalog.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>Brings a client that knows no branches to one.</summary>
    sealed class OnBranch(string branch) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var address = request.RequestUri!.AbsoluteUri;
            request.RequestUri = new Uri(address.Replace("/iceberg/v1/", $"/iceberg/v1/{branch}/", StringComparison.Ordinal));
            return base.SendAsync(request, cancellationToken);
        }
    }
}
