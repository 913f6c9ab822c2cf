using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using LakeAspire.Testing;
using Lakehouse.Engine;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.Query.Api.Tests;

/// <summary>Gives a request with the right key the name of the principal that its header says.</summary>
sealed class TestPrincipal(IHttpContextAccessor context) : IClaimsTransformation
{
    public const string Header = "Test-Principal";

    public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
    {
        if (context.HttpContext?.Request.Headers[Header].ToString() is { Length: > 0 } name)
        {
            var roles = principal.FindAll(ClaimTypes.Role).ToList();
            return Task.FromResult(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name), .. roles], "Test")));
        }

        return Task.FromResult(principal);
    }
}

/// <summary>The real service on a real port with real workers, over a fake catalog and tables that the engine wrote. One for all tests of a class.</summary>
public sealed class QueryService : IAsyncLifetime
{
    public const string UserKey = "user-key-user-key-user-key-user-key";
    const string ServiceKey = "service-key-service-key-service-key";

    readonly TempFolder folder = new();
    readonly Dictionary<string, string> settings;
    QueryFactory? factory;
    FakeCatalog? catalog;

    public QueryService()
        : this([])
    {
    }

    internal QueryService(Dictionary<string, string> settings) => this.settings = settings;

    public HttpClient Client { get; private set; } = null!;

    public string Warehouse => folder.Below("ware house");

    public string Scratch => folder.Below("scratch");

    /// <summary>A file that no query may see.</summary>
    public string Secret => folder.Below("secret.txt");

    internal FakeCatalog Catalog => catalog!;

    internal IServiceProvider Services => factory!.Services;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Warehouse);
        await File.WriteAllTextAsync(Secret, "a,b\n1,2\n");
        catalog = await FakeCatalog.StartAsync(Path.Combine(Warehouse, "_metadata"));
        factory = new QueryFactory(new Dictionary<string, string>(settings)
        {
            // Not by UseKestrel: the program itself may have started the server by then, and its addresses are fixed.
            ["urls"] = "http://127.0.0.1:0",
            ["services:catalog-api:http:0"] = catalog.Address,
            ["Lake:Auth:UserKey"] = UserKey,
            ["Lake:Auth:ServiceKey"] = ServiceKey,
            ["Lake:Storage:Warehouse"] = LocalPath.ToLocation(Warehouse),
            ["Lake:Storage:Scratch"] = Scratch,
        });
        factory.UseKestrel();
        factory.StartServer();
        Client = factory.CreateClient();
        Client.Timeout = TimeSpan.FromMinutes(2);
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", UserKey);
        await AddTableAsync("gold", "numbers", "SELECT i, i % 10 AS k, 'text ' || i AS s FROM range(100000) t(i)");
        await AddTableAsync("silver", "mixed", "SELECT 1 AS id, 'a' AS name UNION ALL SELECT 2, NULL");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await factory!.DisposeAsync();
        await catalog!.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>Writes a table and puts it into the catalog.</summary>
    public Task<long> AddTableAsync(string ns, string name, string select) => AddTableAsync(ns, name, [select]);

    /// <summary>Writes a table of a file for each SELECT, all of the first one's columns; gives the commit.</summary>
    public async Task<long> AddTableAsync(string ns, string name, IReadOnlyList<string> selects, string branch = "main")
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        var place = Path.Combine(Warehouse, ns, $"{name}{(branch == "main" ? "" : "-" + Guid.NewGuid().ToString("N"))}");
        var location = LocalPath.ToLocation(place);
        var metadata = TableMetadata.Create(location, await SchemaInference.InferAsync(connection, selects[0], Token), null, null, null, Guid.NewGuid(), DateTimeOffset.UnixEpoch);
        var data = Path.Combine(place, "data");
        var target = new WriteTarget($"{ns}.{name}", metadata.CurrentSchema, metadata.DefaultSpec, new LocalPlacement(data, LocalPath.ToLocation(data)));
        var files = new List<DataFile>();
        foreach (var select in selects)
        {
            files.AddRange(await ParquetTableWriter.WriteAsync(connection, select, target, cancellationToken: Token));
        }

        var store = ObjectStores.Open(LocalPath.ToLocation(Warehouse));
        var prepared = await SnapshotBuilder.AppendAsync(store, metadata, files, new Dictionary<string, string>(), SnapshotContext.Random(TimeProvider.System), Token);
        var applied = Assert.IsType<TableCommitResult.Applied>(TableCommit.Apply(metadata, prepared.Requirements, prepared.Updates, new TableCommitContext(TimeProvider.System.GetUtcNow(), "file:///before.json")));
        return Catalog.Put(ns, name, applied.Metadata, branch);
    }

    public async Task<HttpResponseMessage> SendAsync(string sql, string accept = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sql") { Content = new StringContent(sql, Encoding.UTF8, "text/plain") };
        request.Headers.Accept.ParseAdd(accept);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    public async Task<JsonElement> QueryAsync(string sql, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(sql, "application/json", headers);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"{sql}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public async Task<string> TextAsync(string sql, string accept)
    {
        using var response = await SendAsync(sql, accept);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, $"{sql}: {text}");
        return text;
    }

    /// <summary>Status and kind of the error that a query gets, and its text.</summary>
    public async Task<(int Status, string Type, string Message)> ErrorAsync(string sql, string accept = "application/json", params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(sql, accept, headers);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.False(response.IsSuccessStatusCode, $"{sql} was answered: {text[..Math.Min(text.Length, 300)]}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var body = JsonDocument.Parse(text).RootElement;
        return ((int)response.StatusCode, body.GetProperty("type").GetString()!, body.GetProperty("title").GetString()!);
    }

    /// <summary>Answers a request of a named principal, who stands in a header: how one proves to be it is another matter.</summary>
    public async Task<HttpResponseMessage> AsAsync(string principal, string sql, string query = "", string accept = "application/json", string mediaType = "text/plain")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sql" + query) { Content = new StringContent(sql, Encoding.UTF8, mediaType) };
        request.Headers.Accept.ParseAdd(accept);
        request.Headers.Add(TestPrincipal.Header, principal);
        return await Client.SendAsync(request, HttpCompletionOption.ResponseContentRead, Token);
    }

    /// <summary>The answer as JSON; its status must be the one that is expected.</summary>
    public async Task<JsonElement> JsonAsync(string principal, string sql, string query = "", int status = 200)
    {
        using var response = await AsAsync(principal, sql, query);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True((int)response.StatusCode == status, $"{principal}: {sql}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The rows of an answer, each with bars between its values.</summary>
    public async Task<IReadOnlyList<string>> RowsAsync(string principal, string sql, string query = "") =>
        [.. (await JsonAsync(principal, sql, query)).GetProperty("rows").EnumerateArray().Select(row => string.Join('|', row.EnumerateArray().Select(value => value.ToString())))];
}

/// <summary>The service as its program puts it together, with settings of a test.</summary>
internal sealed class QueryFactory(Dictionary<string, string> settings) : WebApplicationFactory<QueryOptions>
{
    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.ConfigureServices(services => services.AddHttpContextAccessor().AddTransient<IClaimsTransformation, TestPrincipal>());
        foreach (var (key, value) in settings)
        {
            builder.UseSetting(key, value);
        }
    }
}
