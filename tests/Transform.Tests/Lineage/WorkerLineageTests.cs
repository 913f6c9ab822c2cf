using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Testing;
using LakeAspire.Testing.Postgres;
using LakeAspire.Transform.Worker.Tests.Pipelines;
using Npgsql;

namespace LakeAspire.Transform.Worker.Tests.Lineage;

/// <summary>What a worker does is in the catalog's lineage: tables, columns, versions, rows, in events that OpenLineage's schemas accept.</summary>
public sealed class WorkerLineageTests(PostgresServer postgres)
{
    static readonly (string, string)[] Shop =
    [
        ("models/sources.yml", "sources:\n  - name: bronze\n    tables: [{name: orders}]\n"),
        ("models/clean.sql", "{{ config(schema='silver') }}\nselect id, price * 2 as twice from {{ source('bronze', 'orders') }} where id > 0"),
        ("models/total.sql", "with c as (select * from {{ ref('clean') }})\nselect sum(twice) as total, count(*) as n from c"),
    ];

    [Fact]
    public async Task A_run_tells_of_its_tables_columns_versions_and_rows()
    {
        await using var lab = await PipelineLab.StartAsync(postgres, Shop);
        await lab.AppendAsync("bronze.orders", "SELECT * FROM (VALUES (1, 10), (2, 20), (0, 5)) v(id, price)");
        await lab.StartWorkerAsync();
        var run = (await lab.RequestRunAsync()).GetProperty("id").GetInt64();
        var ended = await lab.EndedAsync(run);
        Assert.Equal("succeeded", PipelineLab.StateOf(ended));
        var commit = ended.GetProperty("commitId").GetInt64();
        await Until.TrueAsync(async () => (await TryGraphAsync(lab, "api/lineage/graph?table=gold.total&direction=upstream"))?["edges"]!.AsArray().Count == 2, "the run's lineage is told");

        var column = (await TryGraphAsync(lab, "api/lineage/graph?table=gold.total&column=total&direction=upstream"))!;
        var names = column["nodes"]!.AsArray().ToDictionary(n => n!["id"]!.GetValue<string>(), n => n!["name"]!.GetValue<string>());
        Assert.Equal(
            ["bronze.orders.id>silver.clean. false", "bronze.orders.price>silver.clean.twice true", "silver.clean.twice>gold.total.total true"],
            column["columns"]!.AsArray().Select(c => $"{names[c!["from"]!.GetValue<string>()]}.{c["fromColumn"]}>{names[c["to"]!.GetValue<string>()]}.{c["toColumn"]} {c["direct"]}").Order(StringComparer.Ordinal));

        var version = (await TryGraphAsync(lab, "api/lineage/versions?table=silver.clean"))!;
        var source = (await lab.Lake.LoadTableAsync(Lakehouse.Tables.TableIdentifier.Parse("bronze.orders"))).CurrentSnapshot!.SnapshotId;
        var made = (await lab.Lake.LoadTableAsync(Lakehouse.Tables.TableIdentifier.Parse("silver.clean"))).CurrentSnapshot!.SnapshotId;
        Assert.Equal((commit, $"{made}"), (version["commitId"]!.GetValue<long>(), version["snapshotId"]!.GetValue<string>()));
        Assert.Equal("shop.silver.clean", version["run"]!["job"]!["name"]!.GetValue<string>());
        Assert.Equal($"{source}", version["run"]!["inputs"]![0]!["snapshotId"]!.GetValue<string>());
        Assert.Equal((2L, $"{made}"), (version["run"]!["outputs"]![0]!["rows"]!.GetValue<long>(), version["run"]!["outputs"]![0]!["snapshotId"]!.GetValue<string>()));
        Assert.True(version["run"]!["outputs"]![0]!["bytes"]!.GetValue<long>() > 0);
    }

