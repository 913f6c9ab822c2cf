using System.Diagnostics;
using System.Net;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Catalog.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace LakeAspire.Catalog.Api.Tests.Iceberg;

/// <summary>A table that is committed again and again keeps all of it, and what is newest stays at hand.</summary>
public sealed class ManyCommitsTests(SharedCatalog catalog, ITestOutputHelper output) : IClassFixture<SharedCatalog>
{
    [Fact]
    public async Task A_table_of_many_commits_is_never_read_from_its_file_by_the_one_that_wrote_it()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "t");
        var files = server.Services.GetRequiredService<MetadataFiles>();
        var place = (await server.Service.GetJsonAsync("iceberg/v1/namespaces/gold/tables/t"))["metadata"]!["location"]!.GetValue<string>();
        var raw = server.Raw();
        var commits = Soak.Scale(1000);
        var since = Stopwatch.GetTimestamp();
        for (var i = 1; i <= commits; i++)
        {
            var snapshot = $$$"""
                {"requirements":[],"updates":[{"action":"add-snapshot","snapshot":{"snapshot-id":{{{i}}},{{{(i > 1 ? $"\"parent-snapshot-id\":{i - 1}," : "")}}}"sequence-number":{{{i}}},"timestamp-ms":{{{1800000000000 + i}}},
                 "manifest-list":"{{{place}}}/metadata/snap-{{{i}}}.avro","summary":{"operation":"append","added-data-files":"1","total-records":"{{{i}}}"},"schema-id":0}},
                 {"action":"set-snapshot-ref","ref-name":"main","type":"branch","snapshot-id":{{{i}}}}]}
                """;
            await raw.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/t", HttpStatusCode.OK, snapshot);
            if (i % (commits / 4) == 0)
            {
                output.WriteLine($"{i}: {Stopwatch.GetElapsedTime(since).TotalMilliseconds / (commits / 4):0.0} ms a commit");
                since = Stopwatch.GetTimestamp();
            }
        }

        var newest = await server.Service.MetadataLocationAsync("gold", "t");
        Assert.NotNull(files.TextOf(newest));
        since = Stopwatch.GetTimestamp();
        for (var i = 0; i < 20; i++)
        {
            using var loaded = await raw.GetAsync("iceberg/v1/namespaces/gold/tables/t");
            Assert.Equal(HttpStatusCode.OK, loaded.StatusCode);
        }

        output.WriteLine($"{Stopwatch.GetElapsedTime(since).TotalMilliseconds / 20:0.0} ms a load");
        var table = await server.Service.GetJsonAsync("iceberg/v1/namespaces/gold/tables/t");
        Assert.Equal(commits, table["metadata"]!["snapshots"]!.AsArray().Count);
        await server.Store.DeleteAsync(newest, TestContext.Current.CancellationToken);
        Assert.Equal(commits, (await server.Service.GetJsonAsync("iceberg/v1/namespaces/gold/tables/t"))["metadata"]!["snapshots"]!.AsArray().Count);
    }
}
