using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Iceberg.Rest;

namespace LakeAspire.Catalog.Api.Tests.Planning;

/// <summary>Scan planning over HTTP; every request and answer is held against the specification.</summary>
public sealed class PlanTests(PostgresServer postgres, ITestOutputHelper output)
{
    const string Table = "iceberg/v1/namespaces/gold/tables/t";

    [Fact]
    public async Task Plans_of_random_tables_have_the_files_that_our_own_planner_finds()
    {
        await using var server = await StartAsync(inline: 4, task: 3);
        output.WriteLine($"LAKEASPIRE_SEED={Soak.Seed}");
        var random = new Random(Soak.Seed);
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces", HttpStatusCode.OK, """{"namespace":["gold"]}""");
        var (plans, tasks, empty) = (0, 0, 0);
        for (var i = 0; i < Soak.Scale(40); i++)
        {
            var path = $"{Table}{i}";
            await server.User.CreateAsync("gold", $"t{i}", version: random.Next(2, 4));
            var metadata = await RandomAsync(server, path, random);
            for (var j = 0; j < 8; j++)
            {
                var (filter, request) = RandomRequest(random, metadata);
                var snapshot = request["snapshot-id"]?.GetValue<long>() is { } id ? metadata.SnapshotById(id)! : metadata.CurrentSnapshot!;
                var expected = await ScanPlanner.PlanFilesAsync(server.Store, metadata, snapshot, filter is null ? null : ExpressionJson.Parse(filter, new RestFields(metadata.CurrentSchema)))
                    .Select(file => PlannedTables.Line(file.File, file.Deletes.Select(delete => delete.File))).ToListAsync();
                var (files, count) = await server.User.FetchAsync(path, metadata, request.ToJsonString());
                Assert.Equal(expected.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
                (plans, tasks, empty) = (plans + 1, tasks + count, empty + (expected.Count == 0 ? 1 : 0));
            }
        }

        output.WriteLine($"{plans} plans, {tasks} tasks, {empty} plans without files");
        Assert.True(tasks > 0 && empty < plans);
    }

    [Fact]
    public async Task Incremental_plans_have_what_was_appended()
    {
        await using var server = await StartAsync(inline: 4, task: 3);
        var metadata = await FilledAsync(server, commits: 6);
        metadata = await server.CommitAsync(Table, table => new SnapshotChange { AddedDataFiles = [.. Enumerable.Range(0, 9).Select(i => PlannedTables.File(table, $"many{i}", i, i * 10))] });
        var snapshots = metadata.Snapshots;
        var request = $$"""{"start-snapshot-id":{{snapshots[1].SnapshotId}},"end-snapshot-id":{{snapshots[^1].SnapshotId}}}""";
        var expected = await AppendPlanner.PlanAsync(server.Store, metadata, snapshots[1].SnapshotId, snapshots[^1]).Select(file => PlannedTables.Line(file.File, [])).ToListAsync();
        Assert.Equal(4 + 9, expected.Count);
        var (files, tasks) = await server.User.FetchAsync(Table, metadata, request);
        Assert.Equal(expected, files);
        Assert.True(tasks > 1);
        var one = await server.User.FetchAsync(Table, metadata, $$"""{"start-snapshot-id":{{snapshots[1].SnapshotId}},"end-snapshot-id":{{snapshots[2].SnapshotId}},"filter":{"type":"gt-eq","term":"id","value":0} }""");
        Assert.Equal((1, 0), (one.Files.Count, one.Tasks));
        await server.User.SendAsync(HttpMethod.Post, Table + "/plan", HttpStatusCode.BadRequest, $$"""{"start-snapshot-id":{{snapshots[2].SnapshotId}},"end-snapshot-id":{{snapshots[1].SnapshotId}}}""");
    }

    [Fact]
    public async Task Snapshots_schemas_statistics_and_few_rows_are_as_asked()
    {
        await using var server = await StartAsync(inline: 100, task: 3);
        var metadata = await FilledAsync(server, commits: 5);
        var first = metadata.Snapshots[0];
        Assert.Single((await server.User.FetchAsync(Table, metadata, $$"""{"snapshot-id":{{first.SnapshotId}}}""")).Files);
        Assert.Equal(2, (await server.User.FetchAsync(Table, metadata, """{"min-rows-requested":15}""")).Files.Count);
        Assert.Equal(5, (await server.User.FetchAsync(Table, metadata, """{"min-rows-requested":15,"filter":{"type":"not-eq","term":"Name","value":"x"} }""")).Files.Count);
        Assert.Single((await server.User.FetchAsync(Table, metadata, """{"case-sensitive":false,"filter":{"type":"eq","term":"ID","value":25} }""")).Files);
        await server.User.SendAsync(HttpMethod.Post, Table + "/plan", HttpStatusCode.BadRequest, """{"filter":{"type":"eq","term":"ID","value":25} }""");

        var plan = PlannedTables.Read((await server.User.SendAsync(HttpMethod.Post, Table + "/plan", HttpStatusCode.OK, """{"stats-fields":["id"],"select":["id","Name"]}"""))!, metadata);
        Assert.All(plan.Files, file => Assert.Equal([1], file.File.ValueCounts!.Keys));
        Assert.All(plan.Files, file => Assert.Equal(8, file.File.LowerBounds![1].Length));
        Assert.Null(PlannedTables.Read((await server.User.SendAsync(HttpMethod.Post, Table + "/plan", HttpStatusCode.OK, "{}"))!, metadata).Files[0].File.ValueCounts);

        // The column has another name now, and its old one at the snapshot.
        await server.User.SendAsync(HttpMethod.Post, Table, HttpStatusCode.OK, $$"""
            {"requirements":[],"updates":[{"action":"add-schema","schema":{{PlannedTables.Schema.Replace("\"id\",\"req", "\"key\",\"req").Replace("\"schema-id\":0", "\"schema-id\":1")}}},{"action":"set-current-schema","schema-id":-1}]}
            """);
        await server.User.SendAsync(HttpMethod.Post, Table + "/plan", HttpStatusCode.OK, """{"filter":{"type":"eq","term":"key","value":25} }""");
        await server.User.SendAsync(HttpMethod.Post, Table + "/plan", HttpStatusCode.BadRequest, """{"filter":{"type":"eq","term":"id","value":25} }""");
        await server.User.SendAsync(HttpMethod.Post, Table + "/plan", HttpStatusCode.OK, $$"""{"snapshot-id":{{metadata.CurrentSnapshotId}},"use-snapshot-schema":true,"filter":{"type":"eq","term":"id","value":25} }""");
    }

    [Fact]
    public async Task Plans_and_tasks_are_found_by_any_instance_and_cannot_be_made_up()
    {
        await using var server = await StartAsync(inline: 2, task: 2);
        var metadata = await FilledAsync(server, commits: 5);
        await using var other = await CatalogServer.StartAsync(server.ConnectionString, server.Warehouse);
        var plan = (await server.User.SendAsync(HttpMethod.Post, Table + "/plan", HttpStatusCode.OK, """{"filter":{"type":"gt","term":"id","value":5} }"""))!;
        var id = plan["plan-id"]!.GetValue<string>();
        var again = PlannedTables.Read((await other.User.GetJsonAsync($"{Table}/plan/{id}")), metadata);
        Assert.Equal(5, again.Files.Count);
        var task = plan["plan-tasks"]![0]!.GetValue<string>();

        // The table moves on; the plan stays what it was.
        await server.CommitAsync(Table, table => new SnapshotChange { AddedDataFiles = [PlannedTables.File(table, "later", 1, 700)] });
        var part = PlannedTables.Read((await other.User.SendAsync(HttpMethod.Post, Table + "/tasks", HttpStatusCode.OK, new JsonObject { ["plan-task"] = task }.ToJsonString()))!, metadata);
        Assert.Equal(2, part.Files.Count);
        await server.User.SendAsync(HttpMethod.Delete, $"{Table}/plan/{id}", HttpStatusCode.NoContent);

        await server.User.CreateAsync("gold", "other");
        foreach (var (path, token) in new[] { (Table, task[..^1] + (task[^1] == 'A' ? 'B' : 'A')), (Table, id), (Table, "x"), (Table, ""), ("iceberg/v1/namespaces/gold/tables/other", task) })
        {
            var error = await server.User.SendAsync(HttpMethod.Post, path + "/tasks", HttpStatusCode.NotFound, new JsonObject { ["plan-task"] = token }.ToJsonString());
            Assert.Equal("NoSuchPlanTaskException", error!["error"]!["type"]!.GetValue<string>());
        }

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete })
        {
            Assert.Equal("NoSuchPlanIdException", (await server.User.SendAsync(method, $"{Table}/plan/{task}", HttpStatusCode.NotFound))!["error"]!["type"]!.GetValue<string>());
            Assert.Equal("NoSuchPlanIdException", (await server.User.SendAsync(method, $"{Table}/plan/nothing", HttpStatusCode.NotFound))!["error"]!["type"]!.GetValue<string>());
        }

        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/none/plan", HttpStatusCode.NotFound, "{}");
        await server.User.SendAsync(HttpMethod.Post, Table + "/tasks", HttpStatusCode.BadRequest, "{}");
        await server.User.SendAsync(HttpMethod.Post, Table + "/plan", HttpStatusCode.BadRequest, "[");
        await server.User.SendAsync(HttpMethod.Post, Table + "/plan", HttpStatusCode.BadRequest, """{"snapshot-id":1}""");
        await server.User.SendAsync(HttpMethod.Post, Table + "/plan", HttpStatusCode.BadRequest, """{"select":["nothing"]}""");
    }

    [Fact]
    public async Task A_filter_too_long_to_be_carried_about_is_answered_at_once()
    {
        await using var server = await StartAsync(inline: 1, task: 1);
        var metadata = await FilledAsync(server, commits: 4);
        var random = new Random(1);
        var request = $$"""{"filter":{"type":"in","term":"id","values":[{{string.Join(",", Enumerable.Range(0, 5000).Select(_ => random.NextInt64(1000, long.MaxValue)).Append(15))}}]} }""";
        var plan = (await server.User.SendAsync(HttpMethod.Post, Table + "/plan", HttpStatusCode.OK, request))!;
        Assert.Null(plan["plan-tasks"]);
        Assert.Single(PlannedTables.Read(plan, metadata).Files);
        Assert.Equal(4, (await PlanOfAsync(server, plan["plan-id"]!.GetValue<string>(), metadata)));
    }

    [Fact]
    public async Task A_table_without_snapshots_has_an_empty_plan()
    {
        await using var server = await StartAsync(inline: 1, task: 1);
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces", HttpStatusCode.OK, """{"namespace":["gold"]}""");
        await server.User.CreateAsync("gold", "t");
        Assert.Empty((await server.User.FetchAsync(Table, await server.User.LoadAsync(Table), """{"filter":{"type":"eq","term":"id","value":1} }""")).Files);
    }

    static async Task<int> PlanOfAsync(CatalogServer server, string id, TableMetadata metadata)
    {
        var plan = PlannedTables.Read(await server.User.GetJsonAsync($"{Table}/plan/{id}"), metadata);
        return plan.Files.Count + plan.PlanTasks.Count;
    }

    Task<CatalogServer> StartAsync(int inline, int task) =>
        CatalogServer.StartAsync(postgres, configure: null, $"--Catalog:Planning:InlineFiles={inline}", $"--Catalog:Planning:TaskFiles={task}");

    static async Task<TableMetadata> FilledAsync(CatalogServer server, int commits)
    {
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces", HttpStatusCode.OK, """{"namespace":["gold"]}""");
        await server.User.CreateAsync("gold", "t");
        for (var i = 0; i < commits - 1; i++)
        {
            await server.CommitAsync(Table, table => new SnapshotChange { AddedDataFiles = [PlannedTables.File(table, $"f{i}", i, i * 10)] });
        }

        return await server.CommitAsync(Table, table => new SnapshotChange { AddedDataFiles = [PlannedTables.File(table, "last", commits, (commits - 1) * 10)] });
    }

    static async Task<TableMetadata> RandomAsync(CatalogServer server, string path, Random random)
    {
        var metadata = await server.User.LoadAsync(path);
        var files = new List<DataFile>();
        var commits = random.Next(1, 8);
        for (var i = 0; i < commits; i++)
        {
            var added = Enumerable.Range(0, random.Next(1, 5)).Select(j => PlannedTables.File(metadata, $"f{i}-{j}", random.Next(6) == 0 ? null : random.Next(0, 4), random.Next(0, 50) * 10)).ToList();
            var target = files.Count > 0 && random.Next(2) == 0 ? files[random.Next(files.Count)] : null;
            metadata = await server.CommitAsync(path, _ => new SnapshotChange { AddedDataFiles = added, AddedDeleteFiles = target is null ? [] : [Deletes(metadata, $"d{i}", target, random)] });
            files.AddRange(added);
            if (target is not null)
            {
                files.Remove(target);
            }
        }

        return metadata;
    }

    static DataFile Deletes(TableMetadata metadata, string name, DataFile target, Random random)
    {
        var file = new DataFile { FilePath = $"{metadata.Location}/data/{name}.parquet", RecordCount = 3, FileSizeInBytes = 100, Partition = target.Partition };
        return metadata.FormatVersion == 3 && random.Next(2) == 0
            ? file with { Content = FileContent.PositionDeletes, FileFormat = "PUFFIN", FilePath = $"{metadata.Location}/data/{name}.puffin", ReferencedDataFile = target.FilePath, ContentOffset = 4, ContentSizeInBytes = 40 }
            : metadata.FormatVersion == 3 || random.Next(2) == 0
                ? file with { Content = FileContent.EqualityDeletes, EqualityIds = [1] }
                : file with { Content = FileContent.PositionDeletes };
    }

    static (string? Filter, JsonObject Request) RandomRequest(Random random, TableMetadata metadata)
    {
        var filter = random.Next(5) switch
        {
            0 => null,
            1 => $$"""{"type":"lt","term":"id","value":{{random.Next(0, 500)}} }""",
            2 => $$"""{"type":"in","term":"day","values":["1970-01-0{{random.Next(1, 5)}}","1970-01-0{{random.Next(1, 5)}}"]}""",
            3 => """{"type":"not","child":{"type":"is-null","child":{"type":"reference","id":2}}}""",
            _ => $$"""{"type":"and","right":{"type":"not-eq","term":"day","value":"1970-01-02"},"left":{"type":"gt-eq","term":"id","value":{{random.Next(0, 500)}} } }""",
        };
        var request = new JsonObject();
        if (filter is not null)
        {
            request["filter"] = JsonNode.Parse(filter);
        }

        if (random.Next(3) == 0)
        {
            request["snapshot-id"] = metadata.Snapshots[random.Next(metadata.Snapshots.Count)].SnapshotId;
        }

        return (filter, request);
    }
}