    [Fact]
    public async Task A_run_that_fails_tells_why_and_has_made_nothing()
    {
        await using var lab = await PipelineLab.StartAsync(postgres, [.. Shop[..2], ("models/total.sql", "select sum(nothing) as total from {{ ref('clean') }}")]);
        await lab.AppendAsync("bronze.orders", "SELECT 1 AS id, 2 AS price");
        await lab.StartWorkerAsync();
        var run = (await lab.RequestRunAsync()).GetProperty("id").GetInt64();
        Assert.Equal("failed", PipelineLab.StateOf(await lab.EndedAsync(run)));
        JsonArray runs = [];
        await Until.TrueAsync(async () => (runs = (await TryGraphAsync(lab, "api/lineage/runs"))!["runs"]!.AsArray()).Count >= 3 && runs.All(r => r!["state"]!.GetValue<string>() is "fail" or "abort"), "the failure is told");
        Assert.Contains("nothing", runs.First(r => r!["job"]!["name"]!.GetValue<string>() == "shop.gold.total")!["error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("abort", runs.First(r => r!["job"]!["name"]!.GetValue<string>() == "shop.silver.clean")!["state"]!.GetValue<string>());
        Assert.Null(await TryGraphAsync(lab, "api/lineage/graph?table=gold.total"));
    }

    [Fact]
    public async Task Whoever_finds_the_commit_of_a_worker_that_died_completes_its_lineage()
    {
        await using var lab = await PipelineLab.StartAsync(postgres, Shop);
        await lab.AppendAsync("bronze.orders", "SELECT 1 AS id, 2 AS price");
        var worker = await lab.StartWorkerAsync();
        var id = (await lab.RequestRunAsync()).GetProperty("id").GetInt64();
        await lab.EndedAsync(id);
        await Until.TrueAsync(async () => (await TryGraphAsync(lab, "api/lineage/graph?table=gold.total"))?["edges"]!.AsArray().Count == 2, "the run's lineage is told");

        // As if the last events had not been sent, and the run had been taken over.
        await ExecuteAsync(lab, "DELETE FROM lineage_events; DELETE FROM lineage_builds; UPDATE lineage_runs SET document = document #- '{types,COMPLETE}', state = 'running', ended_at = NULL");
        await ExecuteAsync(lab, $"UPDATE runs SET state = 'queued', finished_at = NULL, lease_owner = NULL WHERE id = {id}");
        await lab.EndedAsync(id);
        await Until.TrueAsync(async () => (await TryGraphAsync(lab, "api/lineage/graph?table=gold.total&column=total&direction=upstream"))?["columns"]!.AsArray().Count == 3, "the lineage is whole again");
    }

    [Fact]
    public async Task Its_events_are_what_OpenLineage_specifies()
    {
        var golden = Needs.Golden("openlineage");
        await using var lab = await PipelineLab.StartAsync(postgres, Shop);
        await lab.AppendAsync("bronze.orders", "SELECT 1 AS id, 2 AS price");
        await lab.StartWorkerAsync();
        await lab.EndedAsync((await lab.RequestRunAsync()).GetProperty("id").GetInt64());
        lab.Write("models/total.sql", "select nothing from {{ ref('clean') }}");
        await lab.EndedAsync((await lab.RequestRunAsync()).GetProperty("id").GetInt64());
        await Until.TrueAsync(async () => (await TryGraphAsync(lab, "api/lineage/runs"))!["runs"]!.AsArray().Select(r => $"{r!["job"]!["name"]} {r["state"]}").ToHashSet() is var told && told.Contains("shop.gold.total fail") && told.Contains("shop.gold.total complete"), "both runs are told");
        var schemas = new OpenLineageSchemas(golden);
        var events = await EventsAsync(lab);
        Assert.True(events.Count >= 12);
        Assert.All(events, happened => Assert.Empty(schemas.Problems(happened)));
        Assert.Superset(new HashSet<string> { "columnLineage", "version", "outputStatistics", "sql", "parent", "errorMessage", "lifecycleStateChange" }, schemas.Checked);

        // A checker that finds nothing wrong in anything would be none.
        var broken = events.First(e => e["outputs"]!.AsArray().Any(o => o!["facets"]!["columnLineage"] is not null)).DeepClone();
        ((JsonObject)broken["outputs"]![0]!["facets"]!["columnLineage"]!).Remove("fields");
        ((JsonObject)broken).Remove("producer");
        Assert.Equal(2, schemas.Problems(broken).Count);
    }

    static async Task<JsonNode?> TryGraphAsync(PipelineLab lab, string path)
    {
        using var response = await lab.Service.GetAsync(path);
        return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync()) : null;
    }

    static async Task ExecuteAsync(PipelineLab lab, string sql)
    {
        await using var connection = new NpgsqlConnection(lab.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    static async Task<List<JsonNode>> EventsAsync(PipelineLab lab)
    {
        await using var connection = new NpgsqlConnection(lab.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT event::text FROM lineage_events ORDER BY id", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var events = new List<JsonNode>();
        while (await reader.ReadAsync())
        {
            events.Add(JsonNode.Parse(reader.GetString(0))!);
        }

        return events;
    }
}
