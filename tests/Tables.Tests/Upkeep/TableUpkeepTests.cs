using LakeAspire.Testing;
using LakeAspire.Testing.Postgres;
using Lakehouse.Engine.Delta;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables.Publishing;
using Lakehouse.Tables.Tests.Maintenance;
using Lakehouse.Tables.Upkeep;

namespace Lakehouse.Tables.Tests.Upkeep;

/// <summary>A table is kept in shape, within what it says and what others need.</summary>
public sealed class TableUpkeepTests(PostgresServer postgres)
{
    [Fact]
    public async Task Many_small_commits_leave_few_files_and_few_snapshots()
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, 2, partitioned: true, ("lakeaspire.upkeep.max-snapshots", "5"));
        for (var i = 0; i < 20; i++)
        {
            await lab.AppendAsync(i * 4, 4);
        }

        var rows = await lab.RowsAsync();
        using var parquet = new DuckDbParquetReader(lab.Lake.Files);
        var upkeep = new TableUpkeep(lab.Lake, lab.Connection, parquet);
        Assert.Equal(["compact", "rewrite-manifests", "expire-snapshots"], (await upkeep.PlanAsync(TestLake.Events)).Select(act => act.Name));
        Assert.Equal(40, (await lab.FilesAsync()).Count);

        var reports = await RunAsync(upkeep);

        Assert.All(reports, report => Assert.True(report.State is UpkeepState.Running or UpkeepState.Succeeded, report.Error));
        var compacted = reports.Last(report => report.Act.Name == "compact");
        Assert.Equal((40, 2), (compacted.Act.Figures["filesBefore"], compacted.Act.Figures["filesAfter"]));
        Assert.Equal(2, (await lab.FilesAsync()).Count);
        Assert.Equal(5, (await lab.TableAsync()).Metadata.Snapshots.Count);
        Assert.Equal(rows, await lab.RowsAsync());
        Assert.Empty(await upkeep.PlanAsync(TestLake.Events));
        Assert.Empty(await RunAsync(upkeep));
    }

    [Fact]
    public async Task What_a_branch_or_tag_needs_stays()
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, 3, partitioned: false, ("lakeaspire.upkeep.max-snapshots", "1"));
        await lab.AppendAsync(0, 10);
        await lab.CommitAsync(async transaction => transaction.UpdateRefs(await transaction.OpenAsync(TestLake.Events), refs => refs.CreateTag("first")));
        var tagged = await lab.RowsAsync();
        for (var i = 0; i < 12; i++)
        {
            await lab.AppendAsync(100 + i, 1);
        }

        using var parquet = new DuckDbParquetReader(lab.Lake.Files);
        await RunAsync(new TableUpkeep(lab.Lake, lab.Connection, parquet));

        var metadata = (await lab.TableAsync()).Metadata;
        Assert.Equal(2, metadata.Snapshots.Count);
        Assert.Equal(tagged, await lab.RowsAsync(metadata.SnapshotByRef("first")));
    }

    [Fact]
    public async Task Every_version_of_the_Delta_log_can_be_read_for_as_long_as_its_retention_says()
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, 2, partitioned: false, ("lakeaspire.upkeep.max-snapshots", "2"));
        using var scratch = new TempFolder();
        using var publishers = new TablePublishers(lab.Lake.Store, lab.Lake.Files, scratch.Path);
        for (var i = 0; i < 12; i++)
        {
            await lab.AppendAsync(i * 10, 10);
            Assert.Null((await publishers.PublishAsync((await lab.TableAsync()).Metadata))!.Stop);
        }

        using var parquet = new DuckDbParquetReader(lab.Lake.Files);
        var upkeep = new TableUpkeep(lab.Lake, lab.Connection, parquet);
        await RunAsync(upkeep);
        await publishers.PublishAsync((await lab.TableAsync()).Metadata);
        await RunAsync(upkeep);

        var table = await lab.TableAsync();
        Assert.InRange(table.Metadata.Snapshots.Count, 1, 3);
        for (var version = 0L; version <= 11; version++)
        {
            var published = await DeltaTable.OpenAsync(lab.Lake.Store, table.Location, parquet, DeltaVersionSelector.At(version));
            foreach (var file in published.Files)
            {
                Assert.NotNull(await lab.Lake.Store.StatAsync(file.Location));
            }
        }
    }

    [Fact]
    public async Task A_table_that_forbids_collection_keeps_everything()
    {
        await using var lab = await MaintenanceLab.StartAsync(postgres, 2, partitioned: false, ("gc.enabled", "false"), ("lakeaspire.upkeep.max-snapshots", "1"));
        for (var i = 0; i < 12; i++)
        {
            await lab.AppendAsync(i, 1);
        }

        using var parquet = new DuckDbParquetReader(lab.Lake.Files);
        var reports = await RunAsync(new TableUpkeep(lab.Lake, lab.Connection, parquet));

        Assert.DoesNotContain(reports, report => report.State is UpkeepState.Failed or UpkeepState.Yielded);
        Assert.DoesNotContain(reports, report => report.Act.Name is "expire-snapshots" or "remove-orphans" or "limit-metadata");
    }

    [Theory]
    [InlineData("false", false)]
    [InlineData("True", true)]
    [InlineData("nonsense", true)]
    public void A_table_is_looked_after_unless_it_says_otherwise(string text, bool isOn)
    {
        var metadata = TableMetadata.Create(
            "file:///t", new Schema(0, [new NestedField(1, "a", false, IcebergType.Int)]), PartitionSpec.Unpartitioned, SortOrder.Unsorted,
            new Dictionary<string, string> { ["lakeaspire.upkeep.enabled"] = text, ["lakeaspire.upkeep.max-snapshots"] = "0", ["lakeaspire.upkeep.orphan-age-hours"] = "1" }, Guid.NewGuid(), DateTimeOffset.UnixEpoch);

        var policy = UpkeepPolicy.Of(metadata);

        Assert.Equal((isOn, 1, TimeSpan.FromHours(24)), (policy.IsOn, policy.MaxSnapshots, policy.OrphanAge));
    }

    static async Task<List<UpkeepReport>> RunAsync(TableUpkeep upkeep)
    {
        var reports = new List<UpkeepReport>();
        await upkeep.RunAsync(TestLake.Events, report =>
        {
            reports.Add(report);
            return Task.CompletedTask;
        });
        return reports;
    }
}
