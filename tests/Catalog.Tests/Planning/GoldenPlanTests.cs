using System.Text.Json;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Planning;
using LakeAspire.ServiceDefaults.Authentication;
using LakeAspire.Testing;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Iceberg.Rest;
using Lakehouse.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Api.Tests.Planning;

/// <summary>Plans of tables that other implementations wrote, cut into tasks, are those of our own planner, at every snapshot.</summary>
public sealed class GoldenPlanTests(ITestOutputHelper output)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("spark-iceberg")]
    [InlineData("spark-iceberg-v3")]
    [InlineData("flink-iceberg")]
    [InlineData("pyiceberg")]
    public async Task Tasks_together_are_the_plan(string golden)
    {
        var (plans, files, tasks) = (0, 0, 0);
        foreach (var facts in Directory.GetFiles(Needs.Golden(golden), "case.json", SearchOption.AllDirectories))
        {
            var folder = Path.GetDirectoryName(facts)!;
            var table = await TableFolder.OpenAsync(ObjectStores.Open(LocalPath.ToLocation(folder)), LocalPath.ToLocation($"{folder}/table"), null, Stop);
            var tokens = new SealedTokens(Options.Create(new LakeAuthOptions { ServiceKey = new string('k', 40) }));
            using var metadataFiles = new MetadataFiles(table.Store, Options.Create(new CatalogOptions()), NullLogger<MetadataFiles>.Instance);
            var scans = new ScanPlans(table.Store, metadataFiles, tokens, Options.Create(new PlanningOptions { InlineFiles = 1, TaskFiles = 2 }), TimeProvider.System);
            foreach (var snapshot in table.Metadata.Snapshots)
            {
                if (snapshot.ManifestList is { } list && await table.Store.StatAsync(list, Stop) is null)
                {
                    continue;
                }

                var expected = await ScanPlanner.PlanFilesAsync(table.Store, table.Metadata, snapshot, cancellationToken: Stop).Select(file => PlannedTables.Line(file.File, file.Deletes.Select(delete => delete.File))).ToListAsync(Stop);
                var id = Guid.NewGuid();
                var plan = await scans.PlanAsync(id, table.MetadataLocation, new PlanTableScanRequest { SnapshotId = snapshot.SnapshotId, StatsFields = [.. table.Metadata.CurrentSchema.Fields.Select(f => f.Name)] }, Stop);
                var found = await LinesAsync(plan);
                foreach (var task in plan.Tasks)
                {
                    found.AddRange(await LinesAsync((await scans.FindTaskAsync(id, task, Stop))!));
                }

                Assert.Equal(expected, found);
                (plans, files, tasks) = (plans + 1, files + found.Count, tasks + plan.Tasks.Count);
            }
        }

        output.WriteLine($"{golden}: {plans} plans, {files} files, {tasks} tasks");
        Assert.True(tasks > 0);
    }

    /// <summary>As a client reads them.</summary>
    static async Task<List<string>> LinesAsync(PlannedScan scan)
    {
        using var stream = new MemoryStream();
        await using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            var writer = new ScanTasksWriter(json, scan.Metadata, scan.StatisticsOf);
            await foreach (var file in scan.Files)
            {
                writer.Add(file);
            }

            writer.Finish([]);
            json.WriteEndObject();
        }

        using var document = JsonDocument.Parse(stream.ToArray());
        return PlannedTables.Lines(ScanTasks.Read(document.RootElement, scan.Metadata));
    }
}
