using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Testing.Postgres;
using Lakehouse.Engine;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests.Verification;

/// <summary>The store is held against the catalog: what is missing is named, whichever branch needs it.</summary>
public sealed class VerifyTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_store_that_has_everything_is_found_to()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a", "b");
        var lines = await VerifyAsync(lake);
        var summary = Assert.Single(lines, line => line["line"]!.GetValue<string>() == "summary");
        Assert.Equal((1, 0L), (summary["tables"]!.GetValue<int>(), summary["faults"]!.GetValue<long>()));

        // Metadata, list, manifest, two data files.
        Assert.Equal(5, summary["files"]!.GetValue<long>());
    }

    [Fact]
    public async Task Every_kind_of_missing_file_is_named_with_its_table()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a", "b");
        await lake.CreateAsync(TableIdentifier.Parse("bronze.whole"), "c");
        foreach (var location in await lake.ObjectsAsync())
        {
            if (!location.Contains("/events-", StringComparison.Ordinal) || location.EndsWith(".metadata.json", StringComparison.Ordinal) && !await IsCurrentAsync(lake, location))
            {
                continue;
            }

            var content = await TakeAwayAsync(lake, location);
            var fault = Assert.Single(await FaultsAsync(lake));
            Assert.Equal(("missing", "bronze.events", "main", location), (fault["kind"]!.GetValue<string>(), fault["table"]!.GetValue<string>(), fault["branch"]!.GetValue<string>(), fault["location"]!.GetValue<string>()));
            await PutAsync(lake, location, [.. content, 0]);
            if (location.EndsWith(".parquet", StringComparison.Ordinal))
            {
                Assert.Equal("different", Assert.Single(await FaultsAsync(lake))["kind"]!.GetValue<string>());
            }

            await lake.Server.Store.DeleteAsync(location);
            await PutAsync(lake, location, content);
        }

        Assert.Empty(await FaultsAsync(lake));
    }

    [Fact]
    public async Task Files_that_only_a_branch_or_an_old_snapshot_needs_are_missed_too()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a");
        using (var made = await lake.Server.User.PostAsync("api/branches", new StringContent("""{"name":"dev"}""")))
        {
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        }

        // main drops the table; dev shows it.
        using (var dropped = await lake.Server.Service.DeleteAsync("iceberg/v1/namespaces/bronze/tables/events"))
        {
            Assert.Equal(HttpStatusCode.NoContent, dropped.StatusCode);
        }

        var data = (await lake.ObjectsAsync()).Single(location => location.EndsWith("/a.parquet", StringComparison.Ordinal));
        await TakeAwayAsync(lake, data);
        var fault = Assert.Single(await FaultsAsync(lake));
        Assert.Equal(("dev", data), (fault["branch"]!.GetValue<string>(), fault["location"]!.GetValue<string>()));
        using (var gone = await lake.Server.User.DeleteAsync("api/branches/dev"))
        {
            Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        }

        Assert.Empty(await FaultsAsync(lake));
    }

    [Fact]
    public async Task A_deep_look_reads_the_footers()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        await lake.CreateAsync(TestLake.Events, "a");
        Assert.Empty(await FaultsAsync(lake));

        // The test's data file is no Parquet, of which its size tells nothing.
        var fault = Assert.Single(await FaultsAsync(lake, "?deep=true"));
        Assert.Equal("unreadable", fault["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_deep_look_finds_a_file_that_has_other_rows_than_its_manifest_says_and_passes_whole_ones()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        var files = new List<string>();
        await using (var transaction = lake.Lake.BeginTransaction("test", "rows"))
        {
            var table = await transaction.OpenOrCreateAsync(TestLake.Events, await SchemaInference.InferAsync(connection, "SELECT 1::BIGINT AS id"));
            for (var i = 0; i < 3; i++)
            {
                files.AddRange((await transaction.AppendQueryAsync(connection, table, $"SELECT r AS id FROM range({1000 + i}) t(r)")).Select(f => f.FilePath));
            }

            Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync());
        }

        Assert.Empty(await FaultsAsync(lake, "?deep=true"));
        Assert.Equal(3, files.Count);

        // The content of another file, filled up to the same size where that has to be.
        var path = Lakehouse.Storage.LocalPath.FromLocation(files[0]);
        var size = new FileInfo(path).Length;
        await connection.ExecuteAsync($"COPY (SELECT 1::BIGINT AS id) TO {SqlText.Literal(path)} (FORMAT parquet)");
        var other = await File.ReadAllBytesAsync(path);
        Assert.True(other.Length <= size, "the other file is the larger one");
        await File.WriteAllBytesAsync(path, [.. "PAR1"u8, .. new byte[size - other.Length], .. other[4..]]);
        Assert.Empty(await FaultsAsync(lake));
        var fault = Assert.Single(await FaultsAsync(lake, "?deep=true"));
        Assert.Equal(("different", files[0]), (fault["kind"]!.GetValue<string>(), fault["location"]!.GetValue<string>()));
        Assert.Contains("1 rows", fault["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_tables_are_looked_at_together_and_each_fault_is_told_once()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        var tables = Enumerable.Range(0, 20).Select(i => TableIdentifier.Parse($"bronze.t{i}")).ToList();
        foreach (var table in tables)
        {
            await lake.CreateAsync(table, $"{table.Name}-a", $"{table.Name}-b");
        }

        foreach (var location in (await lake.ObjectsAsync()).Where(location => location.EndsWith("-a.parquet", StringComparison.Ordinal)))
        {
            await lake.Server.Store.DeleteAsync(location);
        }

        var lines = await VerifyAsync(lake);
        Assert.Equal(tables.Select(t => t.ToString()).Order(StringComparer.Ordinal), lines.Where(l => l["line"]!.GetValue<string>() == "fault").Select(l => l["table"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.Equal((20, 20L, 100L), (lines[^1]["tables"]!.GetValue<int>(), lines[^1]["faults"]!.GetValue<long>(), lines[^1]["files"]!.GetValue<long>()));
        Assert.Equal(20, lines.Where(l => l["line"]!.GetValue<string>() == "progress").Max(l => l["tables"]!.GetValue<int>()));
    }

    static async Task<bool> IsCurrentAsync(TestLake lake, string location) =>
        JsonNode.Parse(await lake.Server.Service.GetStringAsync("iceberg/v1/namespaces/bronze/tables/events"))!["metadata-location"]!.GetValue<string>() == location;

    static async Task<byte[]> TakeAwayAsync(TestLake lake, string location)
    {
        using var content = new MemoryStream();
        await using (var stream = await lake.Server.Store.OpenReadAsync(location))
        {
            await stream.CopyToAsync(content);
        }

        await lake.Server.Store.DeleteAsync(location);
        return content.ToArray();
    }

    static async Task PutAsync(TestLake lake, string location, byte[] content)
    {
        using var stream = new MemoryStream(content);
        await lake.Server.Store.PutIfAbsentAsync(location, stream);
    }

    static async Task<List<JsonNode>> FaultsAsync(TestLake lake, string query = "") => [.. (await VerifyAsync(lake, query)).Where(line => line["line"]!.GetValue<string>() == "fault")];

    static async Task<List<JsonNode>> VerifyAsync(TestLake lake, string query = "")
    {
        using var response = await lake.Server.User.PostAsync("api/verify" + query, content: null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal("summary", lines[^1]["line"]!.GetValue<string>());
        return lines;
    }
}
