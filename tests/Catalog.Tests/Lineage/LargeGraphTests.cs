using System.Diagnostics;
using LakeAspire.Catalog.Lineage.Queries;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Npgsql;

namespace LakeAspire.Catalog.Api.Tests.Lineage;

/// <summary>A graph of 100,000 edges: a question is answered by index, whatever the size of the rest.</summary>
public sealed class LargeGraphTests(PostgresServer postgres, ITestOutputHelper output)
{
    // Layers of 100 tables of ten columns; each table is made of two of the layer before, each column of the two of its name, and each table was made twice: 108,000 edges.
    const string Fill = """
        INSERT INTO lineage_datasets (id, namespace, name, table_namespace, table_name, facets) SELECT i, 'lake', format('big.t%s', i), 'big', format('t%s', i), '{}' FROM generate_series(1, 5000) i;
        INSERT INTO lineage_jobs (id, namespace, name, facets) SELECT i, 'jobs', format('make t%s', i), '{}' FROM generate_series(1, 5000) i;
        INSERT INTO lineage_flows (id, job_id, dataset_id, digest, untraced) SELECT i, i, i, format('d%s', i), '{}' FROM generate_series(101, 5000) i;
        INSERT INTO lineage_edges (flow_id, source_id, kind) SELECT i, i - s, 0 FROM generate_series(101, 5000) i, (VALUES (100), (99)) v(s);
        INSERT INTO lineage_edges (flow_id, source_id, kind, source_column, target_column) SELECT i, i - s, 1, format('c%s', c), format('c%s', c) FROM generate_series(101, 5000) i, (VALUES (100), (99)) v(s), generate_series(0, 9) c;
        INSERT INTO lineage_builds (job_id, dataset_id, branch, at, flow_id, replaces) SELECT i, i, 'main', timestamptz '2026-11-20 12:00Z' + h * interval '1 hour', i, true FROM generate_series(101, 5000) i, generate_series(0, 1) h;
        ANALYZE lineage_datasets, lineage_flows, lineage_edges, lineage_builds, lineage_jobs;
        """;

    [Fact]
    public async Task Upstream_and_downstream_of_a_table_and_of_a_column_as_of_a_time_are_found_by_index()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await ExecuteAsync(server, Fill);
        foreach (var (what, question) in ((string, string)[])
        [
            ("table, upstream", "table=big.t2500&direction=upstream&depth=5"), ("table, downstream", "table=big.t2500&direction=downstream&depth=5"),
            ("column, upstream", "table=big.t2500&column=c3&direction=upstream&depth=5"), ("column, downstream", "table=big.t2500&column=c3&direction=downstream&depth=5"),
            ("table, all the way, upstream", "table=big.t2500&direction=upstream&depth=50&limit=2000"),
        ])
        {
            await server.User.GetJsonAsync($"api/lineage/graph?{question}&asOf=2026-11-20T12:30:00Z");
            var times = new List<double>();
            var nodes = 0;
            for (var i = 0; i < 7; i++)
            {
                var since = Stopwatch.GetTimestamp();
                var graph = await server.User.GetJsonAsync($"api/lineage/graph?{question}&asOf=2026-11-20T12:30:00Z");
                times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
                nodes = graph["nodes"]!.AsArray().Count;
            }

            output.WriteLine($"{what}: {nodes} tables, median {times.Order().ElementAt(3):0.0} ms");
            Assert.True(nodes >= 6, $"{what}: {nodes} nodes");
        }

        object[] moment = [new[] { "main" }, new[] { Events.Noon.AddDays(2) }, 10_000];
        foreach (var (statement, parameters) in ((string, object[])[])
        [
            (LineageReads.Upstream, [new[] { 2500L }, .. moment, new short[] { 0 }]), (LineageReads.Downstream, [new[] { 2500L }, .. moment, new short[] { 0 }]),
            (LineageReads.UpstreamColumns, [new[] { 2500L }, .. moment, new[] { "c3" }]), (LineageReads.DownstreamColumns, [new[] { 2500L }, .. moment, new[] { "c3" }]),
            (LineageReads.Session.OfTable, ["big", "t2500"]),
        ])
        {
            Assert.DoesNotContain("Seq Scan on lineage_", await PlanAsync(server, statement, parameters), StringComparison.Ordinal);
        }
    }

    static async Task<string> PlanAsync(CatalogServer server, string statement, object[] parameters)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"EXPLAIN {statement}", connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        Assert.Contains(lines, line => line.Contains("lineage_", StringComparison.Ordinal));
        return string.Join('\n', lines);
    }

    static async Task ExecuteAsync(CatalogServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync();
    }
}
