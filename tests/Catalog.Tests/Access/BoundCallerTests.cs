using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.Catalog.Api.Tests.Access;

/// <summary>What is not told to somebody from whom rows are hidden, and rights that hold for the thing that they were looked up for.</summary>
public sealed class BoundCallerTests(SharedCatalog catalog, PostgresServer postgres) : IClassFixture<SharedCatalog>
{
    [Fact]
    public async Task How_much_a_table_holds_is_not_told_to_whom_a_filter_binds()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "people");
        var (bound, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(bound, "modify");
        Assert.Equal(0, (await client.GetJsonAsync("api/tables/gold/people"))["rows"]!.GetValue<long>());
        await server.User.SendAsync(HttpMethod.Put, "api/policies/gold/people/default", HttpStatusCode.Created, """{"rowFilter":"id > 5"}""");

        await client.PostJsonAsync("api/tables/gold/people/rollback", new { commit = 1, dryRun = true }, HttpStatusCode.Forbidden);
        await client.PostJsonAsync("api/tables/gold/people/rollback", new { commit = 1 }, HttpStatusCode.Forbidden);
        var shown = new[]
        {
            await client.GetJsonAsync("api/tables/gold/people"),
            (await client.GetJsonAsync("api/tables"))["tables"]![0]!,
            (await client.GetJsonAsync("api/tables/gold/people/history"))["history"]![0]!,
        };
        Assert.All(shown, body => Assert.Equal((null, null, null), (body["rows"], body["files"], body["bytes"])));
        var list = (await server.User.GetJsonAsync("api/tables/gold/people"))["location"]!.GetValue<string>() + "/metadata/list.avro";
        await server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/people", HttpStatusCode.OK, $$$"""
            {"requirements":[],"updates":[{"action":"add-snapshot","snapshot":{"snapshot-id":1,"sequence-number":1,"timestamp-ms":{{{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}}},"manifest-list":"{{{list}}}","schema-id":0,
              "summary":{"operation":"append","added-records":"7","total-records":"7","partitions.day=1":"added-records=7","engine-name":"tests"} }},{"action":"set-snapshot-ref","ref-name":"main","type":"branch","snapshot-id":1}]}
            """);
        Assert.Equal(("engine-name operation", "added-records engine-name operation partitions.day=1 total-records"), (await SummaryAsync(client), await SummaryAsync(server.User)));
        await server.User.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        await server.User.SendAsync(HttpMethod.Delete, "iceberg/v1/dev/namespaces/gold/tables/people", HttpStatusCode.NoContent);
        var (mine, theirs) = ((await client.GetJsonAsync("api/diff?from=main&to=dev"))["changes"]![0]!, (await server.User.GetJsonAsync("api/diff?from=main&to=dev"))["changes"]![0]!);
        Assert.Equal(("removed", null), (mine["change"]!.GetValue<string>(), mine["rowsBefore"]));
        Assert.NotNull(theirs["rowsBefore"]);
        Assert.Equal((null, "7"), ((await MergeAsync(client))["rowsBefore"], (await MergeAsync(server.User))["rowsBefore"]!.ToJsonString()));
        var dropped = (await client.GetJsonAsync("api/dropped?branch=dev"))["dropped"]![0]!;
        Assert.Equal(("people", null), (dropped["name"]!.GetValue<string>(), dropped["rows"]));

        static async Task<string> SummaryAsync(HttpClient client) =>
            string.Join(' ', (await client.GetJsonAsync("api/tables/gold/people/snapshots"))["snapshots"]![0]!["summary"]!.AsObject().Select(entry => entry.Key).Order(StringComparer.Ordinal));
        static async Task<JsonNode> MergeAsync(HttpClient client) =>
            (await client.PostJsonAsync("api/branches/main/merge", new { from = "dev", dryRun = true }, HttpStatusCode.OK))["changes"]![0]!;
    }

    /// <summary>Between the look at the caller's rights and the commit, another table takes the name.</summary>
    [Theory]
    [InlineData("POST", "iceberg/v1/namespaces/gold/tables/mine", 409, """{"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}""")]
    [InlineData("POST", "iceberg/v1/transactions/commit", 409, """{"table-changes":[{"identifier":{"namespace":["gold"],"name":"mine"},"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}]}""")]
    [InlineData("GET", "iceberg/v1/namespaces/gold/tables/mine", 503, null)]
    [InlineData("DELETE", "iceberg/v1/namespaces/gold/tables/mine", 503, null)]
    [InlineData("POST", "iceberg/v1/tables/rename", 503, """{"source":{"namespace":["gold"],"name":"mine"},"destination":{"namespace":["gold"],"name":"moved"}}""")]
    public async Task A_right_on_a_table_is_none_on_another_that_took_its_name_meanwhile(string method, string path, int status, string? body)
    {
        var swap = new Swap();
        await using var server = await CatalogServer.StartAsync(postgres, builder => Decorate(builder.Services, swap));
        await server.Service.CreateTablesAsync("gold", "mine", "theirs");
        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "manage", "gold", "mine");
        swap.Caller = name;
        swap.Run = async () =>
        {
            await RenameAsync("mine", "gone");
            await RenameAsync("theirs", "mine");
        };
        var error = await client.SendAsync(new HttpMethod(method), path, (HttpStatusCode)status, body);
        Assert.Equal(status == 409 ? "CommitFailedException" : "ServiceUnavailableException", error!["error"]!["type"]!.GetValue<string>());
        Assert.True(swap.HasRun);
        var mine = await server.User.GetJsonAsync("iceberg/v1/namespaces/gold/tables/mine");
        Assert.Null(mine["metadata"]!["properties"]!["k"]);
        Assert.Equal(2, (await server.User.GetJsonAsync("iceberg/v1/namespaces/gold/tables"))["identifiers"]!.AsArray().Count);

        Task RenameAsync(string from, string to) => server.User.SendAsync(
            HttpMethod.Post, "iceberg/v1/tables/rename", HttpStatusCode.NoContent,
            new JsonObject { ["source"] = Identifier(from), ["destination"] = Identifier(to) }.ToJsonString());
    }

    static JsonObject Identifier(string name) => new() { ["namespace"] = new JsonArray("gold"), ["name"] = name };

    static void Decorate(IServiceCollection services, Swap swap)
    {
        var inner = services.Single(service => service.ServiceType == typeof(IAccess)).ImplementationType!;
        services.AddSingleton(inner);
        services.AddSingleton<IAccess>(provider => new SwappingAccess((IAccess)provider.GetRequiredService(inner), swap));
    }

    sealed class Swap
    {
        public string? Caller { get; set; }

        public Func<Task>? Run { get; set; }

        public bool HasRun { get; set; }
    }

    /// <summary>Has something happen once, right after a caller was let through.</summary>
    sealed class SwappingAccess(IAccess inner, Swap swap) : IAccess
    {
        public async Task DemandAsync(Caller caller, Privilege privilege, Securable securable, string branch, CancellationToken cancellationToken)
        {
            await inner.DemandAsync(caller, privilege, securable, branch, cancellationToken);
            if (caller.Name == swap.Caller && securable is Securable.ObjectSecurable && !swap.HasRun)
            {
                swap.HasRun = true;
                await swap.Run!();
            }
        }

        public Task<bool> MayAsync(Caller caller, Privilege privilege, Securable securable, string branch, CancellationToken cancellationToken) => inner.MayAsync(caller, privilege, securable, branch, cancellationToken);

        public Task<Rights> RightsAsync(Caller caller, CancellationToken cancellationToken) => inner.RightsAsync(caller, cancellationToken);

        public Task<TablePolicy?> PolicyAsync(Caller caller, Guid tableId, CancellationToken cancellationToken) => inner.PolicyAsync(caller, tableId, cancellationToken);

        public Task<Caller?> FindCallerAsync(string name, CancellationToken cancellationToken) => inner.FindCallerAsync(name, cancellationToken);
    }
}
