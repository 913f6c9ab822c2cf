using System.Net;
using System.Text.Json;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

public abstract partial class CatalogConformance
{
    [Fact]
    public async Task A_namespace_that_exists_stays_when_it_is_created_again()
    {
        await SendAsync(HttpMethod.Head, "namespaces/newdb", HttpStatusCode.NotFound);
        await CreateNamespaceAsync("newdb");
        await RefusedAsync(HttpMethod.Post, "namespaces", HttpStatusCode.Conflict, """{"namespace":["newdb"]}""", "AlreadyExistsException", "Namespace already exists");
        await SendAsync(HttpMethod.Head, "namespaces/newdb", HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_namespace_that_is_missing_has_no_properties()
    {
        await RefusedAsync(HttpMethod.Get, "namespaces/newdb", HttpStatusCode.NotFound, body: null, "NoSuchNamespaceException", "Namespace does not exist: newdb");
        await RefusedAsync(HttpMethod.Post, "namespaces/newdb/properties", HttpStatusCode.NotFound, """{"updates":{"test":"value"}}""", "NoSuchNamespaceException", "Namespace does not exist: newdb");
        await RefusedAsync(HttpMethod.Post, "namespaces/newdb/properties", HttpStatusCode.NotFound, """{"removals":["a","b"]}""", "NoSuchNamespaceException", "Namespace does not exist: newdb");
        await CreateNamespaceAsync("newdb");
        Assert.Equal(JsonValueKind.Object, (await GetAsync("namespaces/newdb")).GetProperty("properties").ValueKind);
    }

    [Fact]
    public async Task Properties_of_a_namespace_are_updated_and_added_together()
    {
        await CreateNamespaceAsync("newdb");
        await PostAsync("namespaces/newdb/properties", """{"updates":{"owner":"user"}}""");
        var answer = await PostAsync("namespaces/newdb/properties", """{"updates":{"owner":"newuser","last-modified-at":"now"}}""");
        Assert.Equal(["last-modified-at", "owner"], answer.GetProperty("updated").EnumerateArray().Select(e => e.GetString()).Order());
        var properties = await PropertiesOfAsync("newdb");
        Assert.Equal(("newuser", "now"), (properties["owner"], properties["last-modified-at"]));
        await PostAsync("namespaces/newdb/properties", """{"removals":["last-modified-at"]}""");
        Assert.Equal(["owner"], (await PropertiesOfAsync("newdb")).Keys);
    }

    [Fact]
    public async Task A_namespace_with_a_table_is_not_dropped()
    {
        await CreateNamespaceAsync("newdb");
        await CreateTableAsync("newdb", "newtable");
        await RefusedAsync(HttpMethod.Delete, "namespaces/newdb", HttpStatusCode.Conflict, body: null, "NamespaceNotEmptyException", "is not empty");
        await SendAsync(HttpMethod.Delete, "namespaces/newdb/tables/newtable", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Delete, "namespaces/newdb", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Head, "namespaces/newdb", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Namespaces_come_and_go_in_the_list()
    {
        await CreateNamespaceAsync("newdb_1");
        Assert.Equal(["newdb_1"], await NamespacesAsync());
        await CreateNamespaceAsync("newdb_2");
        Assert.Equal(["newdb_1", "newdb_2"], await NamespacesAsync());
        await SendAsync(HttpMethod.Delete, "namespaces/newdb_1", HttpStatusCode.NoContent);
        Assert.Equal(["newdb_2"], await NamespacesAsync());
        await SendAsync(HttpMethod.Delete, "namespaces/newdb_2", HttpStatusCode.NoContent);
        Assert.Empty(await NamespacesAsync());
    }

    [Fact]
    public async Task Nested_namespaces_come_and_go_in_the_list_of_their_parent()
    {
        await CreateNamespaceAsync("parent");
        Assert.Empty(await NamespacesAsync("parent"));
        await CreateNamespaceAsync("parent", "child1");
        await CreateNamespaceAsync("parent", "child2");
        Assert.Equal(["parent.child1", "parent.child2"], await NamespacesAsync("parent"));
        Assert.Equal(["parent"], await NamespacesAsync());
        Assert.Equal(["parent"], await NamespacesAsync(""));
        await SendAsync(HttpMethod.Delete, "namespaces/parent%1Fchild1", HttpStatusCode.NoContent);
        Assert.Equal(["parent.child2"], await NamespacesAsync("parent"));
        await RefusedAsync(HttpMethod.Get, "namespaces?parent=non-existing", HttpStatusCode.NotFound, body: null, "NoSuchNamespaceException", "Namespace does not exist: non-existing");
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a+b&c=d?e#f")]
    [InlineData("100%")]
    [InlineData("ümläut")]
    [InlineData("🤪")]
    [InlineData("\"quoted\"")]
    [InlineData("it's")]
    [InlineData("select")]
    [InlineData("SELECT")]
    [InlineData("a;drop table b--")]
    [InlineData("tables")]
    [InlineData("~!@$^*()_-={}[]|:<>,")]
    public async Task Names_with_special_characters_are_kept_as_they_are(string name)
    {
        var route = Uri.EscapeDataString(name);
        await CreateNamespaceAsync(name);
        Assert.Equal([name], await NamespacesAsync());
        Assert.Equal(name, (await GetAsync($"namespaces/{route}")).GetProperty("namespace")[0].GetString());
        var created = await PostAsync($"namespaces/{route}/tables", $$"""{"name":{{JsonSerializer.Serialize(name)}},"schema":{{Schema}}}""");
        Assert.Equal([name], Names((await GetAsync($"namespaces/{route}/tables")).GetProperty("identifiers")));
        Assert.Equal(created.GetProperty("metadata-location").GetString(), (await GetAsync($"namespaces/{route}/tables/{route}")).GetProperty("metadata-location").GetString());
        await PostAsync($"namespaces/{route}/tables/{route}", Commit("", SetProperty("k", name.Replace("\"", "'", StringComparison.Ordinal))));
        await SendAsync(HttpMethod.Delete, $"namespaces/{route}/tables/{route}", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Delete, $"namespaces/{route}", HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_table_name_may_have_a_dot()
    {
        await CreateNamespaceAsync("ns");
        await CreateTableAsync("ns", "ta.ble");
        Assert.Equal(["ta.ble"], Names((await GetAsync("namespaces/ns/tables")).GetProperty("identifiers")));
        Assert.Equal(["1:id:long", "2:name:string"], (await LoadAsync("ns", "ta.ble")).Columns);
        await SendAsync(HttpMethod.Delete, "namespaces/ns/tables/ta.ble", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Head, "namespaces/ns/tables/ta.ble", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_table_name_may_have_a_slash()
    {
        await CreateNamespaceAsync("ns");
        await CreateTableAsync("ns", "tab/le");
        Assert.Equal(["tab/le"], Names((await GetAsync("namespaces/ns/tables")).GetProperty("identifiers")));
        Assert.Equal(["1:id:long", "2:name:string"], (await LoadAsync("ns", "tab%2Fle")).Columns);
        await SendAsync(HttpMethod.Head, "namespaces/ns/tables/tab%2Fle", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Head, "namespaces/ns/tables/tab%252Fle", HttpStatusCode.BadRequest);
        await SendAsync(HttpMethod.Delete, "namespaces/ns/tables/tab%2Fle", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Head, "namespaces/ns/tables/tab%2Fle", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("new/db", "new%2Fdb")]
    [InlineData("new.db", "new.db")]
    public async Task A_namespace_may_have_a_slash_or_a_dot(string level, string route)
    {
        await SendAsync(HttpMethod.Head, $"namespaces/{route}", HttpStatusCode.NotFound);
        await CreateNamespaceAsync(level);
        await SendAsync(HttpMethod.Head, $"namespaces/{route}", HttpStatusCode.NoContent);
        Assert.Equal([level], await NamespacesAsync());
        Assert.Equal([level], (await GetAsync($"namespaces/{route}")).GetProperty("namespace").EnumerateArray().Select(l => l.GetString()!));
        await PostAsync($"namespaces/{route}/properties", """{"updates":{"owner":"user"}}""");
        Assert.Equal("user", (await PropertiesOfAsync(route))["owner"]);

        // What the parts of the name would mean by themselves is not there.
        await SendAsync(HttpMethod.Head, "namespaces/new", HttpStatusCode.NotFound);
        await SendAsync(HttpMethod.Head, "namespaces/new%1Fdb", HttpStatusCode.NotFound);
        await CreateNamespaceAsync(level, "inner");
        await CreateTableAsync($"{route}%1Finner", "t");
        Assert.Equal([$"{level}.inner"], await NamespacesAsync(level));
        Assert.Equal(["t"], Names((await GetAsync($"namespaces/{route}%1Finner/tables")).GetProperty("identifiers")));
        await SendAsync(HttpMethod.Delete, $"namespaces/{route}%1Finner/tables/t", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Delete, $"namespaces/{route}%1Finner", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Delete, $"namespaces/{route}", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Head, $"namespaces/{route}", HttpStatusCode.NotFound);
    }

    async Task<Dictionary<string, string>> PropertiesOfAsync(string ns) => (await GetAsync($"namespaces/{ns}")).GetProperty("properties").Deserialize<Dictionary<string, string>>()!;

    async Task<IReadOnlyList<string>> NamespacesAsync(string? parent = null)
    {
        var list = await GetAsync("namespaces" + (parent is null ? "" : "?parent=" + Uri.EscapeDataString(parent)));
        return list.GetProperty("namespaces").EnumerateArray().Select(levels => string.Join('.', levels.EnumerateArray().Select(l => l.GetString()))).ToList();
    }

    /// <summary>Sends what is refused with an error that says so in these words.</summary>
    async Task RefusedAsync(HttpMethod method, string path, HttpStatusCode expected, string? body, string errorType, string message)
    {
        var error = await SendAsync(method, path, expected, body, errorType);
        Assert.Contains(message, error.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    async Task<ClientTable> LoadAsync(string ns, string name) => new(await GetAsync($"namespaces/{ns}/tables/{name}"));
}
