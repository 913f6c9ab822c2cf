using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

public abstract partial class CatalogConformance
{
    [Theory]
    [InlineData(21)]
    [InlineData(30)]
    public async Task Pages_hold_every_namespace_once(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await CreateNamespaceAsync($"newdb{i}");
        }

        var pages = await PagesAsync("namespaces?", "namespaces", 10);
        Assert.Equal(3, pages.Count);
        Assert.Equal(count, pages.SelectMany(page => page).Distinct().Count());
        Assert.Equal(count, (await NamespacesAsync()).Count);
    }

    [Theory]
    [InlineData(21)]
    [InlineData(30)]
    public async Task Pages_hold_every_table_once(int count)
    {
        await CreateNamespaceAsync("newdb");
        for (var i = 0; i < count; i++)
        {
            await NewTableAsync("newdb", $"newtable{i}");
        }

        var pages = await PagesAsync("namespaces/newdb/tables?", "identifiers", 10);
        Assert.Equal(3, pages.Count);
        Assert.Equal(count, pages.SelectMany(page => page).Distinct().Count());
        Assert.Equal(count, (await TablesAsync("newdb")).Count);
    }

    [Fact]
    public async Task Pages_of_nested_namespaces_stay_below_their_parent()
    {
        await CreateNamespaceAsync("a");
        await CreateNamespaceAsync("ab");
        foreach (var name in new[] { "x", "y", "z" })
        {
            await CreateNamespaceAsync("a", name);
        }

        var pages = await PagesAsync("namespaces?parent=a&", "namespaces", 2);
        Assert.Equal(["""["a","x"]""", """["a","y"]""", """["a","z"]"""], pages.SelectMany(page => page));
    }

    [Fact]
    public async Task What_comes_or_goes_between_pages_harms_none_of_the_others()
    {
        foreach (var name in new[] { "b", "d", "f", "h" })
        {
            await CreateNamespaceAsync(name);
        }

        var first = await GetAsync("namespaces?pageSize=2&pageToken=");
        await SendAsync(HttpMethod.Delete, "namespaces/d", HttpStatusCode.NoContent);
        await CreateNamespaceAsync("a");
        await CreateNamespaceAsync("g");
        var second = await GetAsync($"namespaces?pageToken={Uri.EscapeDataString(first.GetProperty("next-page-token").GetString()!)}");
        Assert.Equal("""[["f"],["g"],["h"]]""", second.GetProperty("namespaces").GetRawText());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next-page-token").ValueKind);
    }

    [Theory]
    [InlineData("pageSize=0")]
    [InlineData("pageSize=-1")]
    [InlineData("pageSize=ten")]
    [InlineData("pageSize=99999999999")]
    [InlineData("pageToken=%21%21")]
    [InlineData("pageToken=10")]
    [InlineData("pageToken=%00")]
    [InlineData("pageToken=eyJhIjoxfQ")]
    [InlineData("pageToken=%F0%9F%A4%AA")]
    public async Task Pages_that_nobody_can_ask_for_are_refused(string query)
    {
        await CreateNamespaceAsync("gold");
        await SendAsync(HttpMethod.Get, $"namespaces?{query}", HttpStatusCode.BadRequest, errorType: "BadRequestException");
        await SendAsync(HttpMethod.Get, $"namespaces/gold/tables?{query}", HttpStatusCode.BadRequest, errorType: "BadRequestException");
    }

    [Fact]
    public async Task A_token_of_one_list_is_none_of_another()
    {
        foreach (var ns in new[] { "a", "b" })
        {
            await CreateNamespaceAsync(ns);
            await NewTableAsync(ns, "one");
            await NewTableAsync(ns, "two");
        }

        var token = Uri.EscapeDataString((await GetAsync("namespaces/a/tables?pageSize=1&pageToken=")).GetProperty("next-page-token").GetString()!);
        await SendAsync(HttpMethod.Get, $"namespaces/b/tables?pageToken={token}", HttpStatusCode.BadRequest, errorType: "BadRequestException");
        await SendAsync(HttpMethod.Get, $"namespaces?pageToken={token}", HttpStatusCode.BadRequest, errorType: "BadRequestException");
        await SendAsync(HttpMethod.Get, $"namespaces/a/tables?pageToken={token[..^1]}", HttpStatusCode.BadRequest, errorType: "BadRequestException");
        Assert.Equal(["two"], Names((await GetAsync($"namespaces/a/tables?pageToken={token}")).GetProperty("identifiers")));
    }

    [Fact]
    public async Task A_token_does_not_show_what_it_stands_for()
    {
        await CreateNamespaceAsync("confidential-one");
        await CreateNamespaceAsync("confidential-two");
        var token = (await GetAsync("namespaces?pageSize=1&pageToken=")).GetProperty("next-page-token").GetString()!;
        Assert.Matches("^[A-Za-z0-9_-]+$", token);
        var padded = token.Replace('-', '+').Replace('_', '/').PadRight((token.Length + 3) / 4 * 4, '=');
        Assert.DoesNotContain("confidential", Encoding.UTF8.GetString(Convert.FromBase64String(padded)), StringComparison.Ordinal);
    }

    async Task<IReadOnlyList<IReadOnlyList<string>>> PagesAsync(string path, string member, int size)
    {
        var pages = new List<IReadOnlyList<string>>();
        for (var token = ""; token is not null;)
        {
            var page = await GetAsync($"{path}pageSize={size}&pageToken={Uri.EscapeDataString(token)}");
            pages.Add(page.GetProperty(member).EnumerateArray().Select(item => item.GetRawText()).ToList());
            Assert.InRange(pages[^1].Count, 1, size);
            token = page.GetProperty("next-page-token").GetString();
        }

        return pages;
    }
}
