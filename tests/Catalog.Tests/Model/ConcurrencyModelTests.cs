using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;
using Npgsql;

namespace LakeAspire.Catalog.Api.Tests.Model;

/// <summary>Many clients over several instances of the catalog, which are killed and cut off the database: nothing that was acknowledged is lost, doubled or seen by halves.</summary>
public sealed partial class ConcurrencyModelTests(PostgresServer postgres, ITestOutputHelper output)
{
    const int Clients = 16;
    const int Instances = 3;

    [Fact]
    public async Task Whatever_dies_every_acknowledged_commit_is_there_once_and_positions_match_the_rows()
    {
        output.WriteLine($"seed {Soak.Seed}, factor {Soak.Factor}");
        using var folder = new TempFolder();
        var warehouse = LocalPath.ToLocation(folder.Below("warehouse"));
        var database = await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        var processes = Enumerable.Range(0, Instances).Select(_ => CatalogProcess.Start(database, warehouse)).ToList();
        try
        {
            var instances = (await Task.WhenAll(processes.Select(async process => new ModelInstance(process, await process.ReadyAsync())))).ToList();
            await instances[0].Client.CreateTablesAsync("model", [.. Enumerable.Range(0, ModelClient.Tables).Select(i => $"t{i}"), "left", "right"]);
            var store = ObjectStores.Open(warehouse);
            var log = new ModelLog();
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(Math.Max(10, 60 * Soak.Factor)));
            var clients = Enumerable.Range(0, Clients).Select(id => Task.Run(() => new ModelClient(id, instances, store, log, new Random(Soak.Seed + id)).RunAsync(stop.Token))).ToList();
            var disturbing = DisturbAsync(processes, database, new Random(Soak.Seed - 1), stop.Token);
            await Task.WhenAll(clients);
            await disturbing;

            output.WriteLine(string.Join(", ", log.Acts.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key} {a.Value}")) + $"; refused {log.Refused.Count}, unknown {log.Unknown.Count}");
            await using var connection = new NpgsqlConnection(database);
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await CheckLogAsync(connection, log);
            await CheckReadsAsync(instances[0].Client, log);
            await CheckRowsAsync(instances[1].Client, store);
            Assert.True(log.Acts.GetValueOrDefault("append") > 0 && log.Acts.GetValueOrDefault("merge") > 0 && log.Acts.GetValueOrDefault("read") > 0, "too little happened");
        }
        finally
        {
            processes.ForEach(process => process.Dispose());
        }
    }

    /// <summary>Kills instances, and cuts connections to the database.</summary>
    static async Task DisturbAsync(List<CatalogProcess> instances, string database, Random random, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.5));
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                if (random.Next(2) == 0)
                {
                    var instance = instances[random.Next(instances.Count)];
                    await instance.KillAsync();
                    await instance.StartAgainAsync();
                }
                else
                {
                    await using var connection = new NpgsqlConnection(database);
                    await connection.OpenAsync(CancellationToken.None);
                    await using var command = new NpgsqlCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'catalog-api' AND random() < 0.3", connection);
                    await command.ExecuteNonQueryAsync(CancellationToken.None);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }
    }

    /// <summary>Every acknowledged commit is in the log exactly once, under the id that was answered; what was refused is not there; what nobody knew is there at most once.</summary>
    static async Task CheckLogAsync(NpgsqlConnection connection, ModelLog log)
    {
        var found = new Dictionary<string, List<long>>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand("SELECT message, id FROM commits", connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            (found.TryGetValue(reader.GetString(0), out var ids) ? ids : found[reader.GetString(0)] = []).Add(reader.GetInt64(1));
        }

        foreach (var (message, id) in log.Acknowledged)
        {
            Assert.True(found.TryGetValue(message, out var ids) && ids is [var only] && only == id, $"'{message}' was acknowledged as {id}; the log has {string.Join(',', found.GetValueOrDefault(message) ?? [])}");
        }

        Assert.All(log.Refused.Keys, message => Assert.False(found.ContainsKey(message), $"'{message}' was refused and is in the log"));
        Assert.All(log.Unknown.Keys, message => Assert.True(found.GetValueOrDefault(message) is null or [_], $"'{message}' is in the log more than once"));
    }

    /// <summary>A state of the past is what it was when it was read.</summary>
    static async Task CheckReadsAsync(HttpClient client, ModelLog log)
    {
        Assert.NotEmpty(log.Seen);
        foreach (var seen in log.Seen.GroupBy(s => (s.Reference, s.Table)))
        {
            using var response = await client.GetAsync($"iceberg/v1/{seen.Key.Reference.Replace("@", "~40", StringComparison.Ordinal)}/namespaces/model/tables/{seen.Key.Table}");
            var now = response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync())!["metadata-location"]!.GetValue<string>() : null;
            Assert.All(seen, s => Assert.Equal(now, s.Metadata));
        }
    }

    /// <summary>On every branch, the rows of each writer are those up to its cursor, each once.</summary>
    static async Task CheckRowsAsync(HttpClient client, IObjectStore store)
    {
        var branches = (await client.GetJsonAsync("api/branches"))["branches"]!.AsArray().Select(b => b!["name"]!.GetValue<string>()).ToList();
        foreach (var branch in branches)
        {
            var rows = new Dictionary<string, List<int>>(StringComparer.Ordinal);
            for (var table = 0; table < ModelClient.Tables; table++)
            {
                var loaded = await client.GetJsonAsync($"iceberg/v1/{branch}/namespaces/model/tables/t{table}");
                var metadata = TableMetadataJson.Parse(System.Text.Encoding.UTF8.GetBytes(loaded["metadata"]!.ToJsonString()));
                if (metadata.CurrentSnapshot is null)
                {
                    continue;
                }

                await foreach (var entry in ScanPlanner.ReadEntriesAsync(store, metadata, await ManifestListReader.ReadAsync(store, metadata.CurrentSnapshot), default))
                {
                    var name = FileName().Match(entry.DataFile.FilePath);
                    var scope = name.Groups["scope"].Value;
                    (rows.TryGetValue(scope, out var numbers) ? numbers : rows[scope] = []).Add(int.Parse(name.Groups["number"].Value, CultureInfo.InvariantCulture));
                }
            }

            var cursors = (await client.GetJsonAsync($"api/positions?branch={branch}"))["cursors"]!.AsArray()
                .ToDictionary(c => c!["scope"]!.GetValue<string>().Replace('/', '-'), c => int.Parse(c!["value"]!.GetValue<string>(), CultureInfo.InvariantCulture), StringComparer.Ordinal);
            Assert.Equal(cursors.Keys.Order(StringComparer.Ordinal), rows.Keys.Order(StringComparer.Ordinal));
            Assert.All(rows, scope => Assert.Equal(Enumerable.Range(1, cursors[scope.Key]), scope.Value.Order()));
        }
    }

    [GeneratedRegex(@"/(?<scope>[^/]+)-(?<number>\d+)\.parquet$", RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();
}
