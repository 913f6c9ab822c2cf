using System.Net;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Commits;

/// <summary>Many committers at once.</summary>
public sealed class ConcurrencyTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    const int Writers = 8;
    const string Commit = "iceberg/v1/transactions/commit";

    [Fact]
    public async Task Committers_to_different_tables_do_not_fail_each_other()
    {
        var server = await catalog.EmptyAsync();
        var rounds = Soak.Scale(50);
        await server.Service.CreateTablesAsync("gold", Enumerable.Range(0, Writers).Select(i => $"t{i}").ToArray());
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (var round = 0; round < rounds; round++)
            {
                await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, Transaction("gold", [$"t{writer}"], $"r{round}", "x"));
            }
        }));
        Assert.Equal(1 + Writers + (Writers * rounds), (await server.Service.GetJsonAsync("api/commits?limit=1000"))["commits"]!.AsArray().Count);
    }

    [Fact]
    public async Task Changes_of_one_table_that_do_not_exclude_each_other_are_all_kept()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "t");
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer =>
            server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, Transaction("gold", ["t"], $"w{writer}", "x"))));
        for (var writer = 0; writer < Writers; writer++)
        {
            Assert.Equal("x", await server.Service.PropertyAsync("gold", "t", $"w{writer}"));
        }
    }

    [Fact]
    public async Task The_same_item_of_many_writers_is_taken_in_exactly_once()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("bronze", Enumerable.Range(0, Writers).Select(i => $"t{i}").ToArray());
        for (var round = 0; round < Soak.Scale(20); round++)
        {
            var item = $$"""{"items":[{"scope":"s","key":"{{round}}","fingerprint":"f"}]}""";
            var statuses = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
            {
                using var response = await server.Service.PostAsync(Commit, new StringContent(Transaction("bronze", [$"t{writer}"], $"r{round}", "x", item), System.Text.Encoding.UTF8, "application/json"));
                return response.StatusCode;
            }));
            Assert.Equal(1, statuses.Count(s => s == HttpStatusCode.NoContent));
            Assert.Equal(Writers - 1, statuses.Count(s => s == HttpStatusCode.Conflict));
            var changed = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => server.Service.PropertyAsync("bronze", $"t{writer}", $"r{round}")));
            Assert.Single(changed, value => value == "x");
        }
    }

    [Fact]
    public async Task A_cursor_moved_by_many_writers_counts_every_move()
    {
        var server = await catalog.EmptyAsync();
        var moves = Soak.Scale(30);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var done = 0; done < moves;)
            {
                var cursors = (await server.Service.GetJsonAsync("api/positions?scope=c"))["cursors"]!.AsArray();
                var at = cursors.Count == 0 ? null : cursors[0]!["value"]!.GetValue<string>();
                var next = at is null ? 1 : int.Parse(at) + 1;
                var expected = at is null ? "null" : $"\"{at}\"";
                using var response = await server.Service.PostAsync(
                    Commit, new StringContent($$$"""{"table-changes":[],"lakeaspire":{"cursors":[{"scope":"c","expected":{{{expected}}},"next":"{{{next}}}"}]}}""", System.Text.Encoding.UTF8, "application/json"));
                done += response.StatusCode == HttpStatusCode.NoContent ? 1 : 0;
                Assert.True(response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.Conflict);
            }
        }));
        var stored = (await server.Service.GetJsonAsync("api/positions?scope=c"))["cursors"]![0]!["value"]!.GetValue<string>();
        Assert.Equal((4 * moves).ToString(), stored);
    }

    [Fact]
    public async Task Commits_become_visible_in_the_order_of_their_ids()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", Enumerable.Range(0, Writers).Select(i => $"t{i}").ToArray());
        var rounds = Soak.Scale(50);
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (var round = 0; round < rounds; round++)
            {
                await server.Service.SendAsync(HttpMethod.Post, Commit, HttpStatusCode.NoContent, Transaction("gold", [$"t{writer}"], $"r{round}", "x"));
            }
        }));

        // Whoever follows the log by the highest id that it has seen must never miss a commit.
        var seen = new HashSet<long>();
        var highest = 0L;
        while (true)
        {
            var isOver = writing.IsCompleted;
            var commits = (await server.Service.GetJsonAsync("api/commits?limit=1000"))["commits"]!.AsArray().Select(c => c!["id"]!.GetValue<long>()).ToList();
            Assert.All(commits.Where(id => !seen.Contains(id)), id => Assert.True(id > highest, $"commit {id} came after {highest}"));
            seen.UnionWith(commits);
            highest = commits.Max();
            if (isOver)
            {
                break;
            }
        }

        await writing;
        Assert.Equal(1 + Writers + (Writers * rounds), seen.Count);
    }
}
