using System.Net;
using LakeAspire.Catalog.Commits;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Commits;

/// <summary>Commits of one branch wait in a line, which is there for as long as somebody waits.</summary>
public sealed class CommitLineTests(PostgresServer postgres)
{
    [Fact]
    public async Task Branches_that_nobody_commits_to_hold_nothing()
    {
        const int Branches = 8;
        const int Each = 6;
        await using var server = await CatalogServer.StartAsync(postgres);
        await server.Service.CreateTablesAsync("gold", "t");
        for (var i = 0; i < Branches; i++)
        {
            await server.User.PostJsonAsync("api/branches", new { name = $"b{i}" }, HttpStatusCode.Created);
        }

        await Task.WhenAll(Enumerable.Range(0, Branches * Each).Select(i => server.Service.SendAsync(
            HttpMethod.Post, $"iceberg/v1/b{i % Branches}/transactions/commit", HttpStatusCode.NoContent, Transaction("gold", ["t"], $"k{i}", "v"))));
        var store = server.Services.GetRequiredService<CommitStore>();
        await Until.TrueAsync(() => Task.FromResult(store.Lines == 0), "no line is left");
        for (var i = 0; i < Branches; i++)
        {
            Assert.Equal(Each, (await server.User.GetJsonAsync($"api/branches/b{i}/log?limit=100"))["commits"]!.AsArray().Count(commit => commit!["branch"]!.GetValue<string>() == $"b{i}"));
        }
    }
}
